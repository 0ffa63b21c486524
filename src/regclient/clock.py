"""Time as an argument.

Whatever waits or dates something takes a :class:`Clock`, so that tests move time instead of sleeping.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time and can wait; safe from many threads."""

    def now(self) -> float:
        """Seconds since the Unix epoch: for dates and for tokens that expire at a date."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back: for intervals and back-off."""

    def sleep(self, seconds: float) -> None:
        """Wait that long; a fake moves its time instead."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        time.sleep(seconds)
