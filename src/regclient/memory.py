"""A repository in a dictionary: the reference implementation of the contract, and every test's friend.

It says in the fewest words what :class:`~regclient.repository.Repository` means; the other homes are held to it by the contract
suite. Use it in tests of whatever takes a repository.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from regclient.answers import BlobStat, TagList
from regclient.errors import BlobNotFound, ManifestNotFound, SizeLimitExceeded, TagNotFound
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest, Verifier
from regclient.model.expectation import Expectation
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.mediatype import OCTET_STREAM
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList, referrer_descriptor
from regclient.repository import ManifestHead, Name, check_tag


class MemoryRepository:
    """One repository held in memory; two objects are two repositories, whatever their references.

    ``push_limit`` is the size of the largest manifest stored (0: no limit).
    """

    def __init__(self, reference: Reference | str = "memory.example/repository", *, push_limit: int = 4 << 20) -> None:
        parsed = Reference.parse(reference) if isinstance(reference, str) else reference
        self.reference = parsed.repository_only()
        self._push_limit = push_limit
        self._lock = threading.RLock()
        self._tags: dict[str, Digest] = {}
        self._manifests: dict[Digest, Manifest] = {}
        self._blobs: dict[Digest, bytes] = {}

    def head_manifest(self, name: Name) -> ManifestHead:
        """Return a manifest's facts.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        found = self.resolve(name)
        return ManifestHead(found.media_type, found.digest, found.size)

    def resolve(self, name: Name) -> Descriptor:
        """Return the descriptor behind a tag or digest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        return self.get_manifest(name).descriptor

    def get_manifest(self, name: Name) -> Manifest:
        """Return a manifest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        with self._lock:
            digest = name if isinstance(name, Digest) else self._tags.get(name)
            manifest = self._manifests.get(digest) if digest else None
        if manifest is None:
            raise ManifestNotFound(name, self.reference)
        return manifest

    def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
        """Store a manifest's bytes.

        Raises:
            DigestMismatch: the bytes do not have the digest ``name``.
            SizeLimitExceeded: there are more of them than the push limit.
            InvalidReference: the tag is none.
            UnsupportedMediaType: it has a subject and cannot be a referrer.
        """
        if 0 < self._push_limit < len(manifest.raw):
            raise SizeLimitExceeded(self._push_limit, f"manifest {manifest.digest}")
        if isinstance(name, str):
            check_tag(name)
        if manifest.subject:
            referrer_descriptor(manifest)
        digest = name if isinstance(name, Digest) else manifest.digest
        stored = parse_manifest(manifest.raw, media_type=manifest.media_type, expect=digest)
        with self._lock:
            self._manifests[digest] = stored
            if isinstance(name, str):
                self._tags[name] = digest
        return stored.descriptor

    def delete_manifest(self, digest: Digest, *, manifest: Manifest | None = None) -> None:
        """Delete a manifest with every tag on it; it is nobody's referrer any more, whether ``manifest`` is given or not.

        Raises:
            ManifestNotFound: there is no such manifest.
        """
        del manifest
        with self._lock:
            if self._manifests.pop(digest, None) is None:
                raise ManifestNotFound(digest, self.reference)
            self._tags = {tag: target for tag, target in self._tags.items() if target != digest}

    def stat_blob(self, blob: Descriptor) -> BlobStat | None:
        """Return what is known of a blob, or None when it is not there."""
        content = self._blobs.get(blob.digest)
        return None if content is None else BlobStat(blob.digest, len(content), OCTET_STREAM)

    @contextmanager
    def open_blob(self, blob: Descriptor) -> Iterator[BinaryIO]:
        """Open a blob for reading; digest and size are checked as it is read.

        Raises:
            BlobNotFound: it is not there.
            DigestMismatch, SizeMismatch: from ``read``.
        """
        content = self._blobs.get(blob.digest)
        if content is None:
            raise BlobNotFound(blob.digest, self.reference)
        with Verifier(io.BytesIO(content), blob.digest, Expectation.of(blob).size, what=f"blob {blob.digest}") as stream:
            yield cast("BinaryIO", stream)

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        """Store a blob from a stream.

        Raises:
            DigestMismatch, SizeMismatch: the bytes are not what was expected.
        """
        expected = Expectation.of(expect)
        held = content.read()
        stored = expected.check(Digest.of(held, expected.algorithm), len(held))
        self._blobs[stored.digest] = held
        return stored

    def delete_blob(self, digest: Digest) -> None:
        """Delete a blob.

        Raises:
            BlobNotFound: it is not there.
        """
        if self._blobs.pop(digest, None) is None:
            raise BlobNotFound(digest, self.reference)

    def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
        """List tags in order; an empty repository has none."""
        with self._lock:
            tags = sorted(tag for tag in self._tags if last is None or tag > last)
        return TagList(self.reference.repository, tuple(tags[:limit]))

    def delete_tag(self, tag: str) -> None:
        """Delete one tag and nothing else.

        Raises:
            TagNotFound: there is no such tag.
        """
        with self._lock:
            if self._tags.pop(tag, None) is None:
                raise TagNotFound(tag, self.reference)

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List the manifests whose subject is ``subject``, in the order they came."""
        with self._lock:
            manifests = tuple(self._manifests.values())
        found = (referrer_descriptor(manifest) for manifest in manifests if _refers(manifest, subject))
        wanted = DescriptorFilter(artifact_type=artifact_type or "")
        return ReferrerList(subject, tuple(found)).filtered(wanted)


def _refers(manifest: Manifest, subject: Digest) -> bool:
    return manifest.subject is not None and manifest.subject.digest == subject
