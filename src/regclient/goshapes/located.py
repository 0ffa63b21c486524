"""Nouns with the references they were asked for by, which their pretty layouts and Go views show."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.model.headers import Headers
from regclient.model.manifest import Manifest
from regclient.model.reference import OCIDIR, Reference
from regclient.model.referrers import ReferrerList
from regclient.repository import ManifestHead

_NONE = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":%s}'


@dataclass(frozen=True, slots=True)
class Located:
    """A manifest, or its head, and the reference it was found by."""

    manifest: Manifest | ManifestHead
    reference: Reference

    @property
    def raw(self) -> bytes:
        """The bytes of the manifest; none of a head."""
        return self.manifest.raw if isinstance(self.manifest, Manifest) else b""

    @property
    def headers(self) -> Headers:
        """The headers of the answer."""
        return self.manifest.headers


@dataclass(frozen=True, slots=True)
class LocatedReferrers:
    """A list of referrers, the subject they refer to, and where they were looked for when that is somewhere else."""

    referrers: ReferrerList
    subject: Reference
    source: Reference | None = None

    @property
    def raw(self) -> bytes:
        """The bytes of the index the list came in; where there is none, of an empty one, as the Go program makes it up."""
        if self.referrers.manifest is not None:
            return self.referrers.manifest.raw
        home = self.source or self.subject
        return _NONE % (b"[]" if home.scheme == OCIDIR else b"null")

    @property
    def headers(self) -> Headers:
        """The headers of the answer; a list asked of the referrers API may be of several pages, and has none."""
        found = self.referrers
        return found.manifest.headers if found.manifest and found.tags else {}
