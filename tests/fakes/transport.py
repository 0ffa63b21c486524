"""Fake registries without sockets: a ``Transport`` that calls their handlers and raises what a real sender would."""

from __future__ import annotations

import io
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from regclient.errors import RegistryClientError, Unreachable
from regclient.model.headers import Headers, canonical, headers_of
from regclient.server.message import Content, ServerRequest, ServerResponse
from regclient.transport.faults import fault_of
from regclient.transport.messages import Body, Request, Response

if TYPE_CHECKING:
    from tests.fakes.registry import FakeRegistry

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FakeTransport:
    """Sends each request to the fake registry of its host; one transport may know several."""

    def __init__(self, *registries: FakeRegistry) -> None:
        self._registries = {registry.host: registry for registry in registries}

    def send(self, request: Request) -> Response:
        """Answer like a real sender: redirects followed, statuses outside 2xx and ``accept`` raised."""
        url = request.url or f"http://{request.host}/v2/" + "/".join(
            part for part in (request.repository, request.path) if part
        )
        if request.query:
            url += ("&" if "?" in url else "?") + urlencode(request.query)
        for _ in range(10):
            answer = self._once(request, url)
            target = answer.header("Location")
            if answer.status not in REDIRECTS or target is None or answer.status in request.accept:
                return _checked(request, url, answer)
            answer.close()
            url = urljoin(url, target)
        raise Unreachable(request.host, "too many redirects")

    def _once(self, request: Request, url: str) -> ServerResponse:
        parts = urlsplit(url)
        registry = self._registries.get(parts.netloc)
        if registry is None:
            raise Unreachable(parts.netloc, "no such host")
        headers: dict[str, tuple[str, ...]] = {"Host": (parts.netloc,)}
        for name, value in request.headers.items():
            headers[canonical(name)] = (value,)
        source, length = _sent(request.body)
        stream = Watched(source)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        try:
            answer = registry.handle(ServerRequest(request.method, unquote(parts.path), stream, query, headers, length))
        except ConnectionError as error:
            raise Unreachable(request.host, "the connection was cut") from error
        if stream.failure is not None:
            raise stream.failure
        return answer


class Watched(io.RawIOBase, BinaryIO):
    """A request's body; what fails while it is read is the sender's own failure, whatever the registry makes of it."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.failure: RegistryClientError | None = None
        self._source = source

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read from the source."""
        try:
            return self._source.read(size)
        except RegistryClientError as error:
            self.failure = error
            raise

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read from the source into a buffer."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class FakeResponse:
    """An answer of a fake registry, read like a file."""

    def __init__(self, url: str, answer: ServerResponse, *, bodiless: bool) -> None:
        self.status = answer.status
        pairs = list(answer.headers)
        body = answer.body
        size = body.size if isinstance(body, Content) else len(body)
        if answer.header("Content-Length") is None and answer.status not in {204, 304}:
            pairs.append(("Content-Length", str(size)))
        self.headers: Headers = headers_of(pairs)
        self.url = url
        self._answer = answer
        self._host = urlsplit(url).netloc
        self._stream: BinaryIO = io.BytesIO(body) if isinstance(body, bytes) else body.stream
        self._left = 0 if bodiless else size

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of it when negative."""
        if size >= 0:
            return self._piece(size)
        pieces = []
        while piece := self._piece(1 << 16):
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``."""
        piece = self._piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the answer."""
        self._answer.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _piece(self, size: int) -> bytes:
        try:
            piece = self._stream.read(min(size, self._left))
        except ConnectionError as error:
            raise Unreachable(self._host, "the connection was cut") from error
        self._left -= len(piece)
        return piece


def _sent(body: bytes | Body | None) -> tuple[BinaryIO, int]:
    if body is None:
        return io.BytesIO(), 0
    if isinstance(body, bytes):
        return io.BytesIO(body), len(body)
    return body.stream, body.size


def _checked(request: Request, url: str, answer: ServerResponse) -> Response:
    response = FakeResponse(url, answer, bodiless=request.method == "HEAD")
    if 200 <= answer.status < 300 or answer.status in request.accept:
        return response
    with response:
        raise fault_of(request, url.partition("?")[0], answer.status, response.headers, response.read())
