"""Our nouns as Go's templates and scripts know them.

:func:`view` gives a noun Go's field and method names; :func:`pretty` and :func:`document` are what ``printPretty`` and ``json``
show of it. The shapes are in ``goshapes/``, the layouts in ``pretty.py``. Nothing else knows that a descriptor answers to
``.Digest``. What most commands print by default needs no shape, so those are imported when a template asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from regclient.answers import BlobStat, RepositoryList, TagList
from regclient.pretty import layout
from regclient.repository import ManifestHead

if TYPE_CHECKING:
    from regclient.goshapes.located import LocatedReferrers
    from regclient.model.descriptor import Descriptor
    from regclient.model.manifest import Manifest
    from regclient.model.reference import Reference
    from regclient.model.tree import TreeNode

Value: TypeAlias = object
"""What a template holds: see ``kit/gotemplate/values.py``."""

# By name, for most nouns are of no concern to a command and importing them costs.
_SHAPES = {
    "BlobStat": "lists.blob",
    "Descriptor": "parts.descriptor",
    "Digest": "parts.digest",
    "ImageConfig": "configs.image_config",
    "Located": "manifests.located",
    "LocatedReferrers": "lists.referrers",
    "Manifest": "manifests.manifest",
    "ManifestHead": "manifests.manifest",
    "Platform": "parts.platform",
    "RateLimit": "parts.rate_limit",
    "Reference": "parts.reference",
    "RepositoryList": "lists.repositories",
    "TagList": "lists.tags",
    "TarHeader": "tarfiles.header",
    "TreeNode": "lists.tree",
}
_ESCAPE = re.compile(r"\\(?:u003c|u003e|u0026|.)", re.DOTALL)
_PLAIN = {r"\u003c": "<", r"\u003e": ">", r"\u0026": "&"}


def view(noun: object) -> Value:
    """Return a noun the way templates see it; what is no noun of ours is returned as it is."""
    from regclient.model.manifest import Manifest  # noqa: PLC0415 - a door: only templates need it

    name = "Manifest" if isinstance(noun, Manifest) else type(noun).__name__
    if name not in _SHAPES or not type(noun).__module__.startswith("regclient."):
        return noun
    room, _, shape = _SHAPES[name].partition(".")
    return getattr(import_module(f"regclient.goshapes.{room}"), shape)(noun)


def pretty(value: object) -> str:
    """Return what ``printPretty`` shows of a noun or a view: its own layout, or its JSON on many lines."""
    found = layout(subject_of(value))
    if found is not None:
        return found
    from regclient.kit.gotemplate.jsontext import indent  # noqa: PLC0415 - a door: most defaults have a layout

    text = _encoded(value)
    return indent(text) + "\n" if text else ""


def functions() -> dict[str, Callable[..., object]]:
    """Return the template functions that know our nouns: ``json``, ``jsonPretty`` and ``printPretty``.

    What has no JSON, such as a manifest only its head is known of, shows as nothing.
    """
    from regclient.kit.gotemplate.jsontext import indent  # noqa: PLC0415 - a door: only templates need it

    def compact_json(value: object) -> str:
        text = _encoded(value)
        return text + "\n" if text else ""

    def pretty_json(value: object) -> str:
        text = _encoded(value)
        return indent(text) + "\n" if text else ""

    return {"json": compact_json, "jsonPretty": pretty_json, "printPretty": pretty}


def put_result(manifest: Manifest, reference: Reference | None = None) -> Value:
    """Return the view of a manifest that was pushed: an object with one field, ``Manifest``."""
    from regclient.goshapes.lists import put_manifest  # noqa: PLC0415 - a door: only templates need it

    return put_manifest(manifest, reference)


def blob_put_result(blob: Descriptor) -> Value:
    """Return the view of a blob that was pushed: ``Digest`` and ``Size``."""
    from regclient.goshapes.lists import put_blob  # noqa: PLC0415 - a door: only templates need it

    return put_blob(blob)


def subject_of(value: object) -> object:
    """Return the noun behind a view, or the value itself when it is none."""
    held: object = getattr(value, "subject", None)
    is_view = type(value).__module__ == "regclient.kit.gotemplate.values"
    return held if is_view and held is not None else value


def document(value: object) -> str | None:
    """Return the JSON document of a noun or a view that has one of its own; None when its fields are all there is.

    Documents that came from a registry keep their member order, numbers and unknown members.

    Raises:
        Failure: nothing is known of the document.
    """
    from regclient.goshapes.located import LocatedReferrers  # noqa: PLC0415 - a door: only templates need it
    from regclient.model.tree import TreeNode  # noqa: PLC0415 - a door: only templates need it

    noun = subject_of(value)
    if isinstance(noun, LocatedReferrers):
        return _object(_referrer_members(noun))
    if isinstance(noun, TreeNode):
        return _object(_tree_members(noun))
    if isinstance(noun, Mapping) and noun is not value:
        return _object({str(key): item for key, item in noun.items()})
    if isinstance(noun, BlobStat):
        return "{}"
    if isinstance(raw := getattr(noun, "raw", None), bytes) or isinstance(noun, ManifestHead):
        return raw.decode("utf-8", "replace") if raw else _made_up(noun)
    to_json = getattr(noun, "to_json", None)
    return _ESCAPE.sub(_unescape, to_json()) if callable(to_json) else None


def _encoded(value: object) -> str:
    from regclient.kit.gotemplate.jsontext import encode  # noqa: PLC0415 - a door: only templates need it
    from regclient.kit.gotemplate.values import Failure  # noqa: PLC0415 - a door: only templates need it

    try:
        return encode(view(value), document)
    except Failure:
        return ""


def _made_up(noun: object) -> str:
    from regclient.kit.gotemplate.values import Failure  # noqa: PLC0415 - a door: only templates need it

    if isinstance(noun, RepositoryList):
        return _object({"repositories": noun.repositories})
    if isinstance(noun, TagList):
        return _object({"name": noun.name, "tags": noun.tags})
    raise Failure("manifest not set")


def _referrer_members(noun: LocatedReferrers) -> dict[str, object]:
    from regclient.goshapes.parts import reference  # noqa: PLC0415 - a door: only templates need it

    held = noun.referrers
    members = {"subject": noun.subject, "source": reference(noun.source), "descriptors": held.descriptors}
    return members | ({"annotations": held.annotations} if held.annotations else {})


def _tree_members(noun: TreeNode) -> dict[str, object]:
    from regclient.goshapes.parts import reference  # noqa: PLC0415 - a door: only templates need it

    optional = {
        "platform": noun.platform,
        "artifactType": noun.artifact_type,
        "child": noun.children,
        "referrer": noun.referrers,
    }
    members: dict[str, object] = {"reference": noun.reference, "manifest": noun.manifest}
    members |= {name: item for name, item in optional.items() if item is not None and item not in ("", ())}
    return members | {"referrerSource": reference(None)}


def _object(members: Mapping[str, object]) -> str:
    from regclient.kit.gotemplate.jsontext import encode, quoted  # noqa: PLC0415 - a door: only templates need it

    def member(item: object) -> str:
        held = list(map(view, item)) if isinstance(item, tuple) else view(item)
        return encode(held, document)

    return "{" + ",".join(f"{quoted(name)}:{member(item)}" for name, item in members.items()) + "}"


def _unescape(match: re.Match[str]) -> str:
    return _PLAIN.get(match[0], match[0])
