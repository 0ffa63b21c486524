"""YAML text as a tree that keeps what was typed: scalars stay text, and everything knows its line.

Composed here from the parser's events, for PyYAML's own composer turns ``3.10`` into a number, forgets lines, and recurses as
deep as the text says. What is read is what the Go programs read: the first document, of equal keys the last, and a merge key
(``<<``) as if its entries stood in its place.
"""

from __future__ import annotations

from binascii import Error, a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from regclient.errors import InvalidConfig

MAX_DEPTH = 100
MAX_VALUES = 1_000_000
"""How many values a document may stand for, those that aliases repeat counted each time."""
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BINARY = "tag:yaml.org,2002:binary"
_MERGE = "<<"


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """Text as it was typed; ``plain`` when it stood without quotes, and so may be a number, a truth value or null."""

    text: str
    line: int
    plain: bool = True
    weight: int = 1

    @property
    def is_null(self) -> bool:
        """Whether this is no value."""
        return self.plain and self.text in _NULL


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A sequence of values."""

    items: tuple[Node, ...]
    line: int
    weight: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A mapping: for each key the line of the key and the value."""

    entries: dict[str, tuple[int, Node]]
    line: int
    weight: int = 1


Node = Scalar | Listing | Table
EMPTY = Scalar("", 1)


@dataclass(slots=True)
class Document:
    """The first document of a text, and whether there are more of them."""

    root: Node
    has_more: bool = False


def read_yaml(text: str, filename: str) -> Document:
    """Read the first document of a text.

    Raises:
        InvalidConfig: it is not YAML, too deep, or stands for too much; the message names the line.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(filename, iter(yaml.parse(text.removeprefix("\ufeff"), Loader=loader))).document()
    except yaml.YAMLError as error:
        raise InvalidConfig(filename, _words(error, text)) from None
    except (UnicodeError, ValueError) as error:
        raise InvalidConfig(filename, f"not YAML: {error}") from None


def _words(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or "not understood"
    context = getattr(error, "context", None)
    line = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0))
    return f"line {line + 1}: not YAML: {words}" + (f" ({context})" if context else "")


@dataclass(slots=True)
class _Composer:
    """Makes nodes of events, one call for each level."""

    filename: str
    events: Iterator[yaml.Event]
    anchors: dict[str, Node | None] = field(default_factory=dict)

    def document(self) -> Document:
        """Compose the first document and look whether another one follows."""
        root: Node = EMPTY
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                root = self._node(next(self.events), 0)
                break
        others = [event for event in self.events if isinstance(event, yaml.DocumentStartEvent)]
        return Document(root, bool(others))

    def _fail(self, line: int, words: str) -> InvalidConfig:
        return InvalidConfig(self.filename, f"line {line}: {words}")

    def _node(self, event: yaml.Event, depth: int) -> Node:
        assert isinstance(event, yaml.NodeEvent)
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor or "", line)
        if depth > MAX_DEPTH:
            raise self._fail(line, f"nested deeper than {MAX_DEPTH} levels")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        made: Node
        if isinstance(event, yaml.ScalarEvent):
            made = self._scalar(event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            made = self._listing(line, depth)
        else:
            made = self._table(line, depth)
        if made.weight > MAX_VALUES:
            raise self._fail(line, f"aliases make this stand for more than {MAX_VALUES} values")
        if event.anchor is not None:
            self.anchors[event.anchor] = made
        return made

    def _alias(self, name: str, line: int) -> Node:
        if name not in self.anchors:
            raise self._fail(line, f"nothing before this is called &{name}")
        found = self.anchors[name]
        if found is None:
            raise self._fail(line, f"&{name} contains itself")
        return found

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar:
        if event.tag == _BINARY:
            try:
                return Scalar(a2b_base64(event.value, strict_mode=True).decode(), line, plain=False)
            except (Error, UnicodeError):
                raise self._fail(line, "!!binary is not base64 of UTF-8 text") from None
        return Scalar(event.value, line, plain=event.implicit[0] and not event.style)

    def _listing(self, line: int, depth: int) -> Listing:
        items: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        return Listing(tuple(items), line, 1 + sum(item.weight for item in items))

    def _table(self, line: int, depth: int) -> Table:
        entries: dict[str, tuple[int, Node]] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                raise self._fail(key.line, "a key must be text")
            if key.plain and key.text == _MERGE:
                entries.update(self._merged(value))
            else:
                entries[key.text] = key.line, value
        return Table(entries, line, 1 + sum(value.weight for _, value in entries.values()))

    def _merged(self, value: Node) -> dict[str, tuple[int, Node]]:
        """Return what a merge key brings: the entries of a table, or of several, where the first one wins."""
        if isinstance(value, Scalar) and value.is_null:
            return {}
        sources = value.items if isinstance(value, Listing) else (value,)
        found: dict[str, tuple[int, Node]] = {}
        for source in reversed(sources):
            if not isinstance(source, Table):
                raise self._fail(value.line, "<< takes a mapping or a list of mappings")
            found.update(source.entries)
        return found
