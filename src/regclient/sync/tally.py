"""Counting what a run says of itself, on the way to whoever listens."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from regclient.errors import RegistryClientError
from regclient.sync.events import Checked, Copied, ImageFailed, StepFailed, SyncEvent, SyncObserver


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a run ended.

    ``checked`` images were looked at: of these ``skipped`` need nothing and ``pending`` were found out of step; ``copied`` have
    been brought into step. ``failed`` counts the images and steps that failed, ``errors`` are theirs. ``complete`` is False
    when the run was cancelled, stopped or aborted, so that there may be more to do.
    """

    checked: int = 0
    skipped: int = 0
    pending: int = 0
    copied: int = 0
    failed: int = 0
    errors: tuple[RegistryClientError, ...] = ()
    complete: bool = True

    def __add__(self, other: SyncResult) -> SyncResult:
        """Return the sum of two runs."""
        return SyncResult(
            self.checked + other.checked,
            self.skipped + other.skipped,
            self.pending + other.pending,
            self.copied + other.copied,
            self.failed + other.failed,
            self.errors + other.errors,
            self.complete and other.complete,
        )


class Tally:
    """An observer that counts and passes on; safe from many threads."""

    def __init__(self, observer: SyncObserver) -> None:
        self._observer = observer
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._errors: list[RegistryClientError] = []
        self._complete = True

    @property
    def failed(self) -> bool:
        """Whether anything failed so far."""
        return bool(self._errors)

    @property
    def result(self) -> SyncResult:
        """What was counted so far."""
        with self._lock:
            return SyncResult(**self._counts, errors=tuple(self._errors), complete=self._complete)

    def __call__(self, event: SyncEvent) -> None:
        """Count an event and pass it on."""
        with self._lock:
            self._counts.update(_counted(event))
            if isinstance(event, ImageFailed | StepFailed):
                self._errors.append(event.error)
        self._observer(event)

    def stopped(self) -> None:
        """Note that not everything was done."""
        with self._lock:
            self._complete = False


def _counted(event: SyncEvent) -> tuple[str, ...]:
    match event:
        case Checked():
            return "checked", "pending" if event.decision.acts else "skipped"
        case Copied():
            return ("copied",)
        case ImageFailed() | StepFailed():
            return ("failed",)
        case _:
            return ()
