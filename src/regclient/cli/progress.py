"""What a person sees while bytes move: a bar for each layer on its way, and one line of totals.

Drawn on a terminal only, and not when ``-v`` asks for log lines instead; otherwise nothing but warnings is written. Drawing is
by hand: two control sequences are all it needs, and a library for it would double the start-up time of a copy.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from regclient.cli.call import Call
from regclient.cli.logs import tell
from regclient.clock import Clock, SystemClock
from regclient.events import Event, Planned, State, Warned
from regclient.kit.units import human_size

_REDRAW_SECONDS = 0.25
_NAME_WIDTH = 14
_AT_MOST = 8


class Quiet:
    """An observer that passes on warnings, each text once, and nothing else."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, event: Event | Planned | Warned) -> None:
        """Take note of an event; called from any thread."""
        if isinstance(event, Warned):
            with self._lock:
                if event.text in self._told:
                    return
                self._told.add(event.text)
                self._warn(event.text)

    def above(self, write: Callable[[], None]) -> None:
        """Have something written, above what is drawn where something is."""
        with self._lock:
            write()

    def __enter__(self) -> Self:
        """Start; nothing is drawn."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End; nothing was drawn."""


class Totals:
    """What was seen so far, and the lines that show it; knows no terminal."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._manifests = 0
        self._planned = Planned(0, 0, 0)
        self._moving: dict[str, Event] = {}
        self._copied = 0
        self._skipped = 0

    def add(self, event: Event | Planned) -> None:
        """Count an event."""
        if isinstance(event, Planned):
            # A repository is many copies, each of which says what it will do.
            held = self._planned
            self._planned = Planned(held.blobs + event.blobs, held.manifests + event.manifests, held.size + event.size)
        elif event.kind == "manifest":
            self._manifests += event.state in (State.FINISHED, State.SKIPPED)
        elif event.state is State.SKIPPED:
            self._skipped += event.total
        elif event.state is State.FINISHED:
            moved = self._moving.pop(event.name, event)
            self._copied += max(event.done, event.total, moved.done)
        else:
            self._moving[event.name] = event

    def bars(self, columns: int) -> list[str]:
        """Return a line for each blob on its way."""
        width = max(10, min(40, columns - _NAME_WIDTH - 32))
        return [_bar_line(event, width)[:columns] for event in list(self._moving.values())[:_AT_MOST]]

    def summary(self, now: float) -> str:
        """Return the line of totals: counts, bytes, time, rate and what is left."""
        elapsed = now - self._started
        copied = self._copied + sum(event.done for event in self._moving.values())
        left = max(0, self._planned.size - copied - self._skipped)
        parts = [f"Manifests: {self._manifests}/{max(self._planned.manifests, self._manifests)}"]
        queued = f", {human_size(left)} queued" if left else ""
        parts.append(f"Blobs: {human_size(copied)} copied, {human_size(self._skipped)} skipped{queued}")
        parts.append(f"Elapsed: {int(elapsed)}s")
        if copied and elapsed >= 1:
            rate = copied / elapsed
            parts.append(f"{human_size(int(rate))}/s" + (f", {int(left / rate) + 1}s left" if left else ""))
        return " | ".join(parts)


class Progress(Quiet):
    """An observer that draws on a terminal."""

    def __init__(
        self,
        write: Callable[[str], None],
        warn: Callable[[str], None],
        *,
        columns: Callable[[], int],
        clock: Clock | None = None,
        stays: bool = True,
    ) -> None:
        super().__init__(warn)
        self._stays = stays
        self._write = write
        self._columns = columns
        self._clock = clock or SystemClock()
        self._totals = Totals(self._clock.monotonic())
        self._drawn_at = float("-inf")
        self._lines = 0

    def __call__(self, event: Event | Planned | Warned) -> None:
        """Count an event and draw again when the last drawing is old enough; called from any thread."""
        if isinstance(event, Warned):
            with self._lock:
                self._erase()
            super().__call__(event)
            return
        with self._lock:
            self._totals.add(event)
            if self._clock.monotonic() - self._drawn_at >= _REDRAW_SECONDS:
                self._draw(bars=True)

    def above(self, write: Callable[[], None]) -> None:
        """Take the drawing away, have something written, and draw again with the next event."""
        with self._lock:
            self._erase()
            write()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the line of totals, or nothing when the work failed or is not to leave any."""
        with self._lock:
            if kind is None and self._stays:
                self._draw(bars=False)
            else:
                self._erase()

    def _draw(self, *, bars: bool) -> None:
        now, columns = self._clock.monotonic(), self._columns()
        lines = [*(self._totals.bars(columns) if bars else []), self._totals.summary(now)[:columns]]
        self._erase()
        self._write("".join(f"{line}\n" for line in lines))
        self._lines = len(lines)
        self._drawn_at = now

    def _erase(self) -> None:
        if self._lines:
            self._write(f"\x1b[{self._lines}F\x1b[0J")
            self._lines = 0


def bar(fraction: float, width: int) -> str:
    """Return a bar of that width, its head at the fraction (0 to 1) that is done."""
    filled = int(max(0.0, min(1.0, fraction)) * width)
    return "=" * width if filled >= width else ("=" * filled + ">").ljust(width)


def observe(call: Call, *, beside: bool = False) -> Quiet:
    """Return the observer for a call: one that draws, if a person watches standard error and did not ask for log lines.

    ``beside`` content on standard output, it draws only while that is no terminal, and leaves nothing there.
    """

    def warn(text: str) -> None:
        call.log.warning("Registry warning message", warning=text)

    drawn_over = beside and call.streams.out.isatty()
    if not call.streams.terminal or call.flags.given("verbosity") or drawn_over:
        return Quiet(warn)

    def write(text: str) -> None:
        tell(call.streams.err, text)

    return Progress(write, warn, columns=_terminal_columns, stays=not beside)


def _terminal_columns() -> int:
    try:
        return max(20, (os.get_terminal_size(2).columns or 80) - 1)
    except OSError:
        return 79


def _bar_line(event: Event, width: int) -> str:
    name = f"{event.name[:_NAME_WIDTH]:<{_NAME_WIDTH}}"
    if not event.total:
        return f"{name} {human_size(event.done)}"
    fraction = min(1.0, event.done / event.total)
    return f"{name} [{bar(fraction, width)}] {fraction * 100:6.2f}% {human_size(event.done)}/{human_size(event.total)}"
