"""HTTP/1.1 as bytes: request heads taken apart, bodies delimited, answer heads written.

Strict where leniency lets two programs see two different requests (RFC 9112 6.3, 11.2): only CRLF ends a line, a message has
one length, and whatever is not understood ends the connection.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from regclient.errors import Unreachable
from regclient.model.headers import Headers, canonical, first

HEAD_LIMIT = 64 << 10
TARGET_LIMIT = 16 << 10
FIELDS_LIMIT = 128
_LINE_LIMIT = 1024
_REQUEST = re.compile(rb"([A-Z]{1,16}) ([!-~]+) HTTP/([0-9])\.([0-9])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_UNFIT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_LINE_ENDS = re.compile(r"[\r\n\x00]")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")


class Refused(Exception):
    """A head that is not answered by the registry but by the protocol, with ``status``; the connection ends."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request. ``length`` is None when the body comes in chunks."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = field(default_factory=dict)
    length: int | None = 0
    keep_alive: bool = True
    continues: bool = False


def parse_head(data: bytes) -> Head:
    """Take a request head apart, given without its closing empty line.

    Raises:
        Refused: it is not a head this server understands.
    """
    lines = data.split(b"\r\n")
    match = _REQUEST.fullmatch(lines[0])
    if match is None:
        raise Refused(400, "not an HTTP request")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise Refused(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
    if len(target) > TARGET_LIMIT:
        raise Refused(414, "the request target is too long")
    headers = _fields(lines[1:])
    modern = minor != b"0"
    if modern and len(headers.get("Host", ())) != 1:
        raise Refused(400, "one Host field is needed")
    path, query = _target(target.decode("ascii"))
    tokens = {token.strip().lower() for value in headers.get("Connection", ()) for token in value.split(",")}
    return Head(
        method.decode("ascii"),
        path,
        query,
        headers,
        _length(headers, modern=modern),
        keep_alive="close" not in tokens if modern else "keep-alive" in tokens,
        continues=modern and first(headers, "Expect").lower() == "100-continue",
    )


def _fields(lines: list[bytes]) -> Headers:
    if len(lines) > FIELDS_LIMIT:
        raise Refused(431, "too many header fields")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None or _UNFIT.search(line):
            raise Refused(400, "not a header field")
        name, value = _name(match[1]), match[2].decode("latin-1")
        headers[name] = (*headers.get(name, ()), value)
    return headers


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str:
    return canonical(raw.decode("ascii"))


def _target(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not target.startswith("/"):
        scheme, _, rest = target.partition("://")
        if scheme.lower() not in {"http", "https"}:
            raise Refused(400, "not a request target")
        target = "/" + rest.partition("/")[2]
    path, _, query = target.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1024)
    except ValueError as error:
        raise Refused(400, "not a query") from error
    return unquote(path), tuple(pairs)


def _length(headers: Headers, *, modern: bool) -> int | None:
    encodings, lengths = headers.get("Transfer-Encoding", ()), set(headers.get("Content-Length", ()))
    if encodings:
        if lengths or not modern:
            raise Refused(400, "a message has one length")
        if [encoding.lower() for encoding in encodings] != ["chunked"]:
            raise Refused(501, "the only transfer coding spoken here is chunked")
        return None
    if not lengths:
        return 0
    text = lengths.pop()
    if lengths or not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused(400, "not a content length")
    return int(text)


_TLS_HANDSHAKE = b"\x16"
"""The first byte of every TLS connection (RFC 8446 5.1)."""


class Reader:
    """Buffered reading from a socket: heads from the buffer, bodies past it.

    ``receive`` fills a buffer and returns how many bytes, 0 at the end, as ``socket.recv_into`` does.
    """

    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        self._receive = receive
        self._buffer = bytearray(64 << 10)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def head(self) -> bytes | None:
        """Return the next head without its closing empty line, None when the peer has gone without sending one.

        Raises:
            Refused: it is too long, or was cut, or the peer speaks TLS to a plain port.
        """
        self._refuse_tls()
        data = self._until(b"\r\n\r\n", HEAD_LIMIT)
        if data == b"":  # RFC 9112 2.2: an empty line before a request is let pass
            data = self._until(b"\r\n\r\n", HEAD_LIMIT)
        return data.removeprefix(b"\r\n") if data is not None else None

    def line(self) -> bytes:
        """Return the next short line of a chunked body.

        Raises:
            Unreachable: the peer has gone.
            Refused: the line is too long.
        """
        data = self._until(b"\r\n", _LINE_LIMIT)
        if data is None:
            raise _cut()
        return data

    def readinto(self, target: memoryview) -> int:
        """Fill a buffer with whatever comes first."""
        if self._start == self._end:
            return self._receive(target)
        count = min(len(target), self._end - self._start)
        target[:count] = self._view[self._start : self._start + count]
        self._start += count
        return count

    def _refuse_tls(self) -> None:
        """Tell a TLS hello apart at once: it holds no end of a head, so waiting for one would leave the peer without a word."""
        if self._start == self._end:
            self._start, self._end = 0, self._receive(self._view)
        if self._view[self._start : self._end][:1] == _TLS_HANDSHAKE:
            raise Refused(400, "this port speaks HTTP without TLS")

    def _until(self, mark: bytes, limit: int) -> bytes | None:
        searched = self._start
        while (at := self._buffer.find(mark, max(searched - len(mark) + 1, self._start), self._end)) < 0:
            searched = self._end
            if self._end - self._start >= limit:
                raise Refused(431, "the head of the request is too long")
            if self._end == len(self._buffer):
                searched -= self._start
                self._compact()
            count = self._receive(self._view[self._end :])
            if not count:
                if self._start == self._end:
                    return None
                raise Refused(400, "the request was cut")
            self._end += count
        data = bytes(self._view[self._start : at])
        self._start = at + len(mark)
        return data

    def _compact(self) -> None:
        kept = self._end - self._start
        self._buffer[:kept] = bytes(self._view[self._start : self._end])
        self._start, self._end = 0, kept


class Body(io.RawIOBase):
    """The body of one request: ends where the request ends, and raises when the peer stops before.

    ``begin`` is called once, before the first byte is asked for (for ``100 Continue``).
    """

    def __init__(self, reader: Reader, length: int | None, begin: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._reader = reader
        self._chunked = length is None
        self._left = length or 0
        self._begin: Callable[[], None] | None = begin
        self._ended = length == 0
        self._between = False
        self._broken: Unreachable | None = None

    @property
    def ended(self) -> bool:
        """Whether everything was read, so that the next request can follow."""
        return self._ended

    @property
    def begun(self) -> bool:
        """Whether anything was asked for."""
        return self._begin is None

    def readable(self) -> bool:
        """Bodies are for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with whatever comes first; 0 at the end.

        Raises:
            Unreachable: the peer stopped in the middle, or sent chunks that are none.
        """
        if self._broken is not None:
            raise self._broken
        if self._ended or not len(buffer):
            return 0
        try:
            return self._receive(memoryview(buffer))
        except Unreachable as error:
            self._broken = error
            raise

    def _receive(self, view: memoryview) -> int:
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin()
        if self._chunked and not self._left and not self._next_chunk():
            return 0
        count = self._reader.readinto(view[: self._left])
        if not count:
            raise _cut()
        self._left -= count
        self._ended = not self._left and not self._chunked
        return count

    def read(self, size: int = -1) -> bytes:
        """Read ``size`` bytes, fewer only at the end or before an error; all of them when negative."""
        if size < 0:
            return self.readall()
        if not self._chunked:
            size = min(size, self._left)
        view, filled = memoryview(bytearray(size)), 0
        try:
            while filled < size and (count := self.readinto(view[filled:])):
                filled += count
        except Unreachable:
            if not filled:  # what came before is given first, so that an upload can be resumed after it
                raise
        return bytes(view[:filled])

    def _next_chunk(self) -> bool:
        try:
            if self._between and self._reader.line():
                raise _cut("a chunk is longer than it says")
            match = _CHUNK.fullmatch(self._reader.line())
            if match is None:
                raise _cut("that is no chunk")
            self._between, self._left = True, int(match[1], 16)
            if self._left:
                return True
            for _ in range(FIELDS_LIMIT):
                if not self._reader.line():
                    self._ended = True
                    return False
        except Refused as refused:
            raise _cut(str(refused)) from refused
        raise _cut("too many trailer fields")


def _cut(reason: str = "the body of the request was cut") -> Unreachable:
    return Unreachable("the client", reason)


def write_head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Write the head of an answer; line ends inside values, which only a fault of ours could bring, become spaces."""
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}"]
    lines += [_LINE_ENDS.sub(" ", f"{name}: {value}") for name, value in headers]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
