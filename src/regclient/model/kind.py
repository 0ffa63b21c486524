"""What every kind of manifest shares: bytes first, a parsed view second.

Reading keeps the bytes, so a digest never changes by reading. :meth:`Manifest.replace` writes new bytes, those the Go programs
would write, and only when something really changes. ``manifest.py`` picks the kind; import from there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, TypedDict, Unpack

from regclient.errors import InvalidManifest, UnsupportedMediaType
from regclient.model import document, gojson
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import NO_HEADERS, Headers


class Changes(TypedDict, total=False):
    """What :meth:`Manifest.replace` takes; each kind has some of these."""

    media_type: str
    annotations: Mapping[str, str]
    subject: Descriptor | None
    artifact_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    manifests: tuple[Descriptor, ...]
    blobs: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest of any kind; make one with ``parse_manifest`` or the ``build`` of a kind.

    ``raw`` is the truth. ``descriptor`` names it, with the annotations and platform of whoever pointed at it. ``headers`` are
    those of the answer it came in. ``declared`` is the media type the document itself states, which may be none.
    """

    raw: bytes = dataclasses.field(default=b"", repr=False)
    descriptor: Descriptor
    declared: str = ""
    annotations: Mapping[str, str] = dataclasses.field(default_factory=lambda: NO_ANNOTATIONS)
    subject: Descriptor | None = None
    headers: Headers = dataclasses.field(default_factory=lambda: NO_HEADERS, compare=False, repr=False)
    extras: document.Extras = dataclasses.field(default=(), compare=False, repr=False)

    SHAPE: ClassVar[document.Shape] = document.Shape("mediaType")
    CHANGEABLE: ClassVar[frozenset[str]] = frozenset()

    def __hash__(self) -> int:
        """Hash by the digest: equal manifests have equal bytes."""
        return hash(self.descriptor.digest)

    @classmethod
    def shape_for(cls, media_type: str) -> document.Shape:
        """Return the members a document of this media type has; some kinds come in two flavours."""
        del media_type
        return cls.SHAPE

    @classmethod
    def from_document(cls, value: dict[str, object], manifest: Manifest) -> Self:
        """Read the members of a parsed document; ``manifest`` carries what every kind has."""
        raise NotImplementedError

    def members(self) -> dict[str, str]:
        """Return the encoded members of the document, in any order."""
        raise NotImplementedError

    @property
    def media_type(self) -> str:
        """The type the manifest goes by."""
        return self.descriptor.media_type

    @property
    def digest(self) -> Digest:
        """The digest of the bytes (of the signed payload for Docker's signed schema 1)."""
        return self.descriptor.digest

    def replace(self, **fields: Unpack[Changes]) -> Self:
        """Return a manifest with other content, and so another digest; itself when nothing changes.

        Known members are written in Go's order, unknown ones stay after the member they followed. The descriptor of the result
        has type, digest and size only: what an index said of the old content is not true of the new.

        Raises:
            UnsupportedMediaType: this kind has no such member.
        """
        surplus = fields.keys() - self.CHANGEABLE - {"media_type"}
        if surplus:
            raise UnsupportedMediaType(self.media_type, f"it has no {', '.join(sorted(surplus))} to set")
        values: dict[str, object] = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
        if all(getattr(self, key) == value for key, value in values.items()):
            return self
        changed = self._changed(values)
        names = self.shape_for(changed.media_type).names
        homeless = [name for name in ("subject", "artifactType") if name in changed.members() and name not in names]
        if homeless:
            raise UnsupportedMediaType(changed.media_type, f"it has no {', '.join(homeless)} to set")
        return changed

    def with_annotation(self, name: str, value: str) -> Self:
        """Return a manifest with one annotation set, or removed when the value is empty.

        Raises:
            UnsupportedMediaType: this kind has no annotations.
        """
        annotations = {key: text for key, text in self.annotations.items() if key != name}
        if value:
            annotations[name] = value
        return self.replace(annotations=annotations)

    def with_descriptor(self, descriptor: Descriptor) -> Self:
        """Return the same bytes under a descriptor that says more of them, such as the annotations of an index entry.

        Raises:
            InvalidManifest: the descriptor is of other content.
        """
        if descriptor.digest != self.descriptor.digest:
            raise InvalidManifest(str(self.descriptor.digest), f"described as {descriptor.digest}")
        return dataclasses.replace(self, descriptor=descriptor)

    def sealed(self, algorithm: str = DEFAULT_ALGORITHM) -> Self:
        """Write the document and describe it; the last step of every ``build`` and ``replace``."""
        raw = document.encode(self.written())
        return dataclasses.replace(self, raw=raw, descriptor=Descriptor(self.media_type, Digest.of(raw, algorithm), len(raw)))

    def written(self) -> str:
        """Return the document as Go writes it, whatever it was written like when it came."""
        return self.shape_for(self.media_type).write(self.members(), self.extras)

    def common_members(self) -> dict[str, str]:
        """Return the encoded members that most kinds have."""
        members: dict[str, str] = {}
        if self.declared:
            members["mediaType"] = gojson.encode_text(self.declared)
        if self.subject is not None:
            members["subject"] = self.subject.to_json()
        if self.annotations:
            members["annotations"] = gojson.encode_annotations(self.annotations)
        return members

    def _changed(self, values: dict[str, object]) -> Self:
        media_type = values.pop("media_type", None)
        if isinstance(media_type, str):
            values |= {"declared": media_type, "descriptor": self.descriptor.replace(media_type=media_type)}
        changed: Self = dataclasses.replace(self, **values)  # type: ignore[arg-type]  # the keys were checked against Changes
        return changed.sealed(self.descriptor.digest.algorithm)


def read_common(value: dict[str, object], manifest: Manifest, shape: document.Shape) -> tuple[dict[str, object], Manifest]:
    """Read the members most kinds have; return all known members and the manifest that holds these.

    Raises:
        InvalidManifest: a member has the wrong type, or the document says it is of another type.
    """
    where = str(manifest.descriptor.digest)
    known, extras = shape.read(value, where)
    declared = document.text_of(known, "mediaType", where)
    if declared and declared != manifest.media_type:
        raise InvalidManifest(where, f"the document is {declared!r}, expected {manifest.media_type!r}")
    subject = Descriptor.from_json(known["subject"], f"{where}: subject") if "subject" in known else None
    annotations = document.annotations_of(known, "annotations", where)
    full = dataclasses.replace(manifest, declared=declared, subject=subject, annotations=annotations, extras=extras)
    return known, full


def common_fields(manifest: Manifest) -> _Common:
    """Return what every kind has, to make the manifest of a kind with."""
    return {
        "raw": manifest.raw,
        "descriptor": manifest.descriptor,
        "declared": manifest.declared,
        "annotations": manifest.annotations,
        "subject": manifest.subject,
        "headers": manifest.headers,
        "extras": manifest.extras,
    }


class _Common(TypedDict):
    raw: bytes
    descriptor: Descriptor
    declared: str
    annotations: Mapping[str, str]
    subject: Descriptor | None
    headers: Headers
    extras: document.Extras
