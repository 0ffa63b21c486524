"""Bodies in chunks, as the standard library reads them: the only importer of ``http.client``, 15 ms; load this late."""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient.transport.exchange import Broken, Trouble
from regclient.transport.heads import skip_trailers

if TYPE_CHECKING:
    from regclient.transport.framing import Reads


class ChunkedBody(HTTPResponse):
    """The standard library's reading of chunks, over a connection that outlives the body, after a head that was read before."""

    def __init__(self, reader: Reads, *, will_close: bool) -> None:
        super().__init__(cast("BinaryIO", _Doorway(reader)))  # type: ignore[arg-type]
        self.status, self.version, self.reason = 200, 11, ""
        self.chunked = True
        self.chunk_left: int | None = None
        self.length: int | None = None
        self.will_close = will_close

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative.

        Raises:
            Broken: the connection ended before the last chunk, or what came are no chunks.
        """
        try:
            return super().read(None if size is None or size < 0 else size)
        except HTTPException as error:
            raise _broken(error) from None

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read into ``buffer``; 0 at the end.

        Raises:
            Broken: as :meth:`read`.
        """
        try:
            return super().readinto(buffer)
        except HTTPException as error:
            raise _broken(error) from None

    def flush(self) -> None:
        """Do nothing: a body is read only, and its connection may be closed before it."""

    def _close_conn(self) -> None:
        # The reader belongs to the connection; closing it here would end the connection with the body.
        self.fp = None  # type: ignore[assignment]

    def _read_and_discard_trailer(self) -> None:
        skip_trailers(self.fp)


class _Doorway:
    """What ``HTTPResponse`` asks of a socket: its reader."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader

    def makefile(self, mode: str) -> Reads:  # noqa: ARG002 - the shape of a socket's method
        return self._reader


def _broken(error: HTTPException) -> Broken:
    name = type(error).__name__
    return Broken(Trouble.CUT if "IncompleteRead" in name else Trouble.PROTOCOL, f"reading the body: {name}")
