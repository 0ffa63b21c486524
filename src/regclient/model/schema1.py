"""Docker's first schema, plain and signed: read and copied, never written.

A signed document's digest is that of the payload its signatures cover, which leaves the signatures themselves out; what is
pushed is the document as it came (https://distribution.github.io/distribution/spec/deprecated-schema-v1/).
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regclient.errors import InvalidManifest
from regclient.model import document, gojson, mediatype
from regclient.model.descriptor import Descriptor, digest_of
from regclient.model.digest import Digest
from regclient.model.kind import Manifest, common_fields, read_common

_SIGNATURE = document.Shape("header", "signature", "protected")
_PROTECTED = document.Shape("formatLength", "formatTail", "time")
_LAYER = document.Shape("blobSum")
_HISTORY = document.Shape("v1Compatibility")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema1Manifest(Manifest):
    """An image as Docker stored it before 2016: layer digests, top first, and a history of JSON texts."""

    name: str = ""
    tag: str = ""
    architecture: str = ""
    fs_layers: tuple[Digest, ...] = ()
    history: tuple[str, ...] = ()
    schema_version: int = 1

    SHAPE: ClassVar[document.Shape] = document.Shape(
        "schemaVersion",
        "mediaType",
        "name",
        "tag",
        "architecture",
        "fsLayers",
        "history",
        "signatures",
        children={"fsLayers": _LAYER, "history": _HISTORY, "signatures": _SIGNATURE},
    )

    __hash__ = Manifest.__hash__

    @property
    def signed(self) -> bool:
        """Whether it is of the signed kind; the signatures are not checked."""
        return self.media_type == mediatype.DOCKER_SCHEMA1_SIGNED

    @property
    def layers(self) -> tuple[Descriptor, ...]:
        """The layers as descriptors without type and size, which this schema does not tell."""
        return tuple(Descriptor("", digest, 0) for digest in self.fs_layers)

    def members(self) -> dict[str, str]:
        """Return the encoded members, signatures apart; for showing only, nothing writes this schema."""
        return self.common_members() | {
            "schemaVersion": str(self.schema_version),
            "name": gojson.encode_text(self.name),
            "tag": gojson.encode_text(self.tag),
            "architecture": gojson.encode_text(self.architecture),
            "fsLayers": _rows("blobSum", tuple(map(str, self.fs_layers))),
            "history": _rows("v1Compatibility", self.history),
        }

    @classmethod
    def from_document(cls, value: dict[str, object], manifest: Manifest) -> Schema1Manifest:
        """Read the layers and the history.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        where = str(manifest.descriptor.digest)
        known, manifest = read_common(value, manifest, cls.SHAPE)
        return cls(
            **common_fields(manifest),
            name=document.text_of(known, "name", where),
            tag=document.text_of(known, "tag", where),
            architecture=document.text_of(known, "architecture", where),
            fs_layers=tuple(digest_of(row, "blobSum", where) for row in _rows_of(known, "fsLayers", _LAYER, where)),
            history=tuple(
                document.text_of(row, "v1Compatibility", where) for row in _rows_of(known, "history", _HISTORY, where)
            ),
            schema_version=document.int_of(known, "schemaVersion", where),
        )


def _rows(name: str, items: tuple[str, ...]) -> str:
    return gojson.encode_list(gojson.encode_map({name: gojson.encode_text(item)}) for item in items)


def signed_payload(raw: bytes) -> bytes:
    """Return the bytes that the signatures of a signed document cover, and that its digest is computed over.

    Raises:
        InvalidManifest: there are no signatures, or they do not say which bytes they cover.
    """
    where = "signed manifest"
    known, _ = Schema1Manifest.SHAPE.read(document.load(raw, Schema1Manifest.SHAPE, where), where)
    payloads = {_payload(raw, item, where) for item in document.list_of(known, "signatures", where)}
    if len(payloads) != 1:
        raise InvalidManifest(where, "its signatures do not agree" if payloads else "it has no signatures")
    return payloads.pop()


def _payload(raw: bytes, item: object, where: str) -> bytes:
    signature, _ = _SIGNATURE.read(item, where)
    try:
        header: object = json.loads(_decoded(document.text_of(signature, "protected", where)))
    except (ValueError, RecursionError) as error:
        raise InvalidManifest(where, "a signature's header is not JSON") from error
    protected, _ = _PROTECTED.read(header, where)
    length = document.int_of(protected, "formatLength", where)
    if not 0 <= length <= len(raw):
        raise InvalidManifest(where, "a signature covers more than there is")
    return raw[:length] + _decoded(document.text_of(protected, "formatTail", where))


def _decoded(text: str) -> bytes:
    import base64  # noqa: PLC0415 - a door: hardly any manifest is this old

    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidManifest("signed manifest", "a signature is not base64") from error


def _rows_of(known: Mapping[str, object], name: str, shape: document.Shape, where: str) -> list[dict[str, object]]:
    return [shape.read(item, f"{where}: {name}")[0] for item in document.list_of(known, name, where)]
