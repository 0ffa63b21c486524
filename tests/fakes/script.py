"""A transport that plays a script: which requests must come, in which order, and what is answered to each.

For unit tests of what is said on the wire, byte for byte. Where the conversation does not matter, the fake registry is a better
partner.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from regclient.errors import Denied, NotFound, RateLimited, RegistryClientError, RegistryFault
from regclient.model.headers import Headers, headers_of
from regclient.transport.messages import Body, Request, Response


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status, fields, a body. ``error`` is raised instead."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: RegistryClientError | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that came, with the bytes of its body."""

    request: Request
    body: bytes


class ScriptedTransport:
    """Plays lines of ``("GET tags/list?n=2", Answer(...))``; addresses are relative to the repository, or absolute."""

    def __init__(self, *lines: tuple[str, Answer]) -> None:
        self._lines = list(lines)
        self.sent: list[Sent] = []
        self.open: set[ScriptedResponse] = set()

    def send(self, request: Request) -> Response:
        """Check that the request is the next of the script, read its body and answer."""
        query = f"?{urlencode(request.query)}" if request.query else ""
        line = f"{request.method} {request.url or request.path}{query}"
        assert self._lines, f"after the end of the script: {line}"
        expected, answer = self._lines.pop(0)
        assert expected == line
        self.sent.append(Sent(request, read_body(request.body)))
        if answer.error is not None:
            raise answer.error
        url = request.url or f"https://{request.host}/v2/{request.repository}/{request.path}{query}"
        response = ScriptedResponse(url, answer, self)
        if 200 <= answer.status < 300 or answer.status in request.accept:
            self.open.add(response)
            return response
        raise fault_of(request, answer, line)

    def end(self) -> None:
        """Check that the script was played to its end and every answer closed."""
        assert [] == [line for line, _ in self._lines]
        assert set() == self.open


class ScriptedResponse:
    """One answer, read like a file."""

    def __init__(self, url: str, answer: Answer, transport: ScriptedTransport) -> None:
        self.status = answer.status
        self.headers: Headers = headers_of(answer.headers.items())
        self.url = url
        self._stream = io.BytesIO(answer.body)
        self._transport = transport

    def read(self, size: int = -1, /) -> bytes:
        """Read bytes of the body."""
        return self._stream.read(size)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into a buffer."""
        return self._stream.readinto(buffer)

    def close(self) -> None:
        """Note that the answer was given back."""
        self._transport.open.discard(self)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()


def read_body(body: bytes | Body | None) -> bytes:
    """Read a body to the size it promises, as a sender does: in small pieces at first, which is where ends are met."""
    if body is None or isinstance(body, bytes):
        return body or b""
    parts: list[bytes] = []
    left = body.size
    while left and (part := body.stream.read(min(left, 7 if len(parts) < 500 else 7001))):
        parts.append(part)
        left -= len(part)
    assert not left, "the body is shorter than it promised"
    return b"".join(parts)


def fault_of(request: Request, answer: Answer, line: str) -> RegistryClientError:
    """Return what a sender raises for a status that is no answer."""
    try:
        codes = tuple(error["code"] for error in json.loads(answer.body)["errors"])
    except (ValueError, KeyError, TypeError):
        codes = ()
    if answer.status == 404:
        return NotFound(request.path, request.host, codes=codes)
    if answer.status in {401, 403}:
        return Denied(request.host, line, status=answer.status, codes=codes)
    kind = RateLimited if answer.status == 429 else RegistryFault
    return kind(request.host, answer.status, line.partition("?")[0], codes=codes)
