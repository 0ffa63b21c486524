"""Faults by script for the fake registry: which request goes wrong, and how."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from regclient.server.message import Content, ServerRequest, ServerResponse


class Cut(ConnectionAbortedError):
    """The connection ends here."""


@dataclass(slots=True)
class FaultRule:
    """One scripted fault; it strikes the ``first`` matching request and the ``times`` - 1 after it (None: for ever).

    A rule matches when ``method`` is the request's (empty: any) and the regular expression ``path`` is found in its address
    with query. What happens, in this order:

    - ``wait``: the answer waits until the event is set.
    - ``hang_up``: the connection ends instead of an answer, the request unseen.
    - ``redirect``: 307 to the same path below this address.
    - ``status``, ``headers``, ``body``: this is the answer, the request unseen.
    - ``cut_upload``: the connection ends after so many bytes of the request's body were read.
    - ``lose_answer``: the request is carried out, then the connection ends.
    - ``edit``: called with the answer. ``drop``: header names that go missing. ``change``: headers that say something else.
    - ``corrupt``: the body is of the right length and wrong.
    - ``truncate``: the body ends after so many bytes, and the length says so.
    - ``cut_answer``: the body ends after so many bytes, and the length says otherwise.
    - ``drip``: each byte of the body waits for one release of the semaphore.
    """

    method: str = ""
    path: str = ""
    first: int = 1
    times: int | None = 1
    wait: threading.Event | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirect: str = ""
    hang_up: bool = False
    cut_upload: int | None = None
    lose_answer: bool = False
    edit: Callable[[ServerResponse], None] | None = None
    drop: tuple[str, ...] = ()
    change: Mapping[str, str] = field(default_factory=dict)
    corrupt: bool = False
    truncate: int | None = None
    cut_answer: int | None = None
    drip: threading.Semaphore | None = None
    seen: int = 0
    struck: int = 0

    def strikes(self, method: str, address: str) -> bool:
        """Count a request, and say whether this one goes wrong."""
        if (self.method and self.method != method) or not re.search(self.path, address):
            return False
        self.seen += 1
        struck = self.seen >= self.first and (self.times is None or self.seen < self.first + self.times)
        self.struck += struck
        return struck

    def before(self, request: ServerRequest, address: str) -> ServerResponse | None:
        """Do what happens before the registry sees the request; an answer, when it never does."""
        if self.wait is not None:
            self.wait.wait()
        if self.hang_up:
            raise Cut
        if self.redirect:
            return ServerResponse(307, [("Location", self.redirect.rstrip("/") + address)])
        if self.status:
            return ServerResponse(self.status, list(self.headers.items()), self.body)
        return None

    def cut(self, request: ServerRequest) -> BinaryIO:
        """Return the request's body, cut where the rule says."""
        if self.cut_upload is None:
            return request.body
        return cast("BinaryIO", Stream(request.body, self.cut_upload, cut=True))

    def after(self, answer: ServerResponse) -> None:
        """Spoil the registry's answer."""
        if self.lose_answer:
            answer.close()
            raise Cut
        if self.edit is not None:
            self.edit(answer)
        lowered = {name.lower() for name in (*self.drop, *self.change)}
        answer.headers[:] = [pair for pair in answer.headers if pair[0].lower() not in lowered]
        answer.headers.extend(self.change.items())
        if self.corrupt:
            answer.body = _corrupted(body_of(answer))
        if self.truncate is not None:
            answer.headers[:] = [pair for pair in answer.headers if pair[0] != "Content-Length"]
            answer.body = body_of(answer)[: self.truncate]
        if self.cut_answer is not None or self.drip is not None:
            data = body_of(answer)
            kept = len(data) if self.cut_answer is None else self.cut_answer
            stream = Stream(io.BytesIO(data), kept, cut=self.cut_answer is not None, drip=self.drip)
            answer.body = Content(cast("BinaryIO", stream), len(data))


class Stream(io.RawIOBase):
    """A stream that ends, or breaks, after ``count`` bytes, and gives them one by one when dripping."""

    def __init__(self, source: BinaryIO, count: int, *, cut: bool = False, drip: threading.Semaphore | None = None) -> None:
        super().__init__()
        self._source = source
        self._left = count
        self._cut = cut
        self._drip = drip

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._left and self._cut:
            raise Cut
        wanted = self._left if size < 0 else min(size, self._left)
        if self._drip is not None and wanted:
            self._drip.acquire()
            wanted = 1
        data = self._source.read(wanted)
        self._left -= len(data)
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def body_of(answer: ServerResponse) -> bytes:
    """Read an answer's body to its end and close it."""
    body = answer.body
    if isinstance(body, bytes):
        return body
    with_file = body.stream
    if body.is_file:
        with_file.seek(body.offset)
    pieces, left = [], body.size
    while left and (piece := with_file.read(left)):
        pieces.append(piece)
        left -= len(piece)
    body.close()
    return b"".join(pieces)


def _corrupted(data: bytes) -> bytes:
    return bytes([*data[:-1], data[-1] ^ 1]) if data else data
