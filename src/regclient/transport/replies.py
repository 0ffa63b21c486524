"""Responses as callers get them: whole, for what is small, or live, with the connection and the slot still attached.

Small bodies are read before the response is handed out. That gives their slot back at once, which the rule against lock-ups in
``slots.py`` relies on, and lets a body that was cut be asked for again like any other failure.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from types import TracebackType
from typing import Self

from regclient.cancel import Cancel
from regclient.errors import Unreachable
from regclient.model.headers import Headers, first
from regclient.transport.exchange import Answer, Broken, Trouble
from regclient.transport.messages import Kind, Request
from regclient.transport.slots import SMALL_BLOB, Slot, is_brief

SMALL = 1024 * 1024
_BLOCK = 256 * 1024


class Reply:
    """What every response has: status, headers, the address that answered, and a block that closes it."""

    def __init__(self, status: int, headers: Headers, url: str) -> None:
        self.status = status
        self.headers = headers
        self.url = url

    def __enter__(self) -> Self:
        """Return the response itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give back what the response holds."""


class WholeReply(Reply):
    """A response whose body is in memory."""

    def __init__(self, status: int, headers: Headers, url: str, body: bytes) -> None:
        super().__init__(status, headers, url)
        self._body = io.BytesIO(body)

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of it when negative."""
        return self._body.read(size)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer`` and return how many bytes; 0 at the end."""
        return self._body.readinto(buffer)


class LiveReply(Reply):
    """A response whose body is still on its way; a body that is cut goes on where ``reopen`` finds the rest.

    ``total`` is the length of the whole body, None when nobody knows, and ``offset`` where in it this begins. Close it, or read
    it to its end, to free its slot; one that is ``lasting``, in the place of another answer, keeps the slot until it is closed.
    """

    def __init__(  # noqa: PLR0913 - an answer, and what it takes to go on with it
        self, answer: Answer, url: str, slot: Slot, *, host: str, total: int | None, cancel: Cancel, offset: int = 0
    ) -> None:
        super().__init__(answer.status, answer.headers, url)
        self.slot = slot
        self.lasting = False
        """Whether the slot is kept until this is closed."""
        self.reopen: Callable[[int, Broken], Answer] = self._unmended
        self._answer = answer
        self._host = host
        self._total = total
        self._cancel = cancel
        self._position = offset

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of it when negative.

        Raises:
            Unreachable: the connection ended before the body did, and the rest could not be had.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        while True:
            try:
                data = self._answer.read(size)
            except Broken as broken:
                self._mend(broken)
                continue
            if self._advance(len(data), size):
                return data

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer`` and return how many bytes; 0 at the end.

        Raises:
            Unreachable: the connection ended before the body did, and the rest could not be had.
        """
        while True:
            try:
                count = self._answer.readinto(buffer)
            except Broken as broken:
                self._mend(broken)
                continue
            if self._advance(count, len(buffer)):
                return count

    def close(self) -> None:
        """Give the connection and the slot back."""
        self._answer.close()
        self.slot.release()

    def hang_up(self) -> Slot:
        """Give the connection back, and the slot to the caller, who goes on with it or closes the response."""
        self._answer.close()
        return self.slot

    def _advance(self, count: int, wanted: int) -> bool:
        self._position += count
        if count or not wanted:
            return True
        if self._total is not None and self._position < self._total:
            self._mend(Broken(Trouble.CUT, f"the body ended after {self._position} of {self._total} bytes"))
            return False
        self._end()
        return True

    def _end(self) -> None:
        self._answer.close()
        if not self.lasting:
            self.slot.release()

    def _mend(self, broken: Broken) -> None:
        self._answer.close()
        try:
            self._cancel.check()
            self._answer = self.reopen(self._position, broken)
        except BaseException:
            self._end()
            raise

    def _unmended(self, offset: int, broken: Broken) -> Answer:
        raise Unreachable(self._host, f"{broken.reason} (at byte {offset} of the body)")


def decoded(answer: Answer, method: str, size: int | None) -> Answer:
    """Return an answer with the body that was asked for, of ``size`` bytes if that is known.

    A body of that very size is taken as it is: a layer that is a gzip file may be marked as compressed by its store.
    """
    if "Content-Encoding" not in answer.headers:
        return answer
    coding = first(answer.headers, "Content-Encoding").strip().lower()
    if coding not in {"gzip", "x-gzip"} or method == "HEAD" or answer.status != 200:
        return answer
    if first(answer.headers, "Content-Length") in {"0", str(size)}:
        return answer
    from regclient.transport.unpacked import Unpacked  # noqa: PLC0415 - a door: hardly any server does this

    return Unpacked(answer)


def body_at_once(answer: Answer, request: Request) -> bytes | None:
    """Read a body that is small, or whose beginning is more than was promised; None for one that is read by the caller.

    So is one in the place of another answer, however small: its slot may be wanted for what takes its own place.

    Raises:
        Broken: the connection ended before the body did.
    """
    if request.after is None and is_whole(request, answer.status, answer.headers):
        return answer.read()
    if not is_brief(request):
        return None
    limit = (request.size or 0) + 1
    body = b""
    while len(body) < limit and (data := answer.read(limit - len(body))):
        body += data
    answer.close()
    return body


def is_whole(request: Request, status: int, headers: Headers) -> bool:
    """Whether a body is small enough to be read at once; one of unknown length is not."""
    if request.method == "HEAD" or status in {204, 304}:
        return True
    length = first(headers, "Content-Length")
    limit = SMALL_BLOB if request.kind is Kind.BLOB or request.kind is Kind.PART else SMALL
    return length.isdecimal() and len(length) < 10 and int(length) <= limit
