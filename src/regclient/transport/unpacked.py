"""Bodies that a server compressed although it was asked not to: objects that lie compressed in a store, proxies that mean well.

They are unpacked while they are read, never further than was asked for, so what they unpack to costs no memory.
"""

from __future__ import annotations

from typing import BinaryIO, cast

from regclient.errors import Corrupt
from regclient.kit.compression import Compression, Decompressed, open_decompressed
from regclient.model.headers import Headers
from regclient.transport.exchange import Answer, Broken, Trouble

_UNTRUE = frozenset({"Content-Encoding", "Content-Length", "Accept-Ranges"})
"""What a server says of the bytes it sends, not of those that were asked for."""


class Unpacked:
    """An answer whose body is unpacked while it is read; nothing it says of its length or of ranges is kept."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers: Headers = {name: values for name, values in answer.headers.items() if name not in _UNTRUE}
        self._answer = answer
        self._plain: Decompressed | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative.

        Raises:
            Broken: the connection ended before the body did, or this is not what it says it is.
        """
        plain = self._opened()
        try:
            return plain.read(size) or b""
        except Corrupt as error:
            raise Broken(Trouble.CUT, f"the compressed body is damaged: {error}") from None

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

    def _opened(self) -> Decompressed:
        if self._plain is None:
            plain = open_decompressed(cast("BinaryIO", self._answer))
            if plain.compression is not Compression.GZIP:
                raise Broken(Trouble.PROTOCOL, "the body is not compressed as its Content-Encoding says")
            self._plain = plain
        return self._plain
