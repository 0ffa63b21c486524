"""How many requests are answered at once: a registry that holds them up until enough have come together."""

from __future__ import annotations

import re
import threading

from regclient.server.message import ServerRequest, ServerResponse
from tests.fakes.registry import FakeRegistry

LONG = 30.0
"""Longer than any test may take: what waits this long was not woken."""


class Crowd:
    """Counts how many requests of a kind are being answered at once; holds them up until ``wanted`` have come together."""

    def __init__(self, wanted: int) -> None:
        self.most = 0
        self._wanted = wanted
        self._now = 0
        self._lock = threading.Lock()
        self._enough = threading.Event()

    def __enter__(self) -> None:
        """Come in, and wait for the others."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            if self._now >= self._wanted:
                self._enough.set()
        if not self._enough.wait(LONG):
            self.__exit__()
            self._enough.set()  # the others have waited long enough, too
            raise AssertionError(f"{self.most} came together, not {self._wanted}")

    def __exit__(self, *_: object) -> None:
        """Go."""
        with self._lock:
            self._now -= 1


def crowded(registry: FakeRegistry, method: str, path: str, crowd: Crowd) -> None:
    """Have a registry answer some requests together."""
    answer = registry.handle

    def handle(request: ServerRequest) -> ServerResponse:
        if request.method == method and path in request.path:
            with crowd:
                return answer(request)
        return answer(request)

    registry.handle = handle  # type: ignore[method-assign]


def at_once(registry: FakeRegistry, begin: str, end: str = "PUT /v2/new.*/manifests/") -> int:
    """Return how many pieces of work were under way at once, each of which has one request at its begin and one at its end.

    Both are patterns of a method and an address; a copy pushes the manifest last.
    """
    most = now = 0
    for method, address in registry.ledger:
        now += bool(re.match(begin, f"{method} {address}"))
        most = max(most, now)
        now -= bool(re.match(end, f"{method} {address}"))
    assert now == 0
    return most
