"""Referrers: what points at a manifest, by the registry's API or by the fallback tag that stands in for it.

Registries without the API keep the list under a tag made of the subject's digest, and clients keep that tag up to date:
https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema. Nothing locks such a tag, so a write
is read again and repeated until it holds.
"""

from __future__ import annotations

from collections.abc import Callable

from regclient.errors import (
    Corrupt,
    Denied,
    InvalidManifest,
    ManifestNotFound,
    NotFound,
    RegistryClientError,
    RegistryFault,
    Unreachable,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest, parse_manifest
from regclient.model.mediatype import OCI_INDEX
from regclient.model.referrers import ReferrerList, added, fallback_tag, merged, referrer_descriptor, removed
from regclient.remote.manifests import Manifests
from regclient.remote.pages import pages_of
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire, may_pass

WAITS = (0.0, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each write of a fallback tag: the first at once, the others after another writer got between."""

Change = Callable[[IndexManifest | None], IndexManifest | None]
"""Computes the list to write from the list that is there; None when nothing has to be written."""


class Referrers:
    """The lists of referrers of one repository."""

    def __init__(self, wire: Wire, shared: Shared, manifests: Manifests, delete_tag: Callable[[str], None]) -> None:
        self._wire = wire
        self._shared = shared
        self._manifests = manifests
        self._delete_tag = delete_tag

    def list(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List what refers to ``subject``, from the API, or from the fallback tag where there is no API.

        A failure of the moment is neither taken for a missing API nor for an empty list.
        """
        key = (self._wire.reference.name, subject)
        found = self._shared.referrers.get(key)
        if found is None:
            found = self._ask(subject, artifact_type)
            if not artifact_type:
                self._shared.referrers.put(key, found)
        if not artifact_type:
            return found
        return found.filtered(DescriptorFilter(artifact_type=artifact_type))

    def add(self, manifest: Manifest) -> None:
        """List a manifest in the fallback tag of its subject, whoever else writes there at the same time.

        Raises:
            RegistryFault: others overwrote the entry again and again.
        """
        entry = referrer_descriptor(manifest)

        def change(index: IndexManifest | None) -> IndexManifest | None:
            return None if _lists(index, entry.digest) else added(index, entry)

        self._update(_subject_of(manifest).digest, change)

    def forget(self, subject: Digest) -> None:
        """Drop a cached list that is about to be out of date."""
        self._shared.referrers.drop((self._wire.reference.name, subject))

    def remove(self, manifest: Manifest) -> None:
        """Take a manifest out of the fallback tag of its subject; registries with the API do that themselves."""
        subject = _subject_of(manifest).digest
        self.forget(subject)
        if self._has_api(subject):
            return

        def change(index: IndexManifest | None) -> IndexManifest | None:
            return removed(index, manifest.digest) if index and _lists(index, manifest.digest) else None

        self._update(subject, change)

    # -- reading --------------------------------------------------------------------------------------------------------------

    def _ask(self, subject: Digest, artifact_type: str | None) -> ReferrerList:
        passing: RegistryClientError | None = None
        try:
            found = self._try_api(subject, artifact_type)
        except (RegistryFault, Unreachable) as error:
            found, passing = None, error
        if found is not None:
            return found
        index = self._read_tag(subject)
        if index is not None:
            return ReferrerList.of(subject, index, tags=(fallback_tag(subject),))
        if passing is not None:
            raise passing
        return ReferrerList(subject)

    def _has_api(self, subject: Digest) -> bool:
        return self._shared.referrers_api(self._wire.reference) or self._try_api(subject, None) is not None

    def _try_api(self, subject: Digest, artifact_type: str | None) -> ReferrerList | None:
        """Ask the API; None when this registry has none, which is remembered for a while.

        Raises:
            RegistryFault, Unreachable, Corrupt: trouble of the moment, or with the answer: it says nothing of the API.
        """
        known = self._shared.referrers_api(self._wire.reference)
        if known is False:
            return None
        try:
            found = self._from_api(subject, artifact_type)
        except RegistryClientError as error:
            if not _says_no(error):
                raise
            if known is None:
                self._shared.learn_referrers_api(self._wire.reference, supported=False)
            return None
        self._shared.learn_referrers_api(self._wire.reference, supported=True)
        return found

    def _from_api(self, subject: Digest, artifact_type: str | None) -> ReferrerList:
        query = (("artifactType", artifact_type),) if artifact_type else ()
        headers = {"Accept": OCI_INDEX}
        opening = self._wire.request("GET", f"referrers/{subject}", query=query, headers=headers, mirrors=True, quiet=True)
        pages: list[IndexManifest] = []
        seen: set[Digest] = set()
        for page in pages_of(self._wire, opening, types=frozenset({OCI_INDEX}), held=lambda: len(seen)):
            index = _index(parse_manifest(page.raw, media_type=OCI_INDEX, headers=page.headers))
            pages.append(index)
            seen.update(entry.digest for entry in index.manifests)
        return ReferrerList.of(subject, merged(pages))

    def _read_tag(self, subject: Digest, *, mirrors: bool = True) -> IndexManifest | None:
        """Return the list under the fallback tag, or None when there is none.

        GitLab takes a tag that looks like a digest for the digest and answers with the subject itself.
        """
        try:
            manifest = self._manifests.get(fallback_tag(subject), mirrors=mirrors)
        except ManifestNotFound:
            return None
        return None if manifest.digest == subject else _index(manifest)

    # -- writing --------------------------------------------------------------------------------------------------------------

    def _update(self, subject: Digest, change: Change) -> None:
        tag = fallback_tag(subject)
        with self._shared.turn(self._wire.reference):
            index = self._read_tag(subject, mirrors=False)
            for wait in WAITS:
                changed = change(index)
                if changed is None:
                    return
                if wait:
                    self._shared.clock.sleep(wait)
                if not self._write(tag, changed):
                    return
                index = self._read_tag(subject, mirrors=False)
            if change(index) is None:
                return
        detail = f"other writers changed the list of referrers {len(WAITS)} times in a row"
        raise RegistryFault(self._wire.reference.registry, 201, f"PUT {self._wire.reference.name}:{tag}", detail=detail)

    def _write(self, tag: str, index: IndexManifest) -> bool:
        """Write a list; an empty one deletes the tag where that can be done, and then False is returned."""
        if not index.manifests:
            try:
                self._delete_tag(tag)
            except (NotFound, Denied, RegistryFault, Unsupported, Corrupt):
                pass
            else:
                return False
        self._manifests.put(index, tag)
        return True


def _lists(index: IndexManifest | None, digest: Digest) -> bool:
    return index is not None and any(entry.digest == digest for entry in index.manifests)


def _says_no(error: RegistryClientError) -> bool:
    """Whether a failed request means that there is no such API, rather than trouble with it."""
    if isinstance(error, RegistryFault):
        return error.status >= 400 and not may_pass(error)
    return isinstance(error, (Denied, NotFound, Unsupported, InvalidManifest))


def _index(manifest: Manifest) -> IndexManifest:
    if not isinstance(manifest, IndexManifest) or manifest.media_type != OCI_INDEX:
        raise UnsupportedMediaType(manifest.media_type, "a list of referrers is an OCI index")
    return manifest


def _subject_of(manifest: Manifest) -> Descriptor:
    assert manifest.subject is not None
    return manifest.subject
