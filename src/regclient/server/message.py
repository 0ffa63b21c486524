"""Requests and answers of the embedded registry, as values.

The handler turns one into the other without knowing a socket, so tests (and the fake registry of the whole test suite) call it
directly; ``http.py`` is the only place where bytes on a wire become these values and back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from regclient.model.headers import Headers

JSON = "application/json"
OCTET_STREAM = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ServerRequest:
    """One request as the registry sees it.

    ``path`` is percent-decoded, ``query`` keeps order and repetitions. ``length`` is the size of ``body``, None when the client
    sends it in chunks; ``body`` must be read no further than its own end, which it reports itself.
    """

    method: str
    path: str
    body: BinaryIO
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = field(default_factory=dict)
    length: int | None = 0

    def parameter(self, name: str) -> str | None:
        """Return the first value of a query parameter, None when it is not given."""
        return next((value for key, value in self.query if key == name), None)

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return every value of a query parameter that may be repeated."""
        return tuple(value for key, value in self.query if key == name)


@dataclass(frozen=True, slots=True)
class Content:
    """A body too big to hold: ``size`` bytes of ``stream`` from ``offset`` on.

    ``is_file`` says that the stream is a regular file, which the kernel may send by itself; any other stream already stands at
    ``offset``. ``close`` ends its life.
    """

    stream: BinaryIO
    size: int
    offset: int = 0
    is_file: bool = False
    close: Callable[[], None] = field(default=lambda: None)


@dataclass(slots=True)
class ServerResponse:
    """One answer; its owner sends ``body`` and then calls :meth:`close`, whatever happened."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | Content = b""

    def close(self) -> None:
        """Release what the body holds open."""
        if isinstance(self.body, Content):
            self.body.close()

    def header(self, name: str) -> str | None:
        """Return the first value of a field."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)
