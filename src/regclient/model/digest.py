"""Digests: the names of bytes.

A :class:`Digest` is always valid: the algorithm is one we can compute and the hex has its exact length in lower case
(https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests). The looser shape that references accept lives
in ``reference.py``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from regclient.errors import DigestMismatch, InvalidDigest, SizeMismatch, Unsupported, shown

ALGORITHMS = {"sha256": 64, "sha384": 96, "sha512": 128}
DEFAULT_ALGORITHM = "sha256"
_SHAPE = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
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
            if _SHAPE.fullmatch(f"{self.algorithm}:{self.hex}"):
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
    return hashlib.new(algorithm)


class Verifier:
    """Checks bytes against a promised digest and size while they pass; either may be unknown (None).

    Feed every piece to :meth:`update` and call :meth:`finish` where the bytes end. ``what`` names them in errors.
    """

    def __init__(
        self, digest: Digest | None, size: int | None = None, *, algorithm: str = DEFAULT_ALGORITHM, what: str = "content"
    ) -> None:
        self.digest = digest
        self.size = size
        self.passed = 0
        self._what = what
        self._algorithm = digest.algorithm if digest else algorithm
        self._hasher = new_hasher(self._algorithm)

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes.

        Raises:
            SizeMismatch: they are more than promised.
        """
        self._hasher.update(data)
        self.passed += len(data)
        if self.size is not None and self.passed > self.size:
            raise SizeMismatch(self.size, self.passed, self._what)

    def finish(self) -> Digest:
        """Return the digest of everything that passed.

        Raises:
            SizeMismatch: fewer bytes than promised.
            DigestMismatch: other bytes than promised.
        """
        if self.size is not None and self.passed != self.size:
            raise SizeMismatch(self.size, self.passed, self._what)
        actual = Digest(self._algorithm, self._hasher.hexdigest())
        if self.digest is not None and self.digest != actual:
            raise DigestMismatch(self.digest, actual, self._what)
        return actual
