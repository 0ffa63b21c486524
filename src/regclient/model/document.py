"""JSON documents we did not write: read strictly, remembered exactly.

Values are what Go's decoder would see (names of members match whatever their case, the last of several wins, ``null`` counts as
absent). Members that a :class:`Shape` does not know keep their text, so that changing one label does not lose or reformat what
a newer tool wrote. Most documents hold nothing unknown and are read by the C scanner alone; the others are read by
:func:`load_with_text`, which remembers the text of every member.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from regclient.errors import InvalidManifest, SizeLimitExceeded
from regclient.model import gojson
from regclient.model.jsontext import Members, load_with_text

MAX_BYTES = 64 << 20
MAX_DEPTH = 200

Extras: TypeAlias = tuple[tuple[str, str], ...]
"""Unknown members in order: the known member they follow (empty: none) and their text, ``"name":value``."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Shape:
    """The members of one kind of object in the order Go writes them; ``children`` are the shapes of objects inside."""

    __slots__ = ("_folded", "_known", "children", "names")

    def __init__(self, *names: str, children: Mapping[str, Shape] | None = None) -> None:
        self.names = names
        self.children = children or {}
        self._known = frozenset(names)
        self._folded = {_fold(name): name for name in names}

    def covers(self, value: object) -> bool:
        """Whether a plain value, and what is inside it, has no member we would have to keep as text."""
        if isinstance(value, list):
            return all(map(self.covers, value))
        if not isinstance(value, dict):
            return True
        if not self._known.issuperset(value):
            return False
        return all(shape.covers(value[name]) for name, shape in self.children.items() if name in value)

    def read(self, value: object, where: str) -> tuple[dict[str, object], Extras]:
        """Split an object into the members we know and the text of the others; ``null`` is an empty object.

        Raises:
            InvalidManifest: the value is not an object.
        """
        if value is None:
            return {}, ()
        if not isinstance(value, dict):
            raise InvalidManifest(where, "expected an object")
        if self._known.issuperset(value) and not isinstance(value, Members):
            return {name: item for name, item in value.items() if item is not None}, ()
        known: dict[str, object] = {}
        extras: list[tuple[str, str]] = []
        previous = ""
        for key, item, text in _pairs(value):
            name = self._folded.get(_fold(key))
            if name is None:
                extras.append((previous, text if text is not None else _member_text(key, item, where)))
                continue
            previous = name
            if item is not None:
                known[name] = item
        return known, tuple(extras)

    def write(self, members: Mapping[str, str], extras: Extras = ()) -> str:
        """Join encoded members in order, each unknown one after the member it used to follow."""
        parts = [text for previous, text in extras if not previous]
        for name in self.names:
            if name in members:
                parts.append(f'"{name}":{members[name]}')
            if extras:
                parts += [text for previous, text in extras if previous == name]
        return "{" + ",".join(parts) + "}"


def load(raw: bytes, shape: Shape, what: str = "manifest") -> dict[str, object]:
    """Parse a document whose top is an object.

    Raises:
        InvalidManifest: it is not JSON, not an object, or nested too deeply.
        SizeLimitExceeded: it is larger than any honest document.
    """
    if len(raw) > MAX_BYTES:
        raise SizeLimitExceeded(MAX_BYTES, what)
    text = raw.decode("utf-8", "surrogateescape")
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InvalidManifest(what, "nested too deeply") from error
    except ValueError as error:
        raise InvalidManifest(what, f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidManifest(what, "expected a JSON object")
    if not _has_surrogates(text) and shape.covers(value):
        return value
    _check_depth(text, what)  # what a shape covers is as deep as the shape; the rest is read by recursion
    return load_with_text(text)


def encode(text: str) -> bytes:
    """Return the bytes of a document built from encoded members and texts that were remembered."""
    return text.encode("utf-8", "surrogateescape")


def text_of(members: Mapping[str, object], name: str, where: str) -> str:
    """Return a member that must be a string, empty when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    value = members.get(name, "")
    if not isinstance(value, str):
        raise InvalidManifest(where, f"{name} is not a string")
    return value


def int_of(members: Mapping[str, object], name: str, where: str) -> int:
    """Return a member that must be a whole number of 64 bits, 0 when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    value = members.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise InvalidManifest(where, f"{name} is not a whole number")
    return value


def bool_of(members: Mapping[str, object], name: str, where: str) -> bool:
    """Return a member that must be true or false, False when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise InvalidManifest(where, f"{name} is not true or false")
    return value


def list_of(members: Mapping[str, object], name: str, where: str) -> list[object]:
    """Return a member that must be a list, empty when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    value = members.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidManifest(where, f"{name} is not a list")
    return value


def texts_of(members: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    """Return a member that must be a list of strings; ``null`` inside counts as empty text, as in Go.

    Raises:
        InvalidManifest: it is something else.
    """
    items = list_of(members, name, where)
    if None in items:
        items = ["" if item is None else item for item in items]
    texts = tuple([item for item in items if isinstance(item, str)])
    if len(texts) != len(items):
        raise InvalidManifest(where, f"{name} is not a list of strings")
    return texts


def map_of(members: Mapping[str, object], name: str, where: str) -> dict[str, object]:
    """Return a member that must be an object with free names, empty when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    value = members.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidManifest(where, f"{name} is not an object")
    return value


def annotations_of(members: Mapping[str, object], name: str, where: str) -> dict[str, str]:
    """Return a member that must map strings to strings, empty when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    items = {key: "" if value is None else value for key, value in map_of(members, name, where).items()}
    texts = {key: value for key, value in items.items() if isinstance(value, str)}
    if len(texts) != len(items):
        raise InvalidManifest(where, f"{name} does not map strings to strings")
    return texts


def bytes_of(members: Mapping[str, object], name: str, where: str) -> bytes | None:
    """Return a member that must be base64 text, None when absent or empty.

    Raises:
        InvalidManifest: it is something else.
    """
    text = text_of(members, name, where).replace("\r", "").replace("\n", "")
    try:
        return binascii.a2b_base64(text, strict_mode=True) or None
    except (binascii.Error, ValueError) as error:
        raise InvalidManifest(where, f"{name} is not base64") from error


def _pairs(value: dict[str, object]) -> Iterator[tuple[str, object, str | None]]:
    if isinstance(value, Members):
        yield from value.pairs
    else:
        for key, item in value.items():
            yield key, item, None


def _member_text(name: str, value: object, where: str) -> str:
    try:
        return f"{gojson.encode_text(name)}:{gojson.encode(value)}"
    except RecursionError as error:
        raise InvalidManifest(where, "nested too deeply") from error


def _fold(name: str) -> str:
    # Go folds ASCII letters, and the two letters outside ASCII whose lower or upper case is inside.
    return name if name.islower() and name.isascii() else name.replace("\u017f", "s").replace("\u212a", "k").lower()


def _check_depth(text: str, what: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        mark = match[0]
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        if depth > MAX_DEPTH:
            raise InvalidManifest(what, f"nested more than {MAX_DEPTH} deep")


def _has_surrogates(text: str) -> bool:
    return ("\\u" in text and "\\ud" in text.lower()) or (not text.isascii() and re.search("[\ud800-\udfff]", text) is not None)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
