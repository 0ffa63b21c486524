"""Claims: which behaviour test shows that a flag, option, key or function does something.

A test that compares the result with a thing and without it claims the thing by name; ``tests/house/test_claims.py`` lists every
thing from the tables of the program and fails for each one nobody claims.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def claims(*names: str) -> Callable[[F], F]:
    """Mark a test as the proof that each named thing works, such as ``regctl image copy --fast`` or ``template join``."""

    def mark(function: F) -> F:
        claimed: list[str] = [*getattr(function, "claimed", ()), *names]
        function.claimed = claimed  # type: ignore[attr-defined]
        return function

    return mark
