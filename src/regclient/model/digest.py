"""Digests: the names of bytes.

A :class:`Digest` is always valid: the algorithm is one we can compute and the hex has its exact length in lower case
(https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests). The looser shape that references accept lives
in ``reference.py``.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from regclient.errors import DigestMismatch, InvalidDigest, SizeMismatch, Unsupported, shown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ALGORITHMS = {"sha256": 64, "sha384": 96, "sha512": 128}
DEFAULT_ALGORITHM = "sha256"
_CHUNK = 1 << 20
_SHAPE = r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+"
_HEX = re.compile(r"[0-9a-f]*")


class Hasher(Protocol):
    """A running hash: fed with :meth:`update`, read with :meth:`hexdigest`."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return the hex of everything added so far."""


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """``algorithm:hex``, validated; equal digests name equal bytes."""

    algorithm: str
    hex: str

    def __post_init__(self) -> None:
        """Refuse what is not a digest we can verify.

        Raises:
            Unsupported: a well-formed digest of another algorithm.
            InvalidDigest: anything else that is wrong.
        """
        expected = ALGORITHMS.get(self.algorithm)
        if expected is None:
            if re.fullmatch(_SHAPE, f"{self.algorithm}:{self.hex}"):
                raise Unsupported(f"unsupported digest algorithm {shown(self.algorithm)}")
            raise InvalidDigest(f"{self.algorithm}:{self.hex}", "expected ALGORITHM:HEX")
        if len(self.hex) != expected or not _HEX.fullmatch(self.hex):
            raise InvalidDigest(str(self), f"{self.algorithm} needs {expected} lower-case hex digits")

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``algorithm:hex``.

        Raises:
            InvalidDigest: the text is not a digest.
            Unsupported: the algorithm is not sha256, sha384 or sha512.
        """
        algorithm, colon, value = text.partition(":")
        if not colon:
            raise InvalidDigest(text, "expected ALGORITHM:HEX")
        return cls(algorithm, value)

    @classmethod
    def of(cls, data: bytes | bytearray | memoryview, algorithm: str = DEFAULT_ALGORITHM) -> Digest:
        """Compute the digest of bytes held in memory.

        Raises:
            Unsupported: the algorithm is unknown.
        """
        hasher = new_hasher(algorithm)
        hasher.update(data)
        return cls(algorithm, hasher.hexdigest())

    def __str__(self) -> str:
        """Return ``algorithm:hex``."""
        return f"{self.algorithm}:{self.hex}"


def new_hasher(algorithm: str = DEFAULT_ALGORITHM) -> Hasher:
    """Start a running hash of one of :data:`ALGORITHMS`.

    Raises:
        Unsupported: the algorithm is unknown.
    """
    if algorithm not in ALGORITHMS:
        raise Unsupported(f"unsupported digest algorithm {shown(algorithm)}")
    import hashlib  # noqa: PLC0415 - a door: to ask for a digest nothing is hashed, and OpenSSL takes time to load

    return hashlib.new(algorithm)


class Source(Protocol):
    """What a :class:`Verifier` reads: anything with ``readinto``; ``seek`` is needed to start again."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer as far as bytes are at hand; 0 at the end."""


class Verifier(io.RawIOBase):
    """A binary stream that hashes and counts what is read through it, and only ends when the bytes are what was promised.

    Put it around every body that comes from elsewhere: whoever reads to the end has verified. ``digest`` or ``size`` may be
    None: then :attr:`found` and :attr:`count` tell what came. The source is not closed with it.
    """

    def __init__(self, source: Source, digest: Digest | None = None, size: int | None = None, *, what: str = "blob") -> None:
        super().__init__()
        self.count = 0
        self._source = source
        self._expected = digest
        self._size = size
        self._what = what
        self._algorithm = digest.algorithm if digest else DEFAULT_ALGORITHM
        self._hasher = new_hasher(self._algorithm)

    @property
    def found(self) -> Digest:
        """The digest of the bytes read so far."""
        return Digest(self._algorithm, self._hasher.hexdigest())

    @property
    def verifies(self) -> Digest | None:
        """The digest the bytes are checked against: who reads them to the end need not hash them again."""
        return self._expected

    @property
    def file_number(self) -> int | None:
        """The number of the open file that holds the bytes and nothing else; None when they come from elsewhere."""
        return getattr(self._source, "file_number", None)

    def readable(self) -> bool:
        """Say yes: reading is all this does."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read into ``buffer``; 0 means the end, and that the promise was kept.

        Raises:
            SizeMismatch: there are more bytes than promised, at the first of them, or fewer, at the end.
            DigestMismatch: the digest is another, with the last byte when the size is known, else at the end.
        """
        view = memoryview(buffer).cast("B")
        read = self._source.readinto(view) or 0
        if not read:
            if len(view):
                self._check_end()
            return 0
        self.count += read
        if self._size is not None and self.count > self._size:
            raise SizeMismatch(self._size, self.count, self._what)
        self._hasher.update(view[:read])
        if self.count == self._size:
            self._check_end()  # whoever knows the size and stops there has verified too
        return read

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them and their verification when negative."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        buffer = bytearray(self._room(size))
        return bytes(memoryview(buffer)[: self.readinto(buffer)])

    def readall(self) -> bytes:
        """Read to the end, in large pieces: what a buffered reader on top of this calls when all is wanted."""
        return self.read()

    def seekable(self) -> bool:
        """Whether the source can start again."""
        probe = getattr(self._source, "seekable", None)
        return bool(probe()) if probe is not None else False

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self.count

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Start again from the first byte, which is the only place that can be verified from; or stay.

        Raises:
            Unsupported: the place is another, or the source cannot.
        """
        target = offset + (self.count if whence == io.SEEK_CUR else 0)
        if whence != io.SEEK_END and target == self.count:
            return target
        rewind = getattr(self._source, "seek", None)
        if whence == io.SEEK_END or target or rewind is None or not self.seekable():
            raise Unsupported(f"seek in {self._what}: only its start can be gone back to")
        rewind(0)
        self.count = 0
        self._hasher = new_hasher(self._algorithm)
        return 0

    def _room(self, size: int) -> int:
        """How much to make room for: no more than a byte over what is left, so that what is too long shows."""
        return size if self._size is None else min(size, max(self._size - self.count, 0) + 1)

    def _check_end(self) -> None:
        if self._size is not None and self.count != self._size:
            raise SizeMismatch(self._size, self.count, self._what)
        if self._expected is not None and self._hasher.hexdigest() != self._expected.hex:
            raise DigestMismatch(self._expected, self.found, self._what)
