"""Manifests as Go structs: the fields of each kind, and the methods all kinds have.

After a HEAD the fields are there but empty, and methods that need the bytes fail, as they do in Go.
"""

from __future__ import annotations

from collections.abc import Mapping

from regclient.goshapes import parts
from regclient.goshapes.located import Located
from regclient.kit.gotemplate.values import Failure, Method, Named, Struct
from regclient.model import mediatype
from regclient.model.children import layers_of
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest, Schema1Manifest
from regclient.model.ratelimit import rate_limit_of
from regclient.model.reference import Reference
from regclient.pretty import layout_bytes
from regclient.repository import ManifestHead

Found = Manifest | ManifestHead
Fields = Mapping[str, object]

_TYPES = {
    mediatype.OCI_MANIFEST: ("oci1Manifest", "v1.Manifest"),
    mediatype.OCI_INDEX: ("oci1Index", "v1.Index"),
    mediatype.OCI_ARTIFACT: ("oci1Artifact", "v1.ArtifactManifest"),
    mediatype.DOCKER_MANIFEST: ("docker2Manifest", "schema2.Manifest"),
    mediatype.DOCKER_LIST: ("docker2ManifestList", "schema2.ManifestList"),
    mediatype.DOCKER_SCHEMA1: ("docker1Manifest", "schema1.Manifest"),
    mediatype.DOCKER_SCHEMA1_SIGNED: ("docker1SignedManifest", "schema1.SignedManifest"),
}


def manifest(found: Found, reference: Reference | None = None) -> Struct:
    """View a manifest, or its head, found by a reference when that is known."""
    outer, inner = _TYPES.get(found.media_type, ("manifest", "Manifest"))
    whole: object = Located(found, reference) if reference is not None else found
    fields = fields_of(found)
    promoted = promoted_of(found)
    methods = _methods(found, whole, reference) | promoted
    methods["GetOrig"] = lambda: Struct(
        inner, fields, methods=promoted, subject=parts.Text(found.written) if isinstance(found, Manifest) else None
    )
    return Struct(f"manifest.{outer}", fields, methods=methods, pointer=True, subject=whole)


def located(found: Located) -> Struct:
    """View a manifest with the reference it was found by."""
    return manifest(found.manifest, found.reference)


def described(found: Found) -> Descriptor | None:
    """Return the descriptor of a manifest, or what a head tells; None when it did not tell the digest."""
    if isinstance(found, Manifest):
        return found.descriptor
    if found.digest is None:
        return None
    return Descriptor(found.media_type, found.digest, found.size, annotations=found.annotations)


def fields_of(found: Found) -> Fields:
    """Return the fields of the kind, all of them empty for a head."""
    known = found if isinstance(found, Manifest) else None
    docker = mediatype.is_docker(found.media_type)
    versioned = {} if found.media_type == mediatype.OCI_ARTIFACT else _versioned(known, found.media_type)
    if found.media_type in mediatype.SCHEMA1:
        return {**versioned, **_schema1_fields(known)}
    annotations = parts.labels(known.annotations if known else NO_ANNOTATIONS)
    if docker:
        return {**versioned, **_middle(found, known), "Annotations": annotations}
    return {
        **versioned,
        "MediaType": known.declared if known else "",
        "ArtifactType": getattr(known, "artifact_type", ""),
        **_middle(found, known),
        "Subject": parts.subject(known.subject if known else None),
        "Annotations": annotations,
    }


def _middle(found: Found, known: Manifest | None) -> dict[str, object]:
    if mediatype.is_index(found.media_type):
        return {"Manifests": _list(known, known.manifests if isinstance(known, IndexManifest) else ())}
    if found.media_type == mediatype.OCI_ARTIFACT:
        return {"Blobs": _list(known, known.blobs if isinstance(known, ArtifactManifest) else ())}
    image = known if isinstance(known, ImageManifest) else None
    return {
        "Config": parts.descriptor(image.config if image else None),
        "Layers": _list(known, image.layers if image else ()),
    }


def promoted_of(found: Found) -> dict[str, Method]:
    """Return what Go promotes from the struct embedded in a manifest: printed once, reachable by two names."""
    known = found if isinstance(found, Manifest) else None
    methods: dict[str, Method] = {}
    if found.media_type != mediatype.OCI_ARTIFACT:
        methods["SchemaVersion"] = lambda: getattr(known, "schema_version", 0)
    if mediatype.is_docker(found.media_type):
        methods["MediaType"] = lambda: known.declared if known else ""
    return methods


def _list(known: Manifest | None, found: tuple[Descriptor, ...]) -> Named:
    return parts.descriptors(found) if known is not None else Named(None, "[]descriptor.Descriptor")


def _versioned(known: Manifest | None, media_type: str) -> dict[str, object]:
    version = {"SchemaVersion": getattr(known, "schema_version", 0)}
    if not mediatype.is_docker(media_type):
        return {"Versioned": Struct("v1.Versioned", version)}
    typed = {**version, "MediaType": known.declared if known else ""}
    return {"Versioned": Struct("schema2.Versioned", typed)}


def _schema1_fields(known: Manifest | None) -> dict[str, object]:
    old = known if isinstance(known, Schema1Manifest) else None
    layers = [Struct("schema1.FSLayer", {"BlobSum": parts.digest(digest)}) for digest in (old.fs_layers if old else ())]
    history = [Struct("schema1.History", {"V1Compatibility": text}) for text in (old.history if old else ())]
    return {
        "Name": old.name if old else "",
        "Tag": old.tag if old else "",
        "Architecture": old.architecture if old else "",
        "FSLayers": Named(layers, "[]schema1.FSLayer"),
        "History": Named(history, "[]schema1.History"),
    }


def _methods(found: Found, whole: object, reference: Reference | None) -> dict[str, Method]:
    known = found if isinstance(found, Manifest) else None
    limit = rate_limit_of(found.headers)
    methods: dict[str, Method] = {
        "GetConfig": lambda: parts.descriptor(_config(found)),
        "GetConfigDigest": lambda: parts.digest(_config(found).digest),
        "GetDescriptor": lambda: parts.descriptor(described(found)),
        "GetDigest": lambda: parts.digest(found.digest),
        "GetLayers": lambda: parts.descriptors(_layers(found)),
        "GetManifestList": lambda: parts.descriptors(_index(found, "platform descriptor list").manifests),
        "GetMediaType": lambda: found.media_type,
        "GetPlatformList": lambda: _platforms(found),
        "GetRateLimit": lambda: parts.rate_limit(limit),
        "GetRef": lambda: parts.reference(reference),
        "HasRateLimit": lambda: limit.known,
        "IsList": lambda: mediatype.is_index(found.media_type),
        "IsSet": lambda: known is not None,
        "MarshalJSON": lambda: _set(found).raw,
        "MarshalPretty": lambda: layout_bytes(whole),
        "RawBody": lambda: _set(found).raw,
        "RawHeaders": lambda: parts.headers(found.headers),
    }
    if found.media_type not in mediatype.SCHEMA1:
        methods["GetAnnotations"] = lambda: parts.labels(_set(found).annotations)
    if not mediatype.is_docker(found.media_type):
        methods["GetSubject"] = lambda: parts.subject(_set(found).subject)
    if not mediatype.is_index(found.media_type):
        methods["GetSize"] = lambda: parts.int64(_total(found))
    return methods


def _set(found: Found) -> Manifest:
    if not isinstance(found, Manifest):
        raise Failure("manifest not set")
    return found


def _unless(kinds: frozenset[str], found: Found, what: str) -> Manifest:
    if found.media_type not in kinds:
        raise Failure(f"{what} not available for media type {found.media_type}")
    return _set(found)


def _config(found: Found) -> Descriptor:
    image = _unless(mediatype.IMAGES, found, "config digest")
    assert isinstance(image, ImageManifest)
    return image.config


def _layers(found: Found) -> tuple[Descriptor, ...]:
    return layers_of(_unless(mediatype.MANIFESTS - mediatype.INDEXES, found, "layers are"))


def _index(found: Found, what: str) -> IndexManifest:
    index = _unless(mediatype.INDEXES, found, what)
    assert isinstance(index, IndexManifest)
    return index


def _platforms(found: Found) -> Named:
    index = _index(found, "platform list")
    return Named([parts.platform(item, pointer=True) for item in index.platforms], "[]*platform.Platform")


def _total(found: Found) -> int:
    layered = _unless(mediatype.MANIFESTS - mediatype.INDEXES - mediatype.SCHEMA1, found, "GetSize is")
    return sum(layer.size for layer in layers_of(layered))
