"""``Warning: 299`` headers, by which a registry tells its users something (distribution-spec, "Warnings"): each text once."""

from __future__ import annotations

import re
import threading

from regclient.model.headers import Headers
from regclient.observer import Observer

_WARNING = r'299\s+-\s+"([^"]*)"'
_MOST = 1000


class Warnings:
    """Hands each distinct text to the observer, once; safe from many threads."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._lock = threading.Lock()
        self._seen: set[str] = set()

    def collect(self, headers: Headers) -> None:
        """Look through the headers of an answer."""
        for value in headers.get("Warning", ()):
            for text in re.findall(_WARNING, value):
                self.warn(text)

    def warn(self, text: str) -> None:
        """Say it, unless it was said before (or so much was said that nobody reads on)."""
        with self._lock:
            if text in self._seen or len(self._seen) >= _MOST:
                return
            self._seen.add(text)
        from regclient.events import Warned  # noqa: PLC0415 - a door: most registries have nothing to tell

        self._observer(Warned(text))
