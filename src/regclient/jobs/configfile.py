"""The configuration file of regsync or regbot: what both have in common, read around a program's own tables.

A :class:`Form` says what a program's file looks like; :func:`read_config` makes values of a text, expands the templates of
``creds``, and keeps the lines so that later errors can name them. Nothing here opens a file or reads the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from regclient.errors import InvalidConfig, InvalidTemplate, TemplateFailed
from regclient.hosts import HostSettings
from regclient.jobs.creds import HOST, KEYS, TEMPLATED, expanded
from regclient.jobs.kinds import WHOLE, Key, ListOf, Place, Reading, Record, Schema, is_null
from regclient.jobs.templates import expand
from regclient.jobs.yamltext import EMPTY, Listing, Node, Table, read_yaml
from regclient.kit.gotemplate.values import NOTHING, Method

D = TypeVar("D")
E = TypeVar("E")

SIZE_LIMIT = 16 << 20
NEWEST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Form(Generic[D, E]):
    """What the file of one program holds: the table of its defaults, and the name and table of its entries."""

    defaults: Record[D]
    entries: str
    entry: Record[E]
    templated: tuple[str, ...] = TEMPLATED

    @property
    def top(self) -> Record[_Top[D, E]]:
        """The whole file as a table."""
        return Record(
            _Top,
            (
                Key("version", "version", WHOLE, "version of the file's format: 1"),
                Key("creds", "creds", ListOf(HOST), "registries: how to reach them, and logins"),
                Key("defaults", "defaults", self.defaults, "what entries take over unless they say otherwise, and limits"),
                Key(self.entries, "entries", ListOf(self.entry), "what to do"),
            ),
        )


@dataclass(frozen=True, slots=True)
class _Top(Generic[D, E]):
    version: int = 0
    creds: tuple[HostSettings, ...] = ()
    defaults: D | None = None
    entries: tuple[E, ...] = ()


class Spot(NamedTuple):
    """A table of the file after it was read: what is wrong with a key of it can still be said with its line."""

    place: Place
    node: Node

    def fail(self, key: str, words: object) -> InvalidConfig:
        """Return the error that names file, line and key; the line is that of the table when the key is not in it."""
        line = self.node.entries[key][0] if isinstance(self.node, Table) and key in self.node.entries else self.node.line
        return self.place.key(key).fail(line, str(words))

    def expand(self, key: str, text: str, data: object, functions: Mapping[str, Method]) -> str:
        """Expand the template of a key.

        Raises:
            InvalidConfig: it cannot be read, or fails; the message names file, line and key.
        """
        try:
            return expand(text, data, functions)
        except InvalidTemplate as error:
            raise self.fail(key, error.reason) from None  # without the text, which may hold a password
        except TemplateFailed as error:
            raise self.fail(key, error) from None


@dataclass(frozen=True, slots=True)
class JobsFile(Generic[D, E]):
    """A file that was read: values, where the entries stand (``spots``), and what deserves a warning."""

    filename: str
    version: int
    creds: tuple[HostSettings, ...]
    defaults: D
    entries: tuple[E, ...]
    spots: tuple[Spot, ...]
    warnings: tuple[str, ...]


def read_config(content: bytes, filename: str, form: Form[D, E], functions: Mapping[str, Method] = NOTHING) -> JobsFile[D, E]:
    """Read a file's content; an empty one is an empty configuration. ``functions`` are what templates of ``creds`` may use.

    Raises:
        InvalidConfig: with file, line and key.
    """
    document = read_yaml(_decoded(content, filename), filename)
    reading = Reading(filename)
    root, place = document.root, Place(reading)
    if document.has_more:
        reading.warn(root.line, "only the first document of the file is read")
    top = form.top.read(Table({}, 1) if root is EMPTY else root, place)
    if top.version > NEWEST_VERSION:
        raise Spot(place, root).fail("version", f"this program reads version {NEWEST_VERSION}, not {top.version}")
    creds = tuple(
        _expanded(host, spot, form.templated, functions)
        for host, spot in zip(top.creds, _spots(root, "creds", place), strict=True)
    )
    return JobsFile(
        filename,
        top.version or NEWEST_VERSION,
        creds,
        top.defaults if top.defaults is not None else form.defaults.build(),
        top.entries,
        _spots(root, form.entries, place),
        tuple(reading.warnings),
    )


def schema_of(form: Form[D, E], title: str) -> Schema:
    """Return the JSON Schema of a program's file, for editors that check while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **form.top.schema()}


def _decoded(content: bytes, filename: str) -> str:
    if len(content) > SIZE_LIMIT:
        raise InvalidConfig(filename, f"larger than {SIZE_LIMIT} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidConfig(filename, f"line {line}: not UTF-8") from None


def _spots(root: Node, name: str, place: Place) -> tuple[Spot, ...]:
    _, found = root.entries.get(name, (0, EMPTY)) if isinstance(root, Table) else (0, EMPTY)
    if is_null(found):
        return ()
    assert isinstance(found, Listing)
    return tuple(Spot(place.key(name).item(index), node) for index, node in enumerate(found.items))


def _expanded(host: HostSettings, spot: Spot, names: tuple[str, ...], functions: Mapping[str, Method]) -> HostSettings:
    for key in KEYS:
        if key.name in names:
            host = expanded(host, key, lambda text, key=key: spot.expand(key.name, text, None, functions))  # type: ignore[misc]
    return host
