"""Indexes, OCI's and Docker's manifest lists: manifests for several platforms, or of one subject, under one name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from regclient.model import document, gojson, mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor, DescriptorFilter, descriptors_of
from regclient.model.descriptor import SHAPE as DESCRIPTOR
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.kind import Manifest, common_fields, read_common
from regclient.model.platform import Platform

_CHILDREN = {"manifests": DESCRIPTOR, "subject": DESCRIPTOR}
_DOCKER = document.Shape("schemaVersion", "mediaType", "manifests", "annotations", children=_CHILDREN)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexManifest(Manifest):
    """A list of manifests; entries are usually one image for each platform.

    ``listed`` is False when the document had no list, not even an empty one.
    """

    manifests: tuple[Descriptor, ...] = ()
    artifact_type: str = ""
    schema_version: int = 2
    listed: bool = field(default=True, compare=False)

    SHAPE: ClassVar[document.Shape] = document.Shape(
        "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations", children=_CHILDREN
    )
    CHANGEABLE: ClassVar[frozenset[str]] = frozenset({"manifests", "annotations", "subject", "artifact_type"})

    __hash__ = Manifest.__hash__

    @classmethod
    def build(
        cls,
        *,
        manifests: Sequence[Descriptor] = (),
        media_type: str = mediatype.OCI_INDEX,
        artifact_type: str = "",
        subject: Descriptor | None = None,
        annotations: Mapping[str, str] = NO_ANNOTATIONS,
        algorithm: str = DEFAULT_ALGORITHM,
    ) -> IndexManifest:
        """Write a new index."""
        draft = cls(
            descriptor=Descriptor(media_type, Digest.of(b"", algorithm), 0),
            declared=media_type,
            manifests=tuple(manifests),
            artifact_type=artifact_type,
            subject=subject,
            annotations=annotations,
        )
        return draft.sealed(algorithm)

    @classmethod
    def shape_for(cls, media_type: str) -> document.Shape:
        """Return Docker's members for Docker's type: it has neither subject nor artifact type."""
        return _DOCKER if media_type == mediatype.DOCKER_LIST else cls.SHAPE

    @classmethod
    def from_document(cls, value: dict[str, object], manifest: Manifest) -> IndexManifest:
        """Read the entries.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        where = str(manifest.descriptor.digest)
        known, manifest = read_common(value, manifest, cls.shape_for(manifest.media_type))
        return cls(
            **common_fields(manifest),
            manifests=descriptors_of(known, "manifests", where),
            artifact_type=document.text_of(known, "artifactType", where),
            schema_version=document.int_of(known, "schemaVersion", where),
            listed="manifests" in known,
        )

    def members(self) -> dict[str, str]:
        """Return the encoded members; Docker's type drops those it has no place for when the document is written."""
        members = self.common_members() | {"schemaVersion": str(self.schema_version)}
        has_list = self.listed or self.manifests
        members["manifests"] = gojson.encode_list(entry.to_json() for entry in self.manifests) if has_list else "null"
        if self.artifact_type:
            members["artifactType"] = gojson.encode_text(self.artifact_type)
        return members

    def select(self, platform: Platform) -> Descriptor:
        """Return the entry that runs best on the platform.

        Raises:
            PlatformNotFound: none runs on it.
        """
        return DescriptorFilter(platform=platform).best(self.manifests)

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms of the entries that state one, in order."""
        return tuple(entry.platform for entry in self.manifests if entry.platform is not None)
