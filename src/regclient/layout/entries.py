"""What ``index.json`` lists, as a value: found by tag or digest, and written with other entries.

Entries are read one at a time, when they are asked for, so that a tag among ten thousand is found quickly and one broken entry
hides no other. The rules are those of the Go program, which shares these files with us.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property

from regclient.errors import InvalidManifest, Unsupported
from regclient.model import document, gojson
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.index import IndexManifest

REF_NAME = "org.opencontainers.image.ref.name"
CREATED = "org.opencontainers.image.created"
WHERE = "index.json"
_SHAPE = IndexManifest.SHAPE


class Entry:
    """One listed manifest: its place in the document, its tag (None without) and its digest as text, unchecked."""

    __slots__ = ("_text", "_value", "digest", "tag")

    def __init__(self, value: object, text: str = "") -> None:
        if not isinstance(value, dict):
            raise InvalidManifest(WHERE, "an entry is not an object")
        annotations = value.get("annotations")
        if not isinstance(annotations, dict | None):
            raise InvalidManifest(WHERE, "the annotations of an entry are not an object")
        tag = annotations.get(REF_NAME) if annotations else None
        digest = value.get("digest")
        self.tag = tag if isinstance(tag, str) and tag else None
        self.digest = digest if isinstance(digest, str) else ""
        self._value: dict[str, object] = value
        self._text = text

    @classmethod
    def of(cls, descriptor: Descriptor) -> Entry:
        """Make the entry of a manifest."""
        text = descriptor.to_json()
        return cls(json.loads(text), text)

    @property
    def descriptor(self) -> Descriptor:
        """The entry as a descriptor.

        Raises:
            InvalidManifest, Unsupported: it is none, or its digest is one we cannot check.
        """
        return Descriptor.from_json(self._value, WHERE)

    @property
    def text(self) -> str:
        """The entry as Go writes it; one that cannot be understood is kept as it is.

        Raises:
            InvalidManifest: it is nested too deeply for that.
        """
        if not self._text:
            try:
                self._text = self.descriptor.to_json()
            except (InvalidManifest, Unsupported):
                self._text = _kept(self._value)
        return self._text


class Listing:
    """A document like ``index.json``: its bytes, its entries in order, and ``known`` and ``extras``, the other members."""

    def __init__(self, raw: bytes, entries: Iterable[Entry], known: Mapping[str, object], extras: document.Extras = ()) -> None:
        self.raw = raw
        self.entries = tuple(entries)
        self._known = known
        self._extras = extras

    @classmethod
    def parse(cls, raw: bytes) -> Listing:
        """Read the document.

        Raises:
            InvalidManifest: it is not an index.
        """
        known, extras = _SHAPE.read(_load(raw), WHERE)
        return cls(raw, map(Entry, document.list_of(known, "manifests", WHERE)), known, extras)

    def find(self, name: str | Digest) -> Entry | None:
        """Return the first entry with this digest or this tag; a full image name that ends in ``:tag`` comes second."""
        if isinstance(name, Digest):
            return self._by_digest.get(str(name))
        return self._by_tag.get(name) or self._by_ending.get(name)

    def tagged(self, tag: str) -> Entry | None:
        """Return the first entry with exactly this tag."""
        return self._by_tag.get(tag)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, sorted, each once; of full image names what follows the last colon."""
        names = {entry.tag.rpartition(":")[2] for entry in self.entries if entry.tag}
        return tuple(sorted(names - {""}))

    def replaced(self, entries: Iterable[Entry]) -> Listing:
        """Return a listing with these entries and all else as it was, written as Go does; itself when they are the same."""
        kept = tuple(entries)
        if len(kept) == len(self.entries) and all(new is old for new, old in zip(kept, self.entries, strict=True)):
            return self
        members = _encoded(self._known) | {"manifests": gojson.encode_list(entry.text for entry in kept)}
        return Listing(document.encode(_SHAPE.write(members, self._extras)), kept, self._known, self._extras)

    @cached_property
    def _by_digest(self) -> Mapping[str, Entry]:
        return {entry.digest: entry for entry in reversed(self.entries)}

    @cached_property
    def _by_tag(self) -> Mapping[str, Entry]:
        return {entry.tag: entry for entry in reversed(self.entries) if entry.tag}

    @cached_property
    def _by_ending(self) -> Mapping[str, Entry]:
        return {entry.tag.rpartition(":")[2]: entry for entry in reversed(self.entries) if entry.tag and ":" in entry.tag}


def _load(raw: bytes) -> dict[str, object]:
    """Parse quickly what holds nothing unusual, which is nearly always, and with care what does."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and b"\\u" not in raw and _SHAPE.covers(value):
        return value
    return document.load(raw, _SHAPE, WHERE)


def _kept(value: dict[str, object]) -> str:
    try:
        return gojson.encode(value)
    except RecursionError as error:
        raise InvalidManifest(WHERE, "an entry is nested too deeply") from error


def _encoded(known: Mapping[str, object]) -> dict[str, str]:
    """Encode the members of an index other than its entries."""
    members = {"schemaVersion": str(document.int_of(known, "schemaVersion", WHERE))}
    for name in ("mediaType", "artifactType"):
        if text := document.text_of(known, name, WHERE):
            members[name] = gojson.encode_text(text)
    if "subject" in known:
        members["subject"] = Descriptor.from_json(known["subject"], WHERE).to_json()
    if annotations := document.annotations_of(known, "annotations", WHERE):
        members["annotations"] = gojson.encode_annotations(annotations)
    return members


EMPTY = Listing.parse(IndexManifest.build().raw)
"""What a new layout lists."""
