"""Where a layer is written: its tar goes in, what is stored comes out, and both are hashed on the way.

Compressing and hashing leave the interpreter alone, so they go on in a thread of their own while the next part is read and
edited: one layer of 114 MiB took a fifth less time as gzip and a third less as zstd, on two processors.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO, Self, cast

from regclient.concurrency import Relay
from regclient.errors import UnsupportedMediaType
from regclient.kit.compression import Compression
from regclient.kit.compressors import open_compressed
from regclient.model.digest import Digest, new_hasher
from regclient.model.mediatype import layer_compression
from regclient.ops.edit.layer_edits import Rewritten

_KINDS = {"none": Compression.NONE, "gzip": Compression.GZIP, "zstd": Compression.ZSTD}
_CHUNK = 1 << 20


def compression_of(media_type: str) -> Compression:
    """Return how layers of a type are compressed.

    Raises:
        UnsupportedMediaType: it is none of the types of layers that are written: Docker's and OCI's tar, gzip and zstd.
    """
    kind = _KINDS.get(layer_compression(media_type))
    if kind is None:
        raise UnsupportedMediaType(media_type, "it is no layer that can be written: use a tar, gzip or zstd one")
    return kind


class Hashed:
    """Passes what is written on to a file, counts it, and hashes it."""

    def __init__(self, out: BinaryIO | None, algorithm: str) -> None:
        self.size = 0
        self._out = out
        self._algorithm = algorithm
        self._hasher = new_hasher(algorithm)

    @property
    def digest(self) -> Digest:
        """The digest of what was written so far."""
        return Digest(self._algorithm, self._hasher.hexdigest())

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Pass all of ``data`` on and return its length in bytes."""
        self._hasher.update(data)
        if self._out is not None:
            self._out.write(data)
        size = memoryview(data).nbytes
        self.size += size
        return size


class LayerSink:
    """A layer being written into ``out``; leaving the block ends it, unless the block failed.

    An error of ``out`` is raised by a later :meth:`write`, or where the block is left.
    """

    def __init__(self, out: BinaryIO, kind: Compression, algorithm: str) -> None:
        self._stored = Hashed(out, algorithm)
        self._tar = self._stored if kind is Compression.NONE else Hashed(None, algorithm)
        self._compressor = None if kind is Compression.NONE else open_compressed(kind, cast("BinaryIO", self._stored))
        self._relay = Relay(self._take)

    def __enter__(self) -> Self:
        """Return the sink itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write the end, unless the block failed."""
        self._relay.__exit__(kind, error, trace)
        if self._compressor is not None:
            self._compressor.__exit__(kind, error, trace)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write a part of the tar: a copy, unless it is bytes."""
        self._relay.give(bytes(data))

    def _take(self, data: bytes) -> None:
        self._tar.write(data)
        if self._compressor is not None:
            self._compressor.write(data)

    def rewritten(self, entries: int) -> Rewritten:
        """Say what the layer is now that it is written."""
        return Rewritten(self._stored.digest, self._stored.size, self._tar.digest, entries)


def copy_to(content: BinaryIO, write: Callable[[bytes], object], check: Callable[[], None]) -> None:
    """Write everything that is left of a stream."""
    while data := content.read(_CHUNK):
        check()
        write(data)
