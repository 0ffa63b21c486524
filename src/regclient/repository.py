"""The contract: what a repository is, wherever it lives.

A registry repository, an OCI layout directory and a dictionary in memory all answer to :class:`Repository`; operations are
functions over it and never learn which one they hold. Powers that only some homes have are the small protocols below it, asked
for with ``isinstance``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias, runtime_checkable

from regclient.errors import InvalidReference
from regclient.model.digest import Digest
from regclient.model.headers import Headers
from regclient.model.reference import TAG, Reference

if TYPE_CHECKING:
    from regclient.answers import BlobStat, Ping, RepositoryList, TagList
    from regclient.model.descriptor import Descriptor
    from regclient.model.manifest import Manifest
    from regclient.model.referrers import ReferrerList

Name: TypeAlias = str | Digest
"""A tag or a digest: what a manifest is asked for by."""


def check_tag(tag: str) -> str:
    """Return a tag that may be written; homes call this before they store one.

    Raises:
        InvalidReference: it does not follow the grammar of tags.
    """
    if not TAG.fullmatch(tag):
        raise InvalidReference(tag, "not a tag")
    return tag


@dataclass(frozen=True, slots=True)
class ManifestHead:
    """What is known of a manifest without its bytes.

    ``digest`` is None when the registry did not say (it need not, on HEAD); ``size`` is 0 when unknown. Layouts and memory have
    no ``headers``.
    """

    media_type: str
    digest: Digest | None
    size: int
    headers: Headers = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Repository(Protocol):
    """One repository, wherever it lives; safe from many threads.

    ``reference`` says where it is (no tag, no digest); equal references are one repository. Every method raises the errors of
    ``regclient.errors`` only; :class:`~regclient.errors.Denied`, :class:`~regclient.errors.RegistryFault` and
    :class:`~regclient.errors.Unreachable` may come from any of them when the home is remote.
    """

    reference: Reference

    def head_manifest(self, name: Name) -> ManifestHead:
        """Ask for a manifest's facts without its bytes: one HEAD, nothing more (rate limits do not count it).

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """

    def resolve(self, name: Name) -> Descriptor:
        """Return the descriptor behind a tag or digest: :meth:`head_manifest`, or the bytes when the head has no digest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """

    def get_manifest(self, name: Name) -> Manifest:
        """Fetch a manifest, its bytes kept as they are and checked against the digest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
            DigestMismatch, SizeLimitExceeded, InvalidManifest, UnsupportedMediaType: the bytes are not a manifest we trust.
        """

    def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
        """Store a manifest's bytes; its subject's referrers then include it.

        ``name`` a tag or digest: a root, listed; None: a child, stored under its digest and reachable through its parent
        only. A digest of another algorithm than the manifest's is computed from the bytes and checked.

        Raises:
            DigestMismatch: the bytes do not have the digest ``name``.
        """

    def delete_manifest(self, digest: Digest, *, manifest: Manifest | None = None) -> None:
        """Delete a manifest with every tag on it; when ``manifest`` is given and has a subject, unlist it as a referrer first.

        Raises:
            ManifestNotFound: there is no such manifest.
        """

    def stat_blob(self, blob: Descriptor) -> BlobStat | None:
        """Return what is known of a blob without its bytes, or None when it is not there (external ``urls`` are not asked)."""

    def open_blob(self, blob: Descriptor) -> AbstractContextManager[BinaryIO]:
        """Open a blob for reading; digest and size are checked as it is read, and the end is only reached when they hold.

        The stream is ``seekable()`` back to 0, which starts the reading and the checking again.

        Raises:
            BlobNotFound: it is neither there nor at any of its ``urls``.
            DigestMismatch, SizeMismatch: from ``read``, at the byte where it shows.
        """

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        """Store a blob from a stream; nothing stays when it fails.

        ``expect`` is what the bytes must be; without it (or with an empty digest's size -1) they are hashed on the way. A
        ``seekable()`` stream lets a failed upload be sent again. The descriptor returned has the digest and size stored and
        the media type of ``expect`` (``application/octet-stream`` without).

        Raises:
            DigestMismatch, SizeMismatch: the bytes are not what was expected.
        """

    def delete_blob(self, digest: Digest) -> None:
        """Delete a blob.

        Raises:
            BlobNotFound: it is not there.
        """

    def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
        """List tags, following pages until ``limit`` are held (None: all); ``last`` is the tag to start after.

        Raises:
            RepositoryNotFound: there is no such repository.
        """

    def delete_tag(self, tag: str) -> None:
        """Delete one tag and nothing else.

        Raises:
            TagNotFound: there is no such tag.
        """

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List the manifests whose subject is ``subject``; none is an empty list.

        ``artifact_type`` narrows the list, at the registry where it can and here in any case.
        """


@runtime_checkable
class Mounts(Protocol):
    """A home that can take a blob from a sibling repository without moving its bytes."""

    def mount_blob(self, blob: Descriptor, src: Repository) -> bool:
        """Mount ``blob`` from ``src``; False, without a request, when ``src`` is elsewhere, and when the registry declines."""


@runtime_checkable
class Forwards(Protocol):
    """A home whose blobs come sooner when it knows where they go."""

    def open_blob_for(self, blob: Descriptor, dst: Repository) -> AbstractContextManager[BinaryIO]:
        """Open a blob as ``open_blob`` does, to be read into ``dst`` and, until that is done, nowhere else."""


@runtime_checkable
class Pings(Protocol):
    """A home that can say whether it is there."""

    def ping(self) -> Ping:
        """Make the cheapest request that proves access."""


@runtime_checkable
class Collects(Protocol):
    """A home that keeps unreachable content until it is told to drop it."""

    def collect(self) -> tuple[Digest, ...]:
        """Remove what nothing reaches, never what a running writer has put or found; return what was removed."""

    def close(self) -> None:
        """End the work on this repository: collect when it was modified through this object."""


@runtime_checkable
class Gathers(Protocol):
    """A home that keeps all names in one document, and writes many sooner than each by itself."""

    def gathering(self) -> AbstractContextManager[None]:
        """While the block runs, names may be written a moment later, several at once; all are when it ends.

        Through this object they are seen at once, and a name still never leads to what is not there.
        """


@runtime_checkable
class ScansReferrers(Protocol):
    """A home that can find referrers no list names, by reading every manifest."""

    def scan_referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """Like ``referrers``, and also the listed manifests whose subject is ``subject`` (slow)."""


@runtime_checkable
class CameOverTheWire(Protocol):
    """A stream of ``open_blob`` that a registry answered with; others have no headers to show."""

    headers: Headers


class Registry(Protocol):
    """A registry as a whole."""

    def ping(self) -> Ping:
        """Ask for ``/v2/``.

        Raises:
            Denied: the login is missing or wrong.
        """

    def repositories(self, *, limit: int | None = None, last: str | None = None) -> RepositoryList:
        """List one page of the catalog."""
