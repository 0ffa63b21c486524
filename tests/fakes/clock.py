"""A clock that moves only when somebody sleeps on it or a test turns it."""

from __future__ import annotations

import threading


class FakeClock:
    """Starts at ``start`` seconds since the epoch; remembers every sleep in ``slept``."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._lock = threading.Lock()
        self._now = start
        self.slept: list[float] = []

    def now(self) -> float:
        """The date, as far as it was turned."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """The same count, for intervals."""
        return self.now()

    def sleep(self, seconds: float) -> None:
        """Move the time on without waiting."""
        with self._lock:
            self.slept.append(seconds)
            self._now += max(0.0, seconds)

    def advance(self, seconds: float) -> None:
        """Turn the clock by hand."""
        with self._lock:
            self._now += seconds
