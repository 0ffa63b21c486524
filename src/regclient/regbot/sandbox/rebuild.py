"""From the tables a script has edited back to manifests and configs.

The tables are turned into the JSON they look like and read as any document is, so that what a script writes is checked as what
a registry sends. Members that no table shows are those of the original; what was not edited keeps its bytes.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterable, Mapping

from regclient.errors import InvalidManifest, ParseError
from regclient.kit.gotime import RFC3339_NANO, GoTime
from regclient.model import document
from regclient.model.containerconfig import ContainerConfig
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig, RootFs
from regclient.model.index import IndexManifest
from regclient.model.kind import Changes, Manifest
from regclient.model.manifest import ArtifactManifest
from regclient.model.platform import Platform
from regclient.model.timestamp import normal_time
from regclient.regbot.sandbox.export import JSON_NAMES
from regclient.regbot.sandbox.wire import Table, Value, items_of, number_text

_LISTS = ("Cmd", "Entrypoint", "Env", "OnBuild", "Shell", "Test", "blobs", "diff_ids", "features", "history", "layers")
_LATER = ("manifests", "os.features", "urls")
_NAMES = frozenset(JSON_NAMES.values())
_GO_TIME = "2006-01-02 15:04:05.999999999 -0700 MST"
Json = dict[str, object]


def rebuilt_manifest(original: Manifest, data: Table) -> Manifest:
    """Return a manifest with what its table says now.

    Raises:
        InvalidManifest, UnsupportedMediaType: the table does not make such a manifest.
    """
    found = _members(data)
    changes: Changes = {"media_type": document.text_of(_typed(data, found), "mediaType", "manifest") or original.media_type}
    if "annotations" in original.CHANGEABLE:
        changes["annotations"] = document.annotations_of(found, "annotations", "manifest")
    if isinstance(original, ImageManifest):
        changes["config"] = _descriptor(found.get("config"), "config", (original.config,))
        changes["layers"] = _descriptors(found, "layers", original.layers)
    elif isinstance(original, IndexManifest):
        changes["manifests"] = _descriptors(found, "manifests", original.manifests)
    elif isinstance(original, ArtifactManifest):
        changes["blobs"] = _descriptors(found, "blobs", original.blobs)
    names = original.shape_for(original.media_type).names
    if "subject" in names:
        known = (original.subject,) if original.subject else ()
        changes["subject"] = _descriptor(found["subject"], "subject", known) if "subject" in found else None
    if "artifactType" in names:
        changes["artifact_type"] = document.text_of(found, "artifactType", "manifest")
    return original.replace(**changes)


def rebuilt_config(original: ImageConfig, data: Table) -> ImageConfig:
    """Return a config with what its table says now.

    Raises:
        InvalidManifest: the table does not make a config.
    """
    found = _members(data)
    times = _times_of((original.created, *(entry.created for entry in original.history)))
    known = {entry: entry for entry in original.history}
    entries = [_dated(item, times) for item in document.list_of(found, "history", "config")]
    history = [History.from_json(item, f"history[{position}]") for position, item in enumerate(entries)]
    container = ContainerConfig.from_json(found.get("config"), "config")
    rootfs = RootFs.from_json(found.get("rootfs"), "rootfs")
    return original.replace(
        created=document.text_of(_dated(found, times), "created", "config"),
        author=document.text_of(found, "author", "config"),
        platform=Platform.from_json(found.get("platform"), "platform"),
        config=container if container.extras else _with_extras(container, original.config),
        rootfs=original.rootfs if rootfs == original.rootfs else rootfs,
        history=[known.get(entry, entry) for entry in history],
    )


def _with_extras(container: ContainerConfig, original: ContainerConfig) -> ContainerConfig:
    if container == original:
        return original
    return dataclasses.replace(container, extras=original.extras)


def _typed(data: Table, found: Json) -> Json:
    """Return where the media type is: Docker's kinds keep it with the version."""
    versioned = data.get("Versioned")
    return _members(versioned) if "mediaType" not in found and isinstance(versioned, dict) else found


def _descriptors(found: Json, name: str, known: tuple[Descriptor, ...]) -> tuple[Descriptor, ...]:
    items = enumerate(document.list_of(found, name, "manifest"))
    return tuple(_descriptor(item, f"{name}[{position}]", known) for position, item in items)


def _descriptor(value: object, where: str, known: Iterable[Descriptor]) -> Descriptor:
    if not isinstance(value, dict):
        raise InvalidManifest("manifest", f"{where} is missing")
    found = Descriptor.from_json(value, where)
    if found in (same := [item for item in known if item.digest == found.digest]):
        return same[same.index(found)]
    return found.replace(extras=same[0].extras) if same and not found.extras else found


def _members(table: Table) -> Json:
    """Return the members a script means, in an order that does not depend on Lua's: the names of documents come last and win.

    A copy that a script made of one of our tables has fields under both names: those of documents count, and nothing else, so
    that what was deleted under them does not come back. Any other table may use either names.
    """
    items = [(key, item) for key, item in table.items() if isinstance(key, str) and item is not None]
    found = dict(sorted(items, key=lambda pair: (pair[0] in _NAMES, pair[0])))
    if any(JSON_NAMES.get(key) in found for key in found):
        return {key: _json(key, item) for key, item in found.items() if key in _NAMES}
    named = {JSON_NAMES.get(key, key): item for key, item in found.items()}
    return {name: _json(name, item) for name, item in named.items()}


def _json(name: str, value: Value) -> object:
    """Return the JSON value a script means; names tell lists from objects, which Lua does not."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if not isinstance(value, dict):
        return value
    return _TABLES.get(name, _members)(value)


def _list(table: Table) -> object:
    return [_json("", item) for item in items_of(table)]


def _texts(table: Table) -> object:
    return {_text(key): _text(item) for key, item in table.items()}


def _names(table: Table) -> object:
    return {_text(key): {} for key in table}


def _bytes(table: Table) -> object:
    numbers = [item for item in items_of(table) if isinstance(item, float) and 0 <= item < 256]
    return base64.b64encode(bytes(map(int, numbers))).decode()


_TABLES: Mapping[str, Callable[[Table], object]] = {
    **dict.fromkeys((*_LISTS, *_LATER), _list),
    **dict.fromkeys(("Labels", "annotations"), _texts),
    **dict.fromkeys(("ExposedPorts", "Volumes"), _names),
    "data": _bytes,
}


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, float) else str(value)


def _times_of(texts: Iterable[str]) -> dict[str, str]:
    """Return each time of the original by the text that a script sees of it."""
    return {str(GoTime.parse(RFC3339_NANO, normal_time(text))): text for text in texts if text}


def _dated(value: object, times: Mapping[str, str]) -> Json:
    """Return the members with ``created`` as documents have it; a script may write either form."""
    if not isinstance(value, dict):
        raise InvalidManifest("config", "a history entry is no table")
    text = value.get("created")
    if not isinstance(text, str) or not text:
        return value
    return {**value, "created": times.get(text) or _rfc3339(text)}


def _rfc3339(text: str) -> str:
    try:
        return GoTime.parse(_GO_TIME, text).format(RFC3339_NANO)
    except ParseError:
        return text
