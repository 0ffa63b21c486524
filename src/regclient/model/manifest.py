"""Manifests: from bytes that arrived to the kind they are.

:func:`parse_manifest` decides the media type and checks the digest; the kinds live in modules of their own and are to be had
from here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from regclient.errors import DigestMismatch, InvalidDigest, Unsupported, UnsupportedMediaType
from regclient.model import document, mediatype
from regclient.model.artifact import ArtifactManifest
from regclient.model.descriptor import Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import NO_HEADERS, Headers, first
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.kind import Changes, Manifest
from regclient.model.schema1 import Schema1Manifest, signed_payload

__all__ = [
    "ArtifactManifest",
    "Changes",
    "ImageManifest",
    "IndexManifest",
    "Manifest",
    "Schema1Manifest",
    "convert",
    "media_type_of",
    "parse_manifest",
]

_KINDS: Mapping[str, type[Manifest]] = {
    mediatype.OCI_MANIFEST: ImageManifest,
    mediatype.DOCKER_MANIFEST: ImageManifest,
    mediatype.OCI_INDEX: IndexManifest,
    mediatype.DOCKER_LIST: IndexManifest,
    mediatype.OCI_ARTIFACT: ArtifactManifest,
    mediatype.DOCKER_SCHEMA1: Schema1Manifest,
    mediatype.DOCKER_SCHEMA1_SIGNED: Schema1Manifest,
}
_SNIFFED = document.Shape(
    *("schemaVersion", "mediaType", "signatures", "manifests", "layers", "config", "subject", "annotations", "artifactType"),
    *("blobs", "name", "tag", "architecture", "fsLayers", "history"),
)
_ENTRY = document.Shape("mediaType")


def parse_manifest(
    raw: bytes,
    *,
    media_type: str = "",
    expect: Descriptor | Digest | None = None,
    headers: Headers = NO_HEADERS,
    algorithm: str = DEFAULT_ALGORITHM,
) -> Manifest:
    """Read a manifest and check that its bytes are the expected ones.

    The media type is the one given, or that of ``expect``, or the ``Content-Type``, or what the document looks like; a type
    that is given but unusable is not second-guessed. The digest checked is that of ``expect``, else ``Docker-Content-Digest``
    when it is a digest; ``algorithm`` is for manifests nobody has named yet. A size in ``expect`` is corrected, not checked.

    Raises:
        UnsupportedMediaType: the type is none that is known.
        DigestMismatch: the bytes have another digest.
        InvalidManifest: the document has not the shape of its type, or says it is of another type.
        Unsupported: a digest in it is of an algorithm we cannot check.
    """
    described = expect if isinstance(expect, Descriptor) else None
    chosen = media_type or (described.media_type if described else "") or mediatype.base(first(headers, "Content-Type"))
    chosen = chosen or media_type_of(raw)
    kind = _KINDS.get(chosen)
    if kind is None:
        raise UnsupportedMediaType(chosen, "not a manifest")
    expected = _expected_digest(expect, headers)
    payload = signed_payload(raw) if chosen == mediatype.DOCKER_SCHEMA1_SIGNED else raw
    digest = Digest.of(payload, expected.algorithm if expected else algorithm)
    if expected is not None and digest != expected:
        raise DigestMismatch(expected, digest, "manifest")
    descriptor = Descriptor(chosen, digest, len(payload))
    if described is not None:
        descriptor = dataclasses.replace(described, media_type=chosen, size=len(payload))
    value = document.load(payload, kind.shape_for(chosen), f"manifest {digest}")
    return kind.from_document(value, Manifest(raw=raw, descriptor=descriptor, headers=headers))


def media_type_of(raw: bytes) -> str:
    """Return the media type a document states, or that its members suggest; empty when nothing does.

    Raises:
        InvalidManifest: it is not a JSON object.
    """
    where = "manifest"
    known, _ = _SNIFFED.read(document.load(raw, _SNIFFED, where), where)
    stated = known.get("mediaType")
    if isinstance(stated, str) and stated:
        return stated
    if known.get("schemaVersion") == 1:
        return mediatype.DOCKER_SCHEMA1_SIGNED if known.get("signatures") else mediatype.DOCKER_SCHEMA1
    if known.get("manifests"):
        return mediatype.DOCKER_LIST if _is_docker(known["manifests"]) else mediatype.OCI_INDEX
    if known.get("layers"):
        return mediatype.DOCKER_MANIFEST if _is_docker(known["layers"]) else mediatype.OCI_MANIFEST
    return ""


def convert(manifest: Manifest, *, docker: bool = False) -> Manifest:
    """Write an image or index of the other house: OCI's types, or Docker's, which have no subject and no artifact type.

    Raises:
        UnsupportedMediaType: schema 1 and artifact manifests have no counterpart.
    """
    if not isinstance(manifest, (ImageManifest, IndexManifest)):
        raise UnsupportedMediaType(manifest.media_type, "it has no counterpart")
    media_type = (mediatype.to_docker if docker else mediatype.to_oci)(manifest.media_type)
    if docker:
        return manifest.replace(media_type=media_type, subject=None, artifact_type="")
    return manifest.replace(media_type=media_type)


def _expected_digest(expect: Descriptor | Digest | None, headers: Headers) -> Digest | None:
    if expect is not None:
        return expect.digest if isinstance(expect, Descriptor) else expect
    try:
        return Digest.parse(first(headers, "Docker-Content-Digest"))
    except (InvalidDigest, Unsupported):
        return None


def _is_docker(entries: object) -> bool:
    if not isinstance(entries, list) or not isinstance(entries[0], dict):
        return False
    texts = {name: item for name, item in entries[0].items() if isinstance(item, str)}
    return mediatype.is_docker(document.text_of(_ENTRY.read(texts, "entry")[0], "mediaType", "entry"))
