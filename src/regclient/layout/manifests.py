"""Manifests in a layout: found through the index or by their digest, and stored with the list of their subject's referrers.

A layout keeps the referrers of a digest in a tag named after it, as registries without the referrers API do.
"""

from __future__ import annotations

from collections.abc import Callable

from regclient.errors import (
    BlobNotFound,
    Corrupt,
    InvalidManifest,
    ManifestNotFound,
    ParseError,
    RegistryClientError,
    SizeLimitExceeded,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.layout.blobs import Blobs
from regclient.layout.draft import Draft
from regclient.layout.names import Names
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest, parse_manifest
from regclient.model.referrers import added, fallback_tag, referrer_descriptor, removed
from regclient.repository import ManifestHead, Name


class Manifests:
    """The manifests of one layout; ``limit`` is the size of the largest one read."""

    def __init__(self, names: Names, blobs: Blobs, limit: int) -> None:
        self._names = names
        self._blobs = blobs
        self.limit = limit

    def head(self, name: Name) -> ManifestHead:
        """Return what :meth:`resolve` does, as the facts of an answer.

        Raises:
            ManifestNotFound: it is not there.
        """
        found = self.resolve(name)
        return ManifestHead(found.media_type, found.digest, found.size, annotations=found.annotations)

    def resolve(self, name: Name) -> Descriptor:
        """Return what the index says of a manifest whose file is there; the file is read where the index is silent.

        Raises:
            ManifestNotFound: it is not there.
        """
        listed = self._listed(name)
        if listed is None or not listed.media_type:
            return self._read(name, listed).descriptor
        if self._blobs.size_of(listed.digest) is None:
            raise ManifestNotFound(name, self._names.root)
        return listed

    def get(self, name: Name) -> Manifest:
        """Read a manifest; its descriptor carries what the index says of it.

        Raises:
            ManifestNotFound: it is not there.
            SizeLimitExceeded: it is larger than the limit.
            DigestMismatch, InvalidManifest, UnsupportedMediaType: its bytes are not what they should be.
        """
        return self._read(name, self._listed(name))

    def store(self, manifest: Manifest, tag: str | None, *, listed: bool, now: float) -> None:
        """Write a manifest, list it unless it is a child, and list it as a referrer of its subject.

        Raises:
            UnsupportedMediaType, Unsupported: it has a subject and cannot be listed as a referrer.
            InvalidManifest: the present index is broken.
        """
        entry = referrer_descriptor(manifest) if manifest.subject else None
        self._blobs.write_bytes(manifest.digest, manifest.raw)

        def change(draft: Draft) -> None:
            if listed:
                draft.put(manifest.descriptor, tag, now)
            if manifest.subject and entry:
                self._add_referrer(draft, manifest.subject.digest, entry, now)

        if listed or entry:
            self._names.update(change)

    def delete(self, digest: Digest, manifest: Manifest | None, now: float) -> None:
        """Unlist a manifest, as a referrer too, and remove its file.

        Raises:
            ManifestNotFound: it is neither listed nor there.
        """
        known = manifest or self._readable(digest)
        subject = known.subject if known else None
        found: list[bool] = []

        def change(draft: Draft) -> None:
            found.append(draft.drop_digest(digest))
            if subject:
                self._drop_referrer(draft, subject.digest, digest, now)

        self._names.update(change)
        self._names.write()  # before the file goes
        if not self._blobs.remove(digest) and not found[0]:
            raise ManifestNotFound(digest, self._names.root)

    def fallback(self, subject: Digest) -> IndexManifest | None:
        """Return the list of referrers of a digest, or None when nobody has made one.

        Raises:
            UnsupportedMediaType: the tag holds something else.
        """
        return self._fallback(self._names, subject)

    def scan(self, fits: Callable[[Manifest], bool]) -> list[tuple[Manifest, str | None]]:
        """Read every listed manifest and return those that fit with their tags; those that cannot be read are left out."""
        found: list[tuple[Manifest, str | None]] = []
        listing = self._names.load()
        for entry in listing.entries if listing else ():
            try:
                descriptor = entry.descriptor
                manifest = self._read(descriptor.digest, descriptor)
            except RegistryClientError:
                continue
            if fits(manifest):
                found.append((manifest, entry.tag))
        return found

    def _listed(self, name: Name) -> Descriptor | None:
        """Return the index's entry, or None for a digest that is not listed but might be there all the same."""
        entry = self._names.find(name)
        if entry is not None:
            return entry.descriptor
        if isinstance(name, Digest):
            return None
        raise ManifestNotFound(name, self._names.root)

    def _read(self, name: Name, listed: Descriptor | None) -> Manifest:
        digest = listed.digest if listed else name
        assert isinstance(digest, Digest)
        if listed and listed.size > self.limit:
            raise SizeLimitExceeded(self.limit, f"manifest {name}")
        try:
            manifest = parse_manifest(self._blobs.read(digest, self.limit), expect=listed or digest)
        except BlobNotFound:
            raise ManifestNotFound(name, self._names.root) from None
        except (InvalidManifest, UnsupportedMediaType, SizeLimitExceeded) as error:
            if listed:
                raise
            # Blobs and manifests share a directory: what nobody lists and is no manifest was never put as one.
            raise ManifestNotFound(name, self._names.root) from error
        if listed is None:
            self._blobs.doubt(digest)
        return manifest

    def _readable(self, digest: Digest) -> Manifest | None:
        """Return a manifest about to be deleted if it can be read: broken ones can be deleted too."""
        try:
            return self.get(digest)
        except (ManifestNotFound, ParseError, Unsupported, Corrupt):
            return None

    def _fallback(self, names: Draft | Names, subject: Digest) -> IndexManifest | None:
        entry = names.find(fallback_tag(subject))
        if entry is None:
            return None
        try:
            manifest = self._read(entry.descriptor.digest, entry.descriptor)
        except ManifestNotFound:
            return None
        if isinstance(manifest, IndexManifest):
            return manifest
        raise UnsupportedMediaType(manifest.media_type, "a list of referrers is an index")

    def _add_referrer(self, draft: Draft, subject: Digest, entry: Descriptor, now: float) -> None:
        present = self._fallback(draft, subject)
        changed = added(present, entry)
        if changed is not present:
            self._list_referrers(draft, subject, changed, now)

    def _drop_referrer(self, draft: Draft, subject: Digest, digest: Digest, now: float) -> None:
        present = self._fallback(draft, subject)
        if present is None:
            return
        changed = removed(present, digest)
        if not changed.manifests and present.manifests:
            draft.drop_tag(fallback_tag(subject))
        elif changed is not present:
            self._list_referrers(draft, subject, changed, now)

    def _list_referrers(self, draft: Draft, subject: Digest, referrers: IndexManifest, now: float) -> None:
        self._blobs.write_bytes(referrers.digest, referrers.raw)
        draft.put(referrers.descriptor, fallback_tag(subject), now)
