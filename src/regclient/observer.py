"""Who listens to an operation while it works.

Operations emit the values of ``events.py`` to an :data:`Observer`, a callable; programs draw them, log them or write them as
JSON. The observer may be called from several threads at once and must not raise. It is here by itself because everything takes
one, and most of what takes one says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from regclient.events import Event, Planned, Warned

Observer: TypeAlias = Callable[["Event | Planned | Warned"], None]


def silent(event: Event | Planned | Warned) -> None:
    """Ignore the event: the default observer."""
