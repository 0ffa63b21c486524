"""Bodies that a server compressed although it was asked not to: objects that lie compressed in a store, proxies that mean well.

They are unpacked while they are read, never further than was asked for, so what they unpack to costs no memory.
"""

from __future__ import annotations

import zlib

from regclient.model.headers import Headers
from regclient.transport.exchange import Answer, Broken, Trouble

_GZIP = 31
"""What zlib calls a stream with gzip's header and trailer."""
_BLOCK = 64 * 1024
_UNTRUE = frozenset({"Content-Encoding", "Content-Length", "Accept-Ranges"})
"""What a server says of the bytes it sends, not of those that were asked for."""


class Unpacked:
    """An answer whose body is unpacked while it is read; nothing it says of its length or of ranges is kept."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers: Headers = {name: values for name, values in answer.headers.items() if name not in _UNTRUE}
        self._answer = answer
        self._packed = b""
        self._inflater = zlib.decompressobj(_GZIP)
        self._between = False
        """Whether one stream ended and no other has begun."""

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative.

        Raises:
            Broken: the connection ended before the body did, or this is not what it says it is.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        while size:
            if data := self._unpack(size):
                return data
            if not self._packed and not self._fetch():
                break
        return b""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end.

        Raises:
            Broken: see :meth:`read`.
        """
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Give the connection back, or drop it."""
        self._answer.close()

    def _unpack(self, size: int) -> bytes:
        """Unpack what was fetched; what zlib holds back comes out even when nothing is left of that."""
        if self._between and not self._packed:
            return b""
        if self._between:
            self._inflater, self._between = zlib.decompressobj(_GZIP), False
        try:
            data = self._inflater.decompress(self._packed, size)
        except zlib.error:
            raise Broken(Trouble.PROTOCOL, "the body is not compressed as its Content-Encoding says") from None
        self._between = self._inflater.eof
        self._packed = self._inflater.unused_data if self._between else self._inflater.unconsumed_tail
        return data

    def _fetch(self) -> bool:
        """Fetch more of the body; False at its end."""
        self._packed = self._answer.read(_BLOCK)
        if not self._packed and not self._between:
            raise Broken(Trouble.CUT, "the compressed body ended too early")
        return bool(self._packed)
