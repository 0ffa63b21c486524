"""What a script sees of our nouns: tables whose fields go by their Go name and by their JSON name.

The fields themselves are those that templates see, from ``goshapes/``; here are only the second names, and what becomes of the
kinds of values Lua has no word for.
"""

from __future__ import annotations

from collections.abc import Mapping

from regclient.goshapes import configs, manifests, parts
from regclient.kit.gotemplate.values import Named, Struct
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.imageconfig import ImageConfig
from regclient.model.ratelimit import RateLimit
from regclient.regbot.sandbox.wire import Record, Value
from regclient.repository import ManifestHead

JSON_NAMES: Mapping[str, str] = {
    "Annotations": "annotations",
    "Architecture": "architecture",
    "ArtifactType": "artifactType",
    "Author": "author",
    "BlobSum": "blobSum",
    "Blobs": "blobs",
    "Comment": "comment",
    "Config": "config",
    "Created": "created",
    "CreatedBy": "created_by",
    "Data": "data",
    "DiffIDs": "diff_ids",
    "Digest": "digest",
    "EmptyLayer": "empty_layer",
    "FSLayers": "fsLayers",
    "Features": "features",
    "History": "history",
    "Layers": "layers",
    "Manifests": "manifests",
    "MediaType": "mediaType",
    "Name": "name",
    "OS": "os",
    "OSFeatures": "os.features",
    "OSVersion": "os.version",
    "Platform": "platform",
    "RootFS": "rootfs",
    "SchemaVersion": "schemaVersion",
    "Size": "size",
    "Subject": "subject",
    "Tag": "tag",
    "Type": "type",
    "URLs": "urls",
    "V1Compatibility": "v1Compatibility",
    "Variant": "variant",
}
"""The second name of a field, that of documents, by its first, that of Go."""
_PLAIN = frozenset({"v1.ImageConfig", "v1.HealthConfig", "types.RateLimit"})
"""Structs whose JSON names are their Go names, or that have none."""
_IMAGE = ("Created", "Author", "Platform", "Config", "RootFS", "History")
_EMBEDDED = {
    mediatype.OCI_INDEX: "Index",
    mediatype.OCI_ARTIFACT: "ArtifactManifest",
    mediatype.DOCKER_LIST: "ManifestList",
    mediatype.DOCKER_SCHEMA1_SIGNED: "SignedManifest",
}
"""What Go embeds in the struct of a manifest that only its head is known of."""


def manifest_data(found: manifests.Found) -> Value:
    """Return the fields of a manifest; those of a head are one level down and empty, as the Go program has it."""
    record = _fields(manifests.fields_of(found))
    if isinstance(found, ManifestHead):
        return Record(((_EMBEDDED.get(found.media_type, "Manifest"), "", record),))
    if found.media_type == mediatype.DOCKER_SCHEMA1_SIGNED:
        return Record((("Manifest", "", record), ("Canonical", "", found.raw)))
    return record


def config_data(found: ImageConfig) -> Value:
    """Return the fields of an image config; its platform is a table of its own without a second name."""
    fields = configs.image(found).fields
    made = _fields({name: fields[name] for name in _IMAGE})
    return Record(tuple((name, "" if name == "Platform" else other, value) for name, other, value in made.fields))


def descriptor_data(found: Descriptor | None) -> Value:
    """Return the fields of a descriptor."""
    return value_of(parts.descriptor(found))


def rate_limit_data(found: RateLimit) -> Value:
    """Return the fields of a rate limit, under their Go names."""
    return value_of(parts.rate_limit(found))


def value_of(view: object) -> Value:
    """Return what a script sees of what a template sees: nothing for nil pointers, an empty table for nil lists and maps."""
    if isinstance(view, Struct):
        return _struct(view)
    if isinstance(view, Named):
        if view.value is None:
            return None if view.kind == "pointer" else {} if view.kind == "map" else []
        return value_of(view.value)
    if isinstance(view, Mapping):
        return {str(key): value_of(item) for key, item in view.items()}
    if isinstance(view, list | tuple):
        return [value_of(item) for item in view]
    return view


def _struct(view: Struct) -> Value:
    if not view.fields:
        return view.text() if view.text is not None else Record(())
    if view.type_name in _PLAIN:
        return Record(tuple((name, "", value_of(item)) for name, item in view.fields.items()))
    return _fields(view.fields)


def _fields(fields: Mapping[str, object]) -> Record:
    shown = ((name, value) for name, value in fields.items() if name[:1].isupper())
    return Record(tuple((name, JSON_NAMES.get(name, ""), value_of(value)) for name, value in shown))
