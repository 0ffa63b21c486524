"""Image manifests, OCI's and those of Docker's second schema: a config and layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from regclient.errors import InvalidManifest
from regclient.model import document, gojson, mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor, descriptors_of
from regclient.model.descriptor import SHAPE as DESCRIPTOR
from regclient.model.digest import DEFAULT_ALGORITHM
from regclient.model.kind import Manifest, common_fields, read_common

_CHILDREN = {"config": DESCRIPTOR, "layers": DESCRIPTOR, "subject": DESCRIPTOR}
_DOCKER = document.Shape("schemaVersion", "mediaType", "config", "layers", "annotations", children=_CHILDREN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageManifest(Manifest):
    """One image for one platform, or an artifact in an image's clothes: ``artifact_type`` or the config's type says which.

    ``layers`` go from the bottom up. ``listed`` is False when the document had no list of layers, not even an empty one.
    """

    config: Descriptor
    layers: tuple[Descriptor, ...] = ()
    artifact_type: str = ""
    schema_version: int = 2
    listed: bool = field(default=True, compare=False)

    SHAPE: ClassVar[document.Shape] = document.Shape(
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations", children=_CHILDREN
    )
    CHANGEABLE: ClassVar[frozenset[str]] = frozenset({"config", "layers", "annotations", "subject", "artifact_type"})

    __hash__ = Manifest.__hash__

    @classmethod
    def build(  # noqa: PLR0913 - the members of an image manifest
        cls,
        *,
        config: Descriptor,
        layers: Sequence[Descriptor] = (),
        media_type: str = mediatype.OCI_MANIFEST,
        artifact_type: str = "",
        subject: Descriptor | None = None,
        annotations: Mapping[str, str] = NO_ANNOTATIONS,
        algorithm: str = DEFAULT_ALGORITHM,
    ) -> ImageManifest:
        """Write a new manifest."""
        draft = cls(
            descriptor=config.replace(media_type=media_type),
            declared=media_type,
            config=config,
            layers=tuple(layers),
            artifact_type=artifact_type,
            subject=subject,
            annotations=annotations,
        )
        return draft.sealed(algorithm)

    @classmethod
    def shape_for(cls, media_type: str) -> document.Shape:
        """Return Docker's members for Docker's type: it has neither subject nor artifact type."""
        return _DOCKER if media_type == mediatype.DOCKER_MANIFEST else cls.SHAPE

    @classmethod
    def from_document(cls, value: dict[str, object], manifest: Manifest) -> ImageManifest:
        """Read the config and the layers.

        Raises:
            InvalidManifest: there is no config, or a member has the wrong type.
        """
        where = str(manifest.descriptor.digest)
        known, manifest = read_common(value, manifest, cls.shape_for(manifest.media_type))
        if "config" not in known:
            raise InvalidManifest(where, "an image manifest needs a config")
        return cls(
            **common_fields(manifest),
            config=Descriptor.from_json(known["config"], f"{where}: config"),
            layers=descriptors_of(known, "layers", where),
            artifact_type=document.text_of(known, "artifactType", where),
            schema_version=document.int_of(known, "schemaVersion", where),
            listed="layers" in known,
        )

    def members(self) -> dict[str, str]:
        """Return the encoded members; Docker's type drops those it has no place for when the document is written."""
        members = self.common_members() | {"schemaVersion": str(self.schema_version), "config": self.config.to_json()}
        has_list = self.listed or self.layers
        members["layers"] = gojson.encode_list(layer.to_json() for layer in self.layers) if has_list else "null"
        if self.artifact_type:
            members["artifactType"] = gojson.encode_text(self.artifact_type)
        return members
