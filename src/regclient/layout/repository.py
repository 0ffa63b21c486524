"""A repository in a directory: the OCI image layout as a home.

Every call is one step on ``index.json`` or on a blob; what makes them safe beside other threads and processes is in
``session.py``, ``locks.py`` and ``docs/decisions/0006-layout-locking.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from regclient.answers import BlobStat, Ping, TagList
from regclient.clock import Clock, SystemClock
from regclient.errors import (
    BlobNotFound,
    ManifestNotFound,
    RegistryClientError,
    RepositoryNotFound,
    SizeLimitExceeded,
    TagNotFound,
)
from regclient.events import Warned
from regclient.layout.blobs import Blobs
from regclient.layout.collect import reachable, sweep
from regclient.layout.draft import Draft
from regclient.layout.index import Index
from regclient.layout.manifests import Manifests
from regclient.layout.names import Names
from regclient.layout.session import Session
from regclient.layout.settings import LayoutSettings
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest, Verifier
from regclient.model.expectation import Expectation
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.mediatype import OCI_INDEX
from regclient.model.reference import OCIDIR, Reference
from regclient.model.referrers import ReferrerList, fallback_tag, referrer_descriptor
from regclient.observer import Observer, silent
from regclient.repository import ManifestHead, Name, check_tag

__all__ = ["LayoutRepository", "LayoutSettings"]

LARGE = 8 << 20
"""Bytes from which a blob takes long enough for others to be shown, before it comes, the names that wait."""
_UNLIMITED = 1 << 62


class LayoutRepository:
    """The repository in an OCI layout directory; made by its first write, not before.

    ``reference`` holds the real path, so that every way to write a path is the same repository.
    """

    def __init__(
        self,
        place: Reference | Path,
        settings: LayoutSettings | None = None,
        *,
        clock: Clock | None = None,
        observer: Observer = silent,
    ) -> None:
        root = Path(os.path.realpath(place.path if isinstance(place, Reference) else place))
        self.reference = Reference(scheme=OCIDIR, path=str(root), original=f"{OCIDIR}://{root}")
        self._settings = settings or LayoutSettings()
        self._clock = clock or SystemClock()
        self._observer = observer
        self._root = root
        self._session = Session(root)
        self._blobs = Blobs(root, self._settings.writing, link=self._settings.link)
        self._index = Index(root, self._settings.writing, self._blobs.settle)
        self._names = Names(self._index, self._clock)
        self._manifests = Manifests(self._names, self._blobs, self._settings.pull_limit or _UNLIMITED)

    def ping(self) -> Ping:
        """Say whether the directory is there.

        Raises:
            RepositoryNotFound: it is not.
        """
        if not self._root.is_dir():
            raise RepositoryNotFound(self.reference)
        return Ping()

    def head_manifest(self, name: Name) -> ManifestHead:
        """Return what the index says of a manifest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        with self._session.work():
            return self._manifests.head(name)

    def resolve(self, name: Name) -> Descriptor:
        """Return the descriptor behind a tag or digest, with the annotations the index gives it.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        with self._session.work():
            return self._manifests.resolve(name)

    def get_manifest(self, name: Name) -> Manifest:
        """Read a manifest, checked against its digest.

        Raises:
            ManifestNotFound: there is no such tag or digest.
            DigestMismatch, SizeLimitExceeded, InvalidManifest, UnsupportedMediaType: the bytes are not a manifest we trust.
        """
        with self._session.work():
            return self._manifests.get(name)

    def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
        """Store a manifest: listed under a tag, or under its digest alone, or (None) not listed.

        Raises:
            DigestMismatch: the bytes do not have the digest ``name``.
            SizeLimitExceeded: it is larger than the push limit.
            InvalidReference: the tag is none.
        """
        limit = self._settings.push_limit or _UNLIMITED
        if len(manifest.raw) > limit:
            raise SizeLimitExceeded(limit, f"manifest {manifest.digest}")
        if isinstance(name, Digest) and name != manifest.digest:
            manifest = parse_manifest(manifest.raw, media_type=manifest.media_type, expect=name)
        tag = check_tag(name) if isinstance(name, str) else None
        with self._changing():
            self._manifests.store(manifest, tag, listed=name is not None, now=self._now())
        return manifest.descriptor

    def delete_manifest(self, digest: Digest, *, manifest: Manifest | None = None) -> None:
        """Delete a manifest with every tag on it, and unlist it as a referrer.

        Raises:
            ManifestNotFound: there is no such manifest.
        """
        with self._session.work():
            if self._names.load() is None:
                raise ManifestNotFound(digest, self.reference)
            self._session.modify()
            self._manifests.delete(digest, manifest, self._now())

    def stat_blob(self, blob: Descriptor) -> BlobStat | None:
        """Return what is known of a blob; a file of another size than ``blob`` states is not that blob."""
        with self._session.work():
            size = self._blobs.size_of(blob.digest)
        if size is None or Expectation.of(blob).size not in {None, size}:
            return None
        return BlobStat(blob.digest, size, blob.media_type)

    @contextmanager
    def open_blob(self, blob: Descriptor) -> Iterator[BinaryIO]:
        """Open a blob for reading; digest and size are checked as it is read.

        Raises:
            BlobNotFound: it is not there.
            DigestMismatch, SizeMismatch: from ``read``.
        """
        size = Expectation.of(blob).size
        with (
            self._session.work(),
            self._blobs.open(blob.digest) as file,
            Verifier(file, blob.digest, size, what=f"blob {blob.digest}") as stream,
        ):
            yield cast("BinaryIO", stream)

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        """Store a blob from a stream, which is not read when the blob expected is there already.

        Raises:
            DigestMismatch, SizeMismatch: the bytes are not what was expected.
        """
        with self._changing():
            size = Expectation.of(expect).size
            if size is None or size > LARGE:
                self._names.write()
            else:
                self._names.write_due()
            return self._blobs.write(content, Expectation.of(expect))

    def delete_blob(self, digest: Digest) -> None:
        """Delete a blob, whoever needs it.

        Raises:
            BlobNotFound: it is not there.
        """
        with self._session.work():
            if not self._blobs.remove(digest):
                raise BlobNotFound(digest, self.reference)

    def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
        """List the tags in order; of full image names, which other programs write, what follows the last colon.

        Raises:
            RepositoryNotFound: there is no layout.
        """
        with self._session.work():
            listing = self._names.load()
        if listing is None:
            raise RepositoryNotFound(self.reference)
        tags = tuple(tag for tag in listing.tags if last is None or tag > last)
        return TagList("", tags[:limit], raw=listing.raw, media_type=OCI_INDEX)

    def delete_tag(self, tag: str) -> None:
        """Delete one tag; its manifest is garbage when nothing else leads to it.

        Raises:
            TagNotFound: there is no such tag; a full image name that ends in it is another tag.
        """
        with self._session.work():
            listing = self._names.load()
            if listing is None or listing.tagged(tag) is None:
                raise TagNotFound(tag, self.reference)
            self._session.modify()
            self._names.update(partial(Draft.drop_tag, tag=tag))

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List the manifests whose subject is ``subject``, from the tag that names them."""
        with self._session.work():
            index = self._manifests.fallback(subject)
        found = ReferrerList.of(subject, index, tags=(fallback_tag(subject),)) if index else ReferrerList(subject)
        return found.filtered(DescriptorFilter(artifact_type=artifact_type or ""))

    def scan_referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List also the manifests that other programs wrote without naming them in the tag: reads every listed manifest."""
        with self._session.work():
            named = self.referrers(subject)
            found = self._manifests.scan(lambda manifest: bool(manifest.subject and manifest.subject.digest == subject))
        descriptors = {manifest.digest: referrer_descriptor(manifest) for manifest, _ in found}
        descriptors |= {descriptor.digest: descriptor for descriptor in named.descriptors}
        plain = (tag for _, tag in found if tag and not set(tag) & {":", "/"})
        tags = tuple(dict.fromkeys((*plain, *named.tags)))
        every = replace(named, descriptors=tuple(descriptors.values()), tags=tags)
        return every.filtered(DescriptorFilter(artifact_type=artifact_type or ""))

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Let names that are put shortly after one another be written together; all are when the block ends.

        Raises:
            StorageFault: the file system refused.
        """
        with self._session.work(), self._names.gathering():
            yield

    def collect(self) -> tuple[Digest, ...]:
        """Remove what the index does not lead to, and end the session; nothing happens while anybody else works here.

        Raises:
            RegistryClientError: a manifest is there but cannot be read, so that nobody knows what it leads to.
        """
        self._names.write()
        with self._session.alone() as alone:
            listing = self._index.load() if alone else None
            if listing is None:
                return ()
            kept = reachable((entry.descriptor for entry in listing.entries), self._blobs, self._manifests.limit)
            return tuple(sweep(self._blobs, self._root, kept, self._settings.writing))

    def close(self) -> None:
        """End the session: collect when something was modified; the object can be used again.

        What keeps the collection from being made is told to the observer: the work that was done is done.

        Raises:
            StorageFault: what was put cannot be brought to the disk.
        """
        self._names.write()
        self._tidy()
        # What nothing leads to yet: another program may put the manifest, and would not know.
        self._blobs.finish()

    def _tidy(self) -> None:
        if not self._settings.collect or not self._session.wants_collecting:
            self._session.end()
            return
        try:
            self.collect()
        except RegistryClientError as error:
            self._observer(Warned(f"garbage stays in {self._root}: {error}"))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Make the layout if need be, and note that the session may leave garbage."""
        self._index.prepare()
        with self._session.work():
            self._session.modify()
            yield

    def _now(self) -> float:
        created = self._settings.created
        return self._clock.now() if created is None else created
