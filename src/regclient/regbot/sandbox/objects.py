"""The objects scripts hold: references, manifests, image configs and blobs, as states that travel to the script and back.

Nothing of them is kept here, so that a script which makes a million of them fills its own process and not ours. A state that
comes back is read like any other untrusted value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from regclient.errors import InvalidReference
from regclient.goshapes.located import Located
from regclient.goshapes.manifests import described
from regclient.model.descriptor import Descriptor
from regclient.model.headers import Headers
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import parse_manifest
from regclient.model.reference import Reference
from regclient.regbot.sandbox.export import config_data, manifest_data
from regclient.regbot.sandbox.wire import Garbled, Made, Object, Table, Value
from regclient.repository import ManifestHead

REFERENCE, MANIFEST, CONFIG, BLOB = "reference", "manifest", "imageconfig", "blob"
_LIMITS = ("Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset")


@dataclass(frozen=True, slots=True)
class HeldConfig:
    """An image config with the manifest that named it."""

    config: ImageConfig
    image: Located


@dataclass(frozen=True, slots=True)
class HeldBlob:
    """A blob that is there, and where."""

    blob: Descriptor
    reference: Reference


def reference_made(reference: Reference) -> Made:
    """Return a reference for a script."""
    return Made(REFERENCE, reference_state(reference))


def reference_state(reference: Reference) -> Table:
    """Return what a reference object stands for."""
    return {name: getattr(reference, name) for name in Reference.__slots__}


def manifest_made(found: Located) -> Made:
    """Return a manifest, or its head, for a script."""
    return Made(MANIFEST, _manifest_state(found), manifest_data(found.manifest))


def config_made(held: HeldConfig) -> Made:
    """Return an image config for a script."""
    config = held.config
    state = {**_blob_state(config.descriptor), "raw": _text(config.raw), "image": _manifest_state(held.image)}
    return Made(CONFIG, state, config_data(config))


def blob_made(held: HeldBlob) -> Made:
    """Return a blob for a script."""
    return Made(BLOB, {**_blob_state(held.blob), "reference": reference_state(held.reference)})


def reference_of(found: Object) -> Reference:
    """Return the reference an object has; a blob's names the blob.

    Raises:
        Garbled: the state is not ours.
    """
    if found.kind == REFERENCE:
        return _reference(found.state)
    if found.kind == BLOB:
        held = blob_of(found)
        return held.reference.with_digest(held.blob.digest)
    return manifest_of(found).reference


def manifest_of(found: Object) -> Located:
    """Return the manifest in an object: its own, or the one that named its config.

    Raises:
        Garbled: the state is not ours.
    """
    state = _table(found.state, "image") if found.kind == CONFIG else found.state
    reference = _reference(_table(state, "reference"))
    headers: Headers = {name: (str(value),) for name, value in _table(state, "headers").items() if isinstance(name, str)}
    if "media_type" in state:
        return Located(ManifestHead(_member(state, "media_type"), None, 0, headers), reference)
    known, raw = _descriptor(state), _raw(state)
    if not raw:
        return Located(ManifestHead(known.media_type, known.digest, known.size, headers, known.annotations), reference)
    return Located(parse_manifest(raw, expect=known, headers=headers), reference)


def config_of(found: Object) -> HeldConfig:
    """Return the config in an object.

    Raises:
        Garbled: the state is not ours.
    """
    descriptor = _descriptor(found.state)
    return HeldConfig(ImageConfig.parse(_raw(found.state), descriptor=descriptor), manifest_of(found))


def blob_of(found: Object) -> HeldBlob:
    """Return the blob in an object.

    Raises:
        Garbled: the state is not ours.
    """
    return HeldBlob(_descriptor(found.state), _reference(_table(found.state, "reference")))


def _manifest_state(found: Located) -> Table:
    manifest = found.manifest
    headers = {name: manifest.headers[name][0] for name in _LIMITS if manifest.headers.get(name)}
    whole: Table = {"raw": _text(found.raw), "headers": headers, "reference": reference_state(found.reference)}
    known = described(manifest)
    return {**whole, "media_type": manifest.media_type} if known is None else {**whole, **_blob_state(known)}


def _blob_state(blob: Descriptor) -> dict[Value, Value]:
    return {"descriptor": blob.to_json()}


def _descriptor(state: Table) -> Descriptor:
    try:
        return Descriptor.from_json(json.loads(_member(state, "descriptor")))
    except ValueError as error:
        raise Garbled("an object of the script has no descriptor") from error


def _reference(state: Table) -> Reference:
    try:
        return Reference(**{name: _member(state, name) for name in Reference.__slots__})
    except TypeError as error:
        raise InvalidReference(str(state), "not one of ours") from error


def _raw(state: Table) -> bytes:
    return _member(state, "raw").encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _member(state: Table, name: str) -> str:
    value: Value = state.get(name)
    if not isinstance(value, str):
        raise Garbled(f"an object of the script has no {name}")
    return value


def _table(state: Table, name: str) -> Table:
    value = state.get(name)
    if not isinstance(value, dict):
        raise Garbled(f"an object of the script has no {name}")
    return value
