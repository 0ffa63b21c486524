"""The kinds of values a configuration file holds: how each is read, and what a JSON Schema says of it.

A file is described by tables of :class:`Key`; one description reads it, knows the keys that are none, and makes its schema.
What is read follows the Go programs, asked one by one: quoted numbers are numbers, ``yes`` is no truth value, null leaves a
default. Text stays as it was typed, where they turn ``3.10`` into ``3.1``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, NamedTuple, Protocol, TypeVar

from regclient.errors import InvalidConfig, ParseError
from regclient.jobs.yamltext import Listing, Node, Scalar, Table
from regclient.kit.duration import SECOND, parse_duration
from regclient.kit.secret import Secret
from regclient.settings.hostjson import LARGEST

T = TypeVar("T")
Schema = dict[str, object]
_BASED = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_WHOLE = re.compile(r"[-+]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(slots=True)
class Reading:
    """One file while it is read, and what is worth a warning."""

    filename: str
    warnings: list[str] = field(default_factory=list)

    def warn(self, line: int, words: str) -> None:
        """Keep a warning, each once: a table that is merged in many places is read as often."""
        text = f"{self.filename} line {line}: {words}"
        if text not in self.warnings:
            self.warnings.append(text)


class Place(NamedTuple):
    """Where in a file something stands: the names that lead to it."""

    reading: Reading
    path: str = ""

    def key(self, name: str) -> Place:
        """Return the place of a key of the table here."""
        return Place(self.reading, f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> Place:
        """Return the place of an item of the list here."""
        return Place(self.reading, f"{self.path}[{index}]")

    def fail(self, line: int, words: str) -> InvalidConfig:
        """Return the error that names file, line and key."""
        where = f"{self.path}: " if self.path else ""
        return InvalidConfig(self.reading.filename, f"line {line}: {where}{words}")


class Kind(Protocol):
    """A kind of value."""

    def read(self, node: Node, place: Place) -> object:
        """Read a value that is not null.

        Raises:
            InvalidConfig: it is of another kind.
        """

    def schema(self) -> Schema:
        """Return its JSON Schema."""


class Key(NamedTuple):
    """One key of a table: its name in the file, the argument that it fills, the kind of its value and what it is for."""

    name: str
    field: str
    kind: Kind
    help: str = ""


class Word(NamedTuple):
    """A scalar that is converted from its text; ``convert`` raises ValueError or ParseError on what it cannot use."""

    convert: Callable[[Scalar], object]
    described: Mapping[str, object]

    def read(self, node: Node, place: Place) -> object:
        """Read a scalar."""
        if not isinstance(node, Scalar):
            raise place.fail(node.line, f"expected one value, found a {_name_of(node)}")
        try:
            return self.convert(node)
        except ParseError as error:
            raise place.fail(node.line, error.reason or str(error)) from None
        except ValueError as error:
            raise place.fail(node.line, str(error)) from None

    def schema(self) -> Schema:
        """Return its JSON Schema."""
        return dict(self.described)


class ListOf(NamedTuple):
    """A list of one kind; ``empty`` stands for an item that is null."""

    kind: Kind
    empty: object = ""

    def read(self, node: Node, place: Place) -> object:
        """Read a list as a tuple."""
        if not isinstance(node, Listing):
            raise place.fail(node.line, f"expected a list, found a {_name_of(node)}")
        return tuple(_or_null(self.kind, item, place.item(index), self.empty) for index, item in enumerate(node.items))

    def schema(self) -> Schema:
        """Return its JSON Schema."""
        return {"type": ["array", "null"], "items": self.kind.schema()}


class MapOf(NamedTuple):
    """A mapping with keys of the user's choice to one kind."""

    kind: Kind
    empty: object = ""

    def read(self, node: Node, place: Place) -> object:
        """Read a mapping."""
        if not isinstance(node, Table):
            raise place.fail(node.line, f"expected a mapping, found a {_name_of(node)}")
        return {name: _or_null(self.kind, value, place.key(name), self.empty) for name, (_, value) in node.entries.items()}

    def schema(self) -> Schema:
        """Return its JSON Schema."""
        return {"type": ["object", "null"], "additionalProperties": self.kind.schema()}


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A mapping with known keys, made into a value by ``build``, which is called with what is set.

    Keys that are none are warned about and ignored; those that begin with ``x-`` are the user's own.
    """

    build: Callable[..., T]
    keys: tuple[Key, ...]

    def read(self, node: Node, place: Place) -> T:
        """Read a mapping into its value."""
        if not isinstance(node, Table):
            raise place.fail(node.line, f"expected a mapping, found a {_name_of(node)}")
        self._look_for_others(node, place)
        fields: dict[str, object] = {}
        for key in self.keys:
            entry = node.entries.get(key.name)
            if entry is not None and not is_null(entry[1]):
                fields[key.field] = key.kind.read(entry[1], place.key(key.name))
        return self.build(**fields)

    def _look_for_others(self, node: Table, place: Place) -> None:
        known = [key.name for key in self.keys]
        for name, (line, _) in node.entries.items():
            if name not in known and not name.startswith("x-"):
                place.reading.warn(line, _unknown(place.key(name[:80]).path, name, known))

    def schema(self) -> Schema:
        """Return its JSON Schema."""
        properties = {key.name: {**key.kind.schema(), **({"description": key.help} if key.help else {})} for key in self.keys}
        own: Schema = {"^x-": {}, "^<<$": {}}
        return {"type": ["object", "null"], "properties": properties, "patternProperties": own, "additionalProperties": False}


def is_null(node: Node) -> bool:
    """Whether the value is none, which leaves the default."""
    return isinstance(node, Scalar) and node.is_null


def _or_null(kind: Kind, node: Node, place: Place, empty: object) -> object:
    if not is_null(node):
        return kind.read(node, place)
    return kind.build() if isinstance(kind, Record) else empty


def _unknown(path: str, name: str, known: Iterable[str]) -> str:
    by_case = {word.lower(): word for word in known}
    near = get_close_matches(name.lower(), by_case, n=1, cutoff=0.55)
    return f"{path} is not a known key and is ignored" + (f"; did you mean {by_case[near[0]]}?" if near else "")


def _name_of(node: Node) -> str:
    return "list" if isinstance(node, Listing) else "mapping" if isinstance(node, Table) else "single value"


def _text(node: Scalar) -> str:
    return node.text


def _secret(node: Scalar) -> Secret:
    return Secret(node.text)


def _switch(node: Scalar) -> bool:
    if not node.plain or node.text not in _TRUTH:
        raise ValueError(f"expected true or false, found {node.text[:80]!r}")
    return _TRUTH[node.text]


def whole_number(text: str, *, plain: bool = True) -> int:
    """Read a whole number as Go's YAML reads one: underscores anywhere, a fraction cut off, and a base where it is ``plain``.

    Raises:
        ValueError: it is none, or larger than 64 bits hold.
    """
    digits = text.replace("_", "") if plain else text
    if plain and _BASED.fullmatch(digits):
        number = int(digits, 0)
    elif plain and _OCTAL.fullmatch(digits):
        number = int(digits, 8)
    elif _WHOLE.fullmatch(digits):
        number = int(digits)
    elif _DECIMAL.fullmatch(digits):
        number = int(min(max(float(digits), -(2.0**64)), 2.0**64))
    else:
        raise ValueError(f"expected a whole number, found {text[:80]!r}")
    if not -LARGEST - 1 <= number <= LARGEST:
        raise ValueError(f"{text[:80]!r} is too large")
    return number


def _whole(node: Scalar) -> int:
    return whole_number(node.text, plain=node.plain)


def _unsigned(node: Scalar) -> int:
    number = whole_number(node.text, plain=node.plain)
    if number < 0:
        raise ValueError(f"expected no negative number, found {number}")
    return number


def _number(node: Scalar) -> float:
    if _DECIMAL.fullmatch(node.text.replace("_", "")):
        found = float(node.text.replace("_", ""))
    else:
        found = float(whole_number(node.text, plain=node.plain))
    if not abs(found) <= LARGEST:
        raise ValueError(f"{node.text[:80]!r} is too large")
    return found


def _duration(node: Scalar) -> int:
    return parse_duration(node.text)


def _seconds(node: Scalar) -> float:
    return parse_duration(node.text) / SECOND


_NUMBER_TEXT = {"type": ["integer", "string", "null"]}
TEXT = Word(_text, {"type": ["string", "number", "boolean", "null"]})
SECRET = Word(_secret, {"type": ["string", "number", "boolean", "null"]})
SWITCH = Word(_switch, {"type": ["boolean", "null"]})
WHOLE = Word(_whole, _NUMBER_TEXT)
UNSIGNED = Word(_unsigned, {**_NUMBER_TEXT, "minimum": 0})
NUMBER = Word(_number, {"type": ["number", "string", "null"]})
DURATION = Word(_duration, {"type": ["string", "null"], "examples": ["90s", "15m", "1h30m"]})
"""A Go duration in whole nanoseconds."""
SECONDS = Word(_seconds, DURATION.described)
"""A Go duration in seconds."""
TEXTS = ListOf(TEXT)
TEXT_MAP = MapOf(TEXT)
