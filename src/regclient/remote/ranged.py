"""A large blob over several connections: asked for in parts, handed on in order, checked like any other by who reads it.

The first request asks for the first part only, so its answer proves whether the server knows ranges, and costs nothing when
it does not: then everything comes in that answer. Whatever goes wrong with a part, the blob is asked for as a whole, once, and
what was handed on already is skipped; so parts are never the reason why a download fails.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from regclient.errors import Cancelled, RegistryClientError, RegistryFault, Unreachable
from regclient.model.headers import Headers
from regclient.remote.ahead import Ahead
from regclient.remote.parts import Part, Parts
from regclient.remote.shared import Shared
from regclient.remote.wire import READ_SIZE, Wire, content_length
from regclient.transport.messages import Kind, Request, Response

_SERIOUS = 1 << 20
"""Bytes after which a reader is taken to want everything: who looks at the head of a layer only is sent no more than that."""

Ask = Callable[[Request], Response]
"""Sends a request for the blob and gives an answer of status 200, 206 or 416."""


class Download(Protocol):
    """The bytes of a blob on their way."""

    headers: Headers

    def readinto(self, buffer: memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end."""

    def close(self) -> None:
        """Give back what is held."""


def open_parts(wire: Wire, request: Request, parts: Parts | None, shared: Shared, ask: Ask) -> Download:
    """Ask for a blob, in parts where that may be; one blob of a client at a time, which bounds connections and memory.

    Raises:
        RegistryClientError: from ``ask``.
    """
    if parts is None or not shared.ranged.acquire(blocking=False):
        return ask(request)
    try:
        first = _first_of(request, parts.parts[0], ask)
        if first is not None:
            return RangedDownload(wire, request, parts, first, shared, ask)
    except BaseException:
        shared.ranged.release()
        raise
    shared.ranged.release()
    return ask(request)


def _first_of(request: Request, part: Part, ask: Ask) -> Response | None:
    """Return an answer with the first part or with everything; None when the server makes nothing of the question."""
    try:
        response = ask(_asking_for(request, part))
    except RegistryFault as fault:
        if 400 <= fault.status < 500:
            return None
        raise
    whole = response.status == 200 and content_length(response) in {None, part.total}
    if whole or part.is_answered_by(response.status, response.headers):
        return response
    response.close()
    return None


def _asking_for(request: Request, part: Part) -> Request:
    headers = {**request.headers, "Range": part.header}
    return replace(request, headers=headers, accept=request.accept | {416}, size=None)


class RangedDownload:
    """A blob of which the first part, or all of it, is in an answer; the other parts are fetched meanwhile."""

    def __init__(self, wire: Wire, request: Request, parts: Parts, first: Response, shared: Shared, ask: Ask) -> None:
        self.headers = first.headers
        self._wire = wire
        self._request = request
        self._ask = ask
        self._shared: Shared | None = shared
        self._current: Response | io.BytesIO = first
        self._position = 0
        self._asked_for_all = False
        self._waiting = 0 if first.status == 200 else len(parts.parts) - 1
        self._end = parts.parts[0].end if self._waiting else parts.parts[0].total
        self._parts = parts
        self._ahead: Ahead[Part, bytes] | None = None

    def readinto(self, buffer: memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end.

        Raises:
            RegistryClientError: the blob cannot be had in parts, nor as a whole.
        """
        while True:
            try:
                count = self._current.readinto(buffer) or self._go_on(buffer)
            except Cancelled:
                raise
            except RegistryClientError as error:
                self._ask_for_all(error)
                continue
            self._position += count
            if self._waiting and self._ahead is None and self._position >= _SERIOUS:
                self._fetch_ahead()
            return count

    def close(self) -> None:
        """End the fetching of parts, and let another blob have its turn."""
        shared, self._shared = self._shared, None
        if shared is not None:
            self._leave_parts()
            self._current.close()
            shared.ranged.release()

    def _go_on(self, buffer: memoryview) -> int:
        """Read from the next part, if there is one."""
        if self._position < self._end:
            raise Unreachable(self._request.host, f"the part ended at byte {self._position} of {self._end}")
        if not self._waiting:
            return 0
        content = (self._ahead or self._fetch_ahead()).take()
        self._waiting -= 1
        self._current.close()
        self._current = io.BytesIO(content)
        self._end += len(content)
        return self._current.readinto(buffer)

    def _ask_for_all(self, error: RegistryClientError) -> None:
        """Fall back to one answer with everything, and skip what was handed on.

        Raises:
            RegistryClientError: ``error``, when that was tried already; or what comes of asking.
        """
        if self._asked_for_all:
            raise error
        self._asked_for_all = True
        self._leave_parts()
        self._current.close()
        self._current = self._ask(self._request)
        self._end = left = self._position
        scratch = memoryview(bytearray(min(READ_SIZE, left)))
        while left and (count := self._current.readinto(scratch[:left])):
            left -= count

    def _fetch_ahead(self) -> Ahead[Part, bytes]:
        assert self._shared is not None
        self._ahead = Ahead(self._fetch, self._parts.parts[1:], count=self._parts.connections, cancel=self._shared.cancel)
        return self._ahead

    def _leave_parts(self) -> None:
        ahead, self._ahead = self._ahead, None
        self._waiting = 0
        if ahead is not None:
            ahead.close()

    def _fetch(self, part: Part) -> bytes:
        """Fetch one part into memory; runs ahead of the reader."""
        request = replace(_asking_for(self._request, part), kind=Kind.PART)
        with self._ask(request) as response:
            if not part.is_answered_by(response.status, response.headers):
                raise self._wire.fault(request, response, f"asked for {part.header}, got something else")
            content = response.read()
        if len(content) != part.end - part.offset:
            raise Unreachable(request.host, f"a part of {part.end - part.offset} bytes has {len(content)}")
        return content
