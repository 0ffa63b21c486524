"""What is known of a blob before its bytes arrive: a digest, a size, both or neither.

Every home that stores blobs reads a caller's descriptor the same way, and this is that way.
"""

from __future__ import annotations

from typing import NamedTuple

from regclient.errors import DigestMismatch, SizeMismatch
from regclient.model.descriptor import Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.mediatype import OCTET_STREAM


class Expectation(NamedTuple):
    """The promise that bytes are checked against; ``algorithm`` names them when ``digest`` does not."""

    digest: Digest | None = None
    size: int | None = None
    algorithm: str = DEFAULT_ALGORITHM
    descriptor: Descriptor | None = None

    @classmethod
    def of(cls, descriptor: Descriptor | None) -> Expectation:
        """Read a descriptor: size 0 is believed of the empty blob only, for schema 1 states no sizes.

        Size -1 says that the size is not known, and with the digest of nothing that only the algorithm is meant.
        """
        if descriptor is None:
            return cls()
        algorithm, size = descriptor.digest.algorithm, descriptor.size
        nothing = size <= 0 and descriptor.digest == Digest.of(b"", algorithm)
        digest = None if nothing and size < 0 else descriptor.digest
        return cls(digest, size if size > 0 or (size == 0 and nothing) else None, algorithm, descriptor)

    def check_size(self, size: int, *, ended: bool) -> None:
        """Compare with the bytes so far, or with all of them when they have ``ended``.

        Raises:
            SizeMismatch: they are too many, or ended too early.
        """
        if self.size is not None and (size > self.size or (ended and size != self.size)):
            raise SizeMismatch(self.size, size, f"blob {self.digest}")

    def check(self, digest: Digest, size: int) -> Descriptor:
        """Compare with everything that came and describe it: what was expected, with the digest and size found.

        Raises:
            DigestMismatch, SizeMismatch: something else came.
        """
        self.check_size(size, ended=True)
        if self.digest is not None and self.digest != digest:
            raise DigestMismatch(self.digest, digest, "blob")
        if self.descriptor is None:
            return Descriptor(OCTET_STREAM, digest, size)
        if size == self.descriptor.size and digest == self.descriptor.digest:
            return self.descriptor
        return self.descriptor.replace(digest=digest, size=size)
