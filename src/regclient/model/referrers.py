"""Referrers: manifests that have a subject, found from the subject.

Registries without the referrers API keep the list in a tag named after the subject's digest, the "referrers tag schema" of
https://github.com/opencontainers/distribution-spec/blob/main/spec.md; what is added to and taken from that list is decided
here, without a request.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from regclient.errors import Unsupported, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest

_NOT_IN_TAGS = re.compile("[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class ReferrerList:
    """The manifests that refer to ``subject``.

    ``manifest`` is the index they came in, before any filter, with its ``annotations``; ``tags`` are the fallback tags it was
    found under.
    """

    subject: Digest
    descriptors: tuple[Descriptor, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    manifest: IndexManifest | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, subject: Digest, index: IndexManifest, *, tags: tuple[str, ...] = ()) -> ReferrerList:
        """List everything in an index."""
        return cls(subject, index.manifests, index.annotations, index, tags)

    def filtered(self, wanted: DescriptorFilter) -> ReferrerList:
        """Return the list with only the descriptors that fit, in the order asked for."""
        return dataclasses.replace(self, descriptors=wanted.matching(self.descriptors))


def fallback_tag(subject: Digest) -> str:
    """Return the tag that lists the referrers of ``subject`` where the API is missing; long digests are cut."""
    algorithm = _NOT_IN_TAGS.sub("-", subject.algorithm)[:32]
    return f"{algorithm}-{_NOT_IN_TAGS.sub('-', subject.hex)[:64]}"


def referrer_descriptor(manifest: Manifest) -> Descriptor:
    """Return the entry a manifest has in the list of its subject's referrers.

    Annotations are carried over; the artifact type is the manifest's, or else the type of its config.

    Raises:
        UnsupportedMediaType: Docker's types cannot refer.
    """
    if not isinstance(manifest, (ImageManifest, IndexManifest, ArtifactManifest)) or mediatype.is_docker(manifest.media_type):
        raise UnsupportedMediaType(manifest.media_type, "it cannot have a subject")
    artifact_type = manifest.artifact_type
    if isinstance(manifest, ImageManifest):
        artifact_type = artifact_type or manifest.config.media_type
    named = Descriptor(manifest.media_type, manifest.digest, manifest.descriptor.size)
    return named.replace(annotations=manifest.annotations, artifact_type=artifact_type)


def added(index: IndexManifest | None, entry: Descriptor) -> IndexManifest:
    """Return the list with an entry at its end; itself when the digest is in it already, a new one when there is none.

    Raises:
        Unsupported: the index has a subject itself, so it is no list of referrers.
    """
    if index is None:
        return IndexManifest.build(manifests=(entry,))
    if index.subject is not None:
        raise Unsupported("a list of referrers cannot have a subject")
    if any(present.digest == entry.digest for present in index.manifests):
        return index
    return index.replace(manifests=(*index.manifests, entry))


def removed(index: IndexManifest, digest: Digest) -> IndexManifest:
    """Return the list without the entries of a digest; itself when there are none."""
    return index.replace(manifests=tuple(entry for entry in index.manifests if entry.digest != digest))


def merged(pages: Iterable[IndexManifest]) -> IndexManifest:
    """Return one index with the entries of all pages, each digest once; the first page gives everything else."""
    first, *others = list(pages) or [IndexManifest.build()]
    held = {entry.digest for entry in first.manifests}
    fresh: dict[Digest, Descriptor] = {}
    for entry in (entry for page in others for entry in page.manifests if entry.digest not in held):
        fresh.setdefault(entry.digest, entry)
    return first.replace(manifests=(*first.manifests, *fresh.values())) if fresh else first
