"""OCI artifact manifests: blobs with a type and perhaps a subject; withdrawn before image-spec 1.1, still met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from regclient.model import document, gojson, mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor, descriptors_of
from regclient.model.descriptor import SHAPE as DESCRIPTOR
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.kind import Manifest, common_fields, read_common


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactManifest(Manifest):
    """Blobs that are no image, with the ``artifact_type`` that says what they are."""

    blobs: tuple[Descriptor, ...] = ()
    artifact_type: str = ""

    SHAPE: ClassVar[document.Shape] = document.Shape(
        "mediaType",
        "artifactType",
        "blobs",
        "subject",
        "annotations",
        children={"blobs": DESCRIPTOR, "subject": DESCRIPTOR},
    )
    CHANGEABLE: ClassVar[frozenset[str]] = frozenset({"blobs", "annotations", "subject", "artifact_type"})

    __hash__ = Manifest.__hash__

    @classmethod
    def build(
        cls,
        *,
        blobs: Sequence[Descriptor] = (),
        media_type: str = mediatype.OCI_ARTIFACT,
        artifact_type: str = "",
        subject: Descriptor | None = None,
        annotations: Mapping[str, str] = NO_ANNOTATIONS,
        algorithm: str = DEFAULT_ALGORITHM,
    ) -> ArtifactManifest:
        """Write a new artifact manifest."""
        draft = cls(
            descriptor=Descriptor(media_type, Digest.of(b"", algorithm), 0),
            declared=media_type,
            blobs=tuple(blobs),
            artifact_type=artifact_type,
            subject=subject,
            annotations=annotations,
        )
        return draft.sealed(algorithm)

    @classmethod
    def from_document(cls, value: dict[str, object], manifest: Manifest) -> ArtifactManifest:
        """Read the blobs.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        where = str(manifest.descriptor.digest)
        known, manifest = read_common(value, manifest, cls.SHAPE)
        return cls(
            **common_fields(manifest),
            blobs=descriptors_of(known, "blobs", where),
            artifact_type=document.text_of(known, "artifactType", where),
        )

    def members(self) -> dict[str, str]:
        """Return the encoded members; the media type is always written."""
        members = self.common_members() | {"mediaType": gojson.encode_text(self.declared)}
        if self.artifact_type:
            members["artifactType"] = gojson.encode_text(self.artifact_type)
        if self.blobs:
            members["blobs"] = gojson.encode_list(blob.to_json() for blob in self.blobs)
        return members
