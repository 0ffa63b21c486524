"""Tables that pair the members of a JSON object with the attributes of a dataclass.

Image configs have forty members of seven kinds; a row for each is shorter and surer than code for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from regclient.errors import InvalidManifest
from regclient.model import document, gojson
from regclient.model.timestamp import normal_time, parse_time

Read = Callable[[Mapping[str, object], str, str], object]


@dataclass(frozen=True, slots=True)
class Codec:
    """How one kind of value is read, written, and recognised as not worth writing (Go's ``omitempty``)."""

    read: Read
    write: Callable[[object], str]
    absent: Callable[[object], bool] = lambda value: not value


@dataclass(frozen=True, slots=True)
class Column:
    """One member: its name in JSON, the attribute that holds it, its kind."""

    name: str
    attribute: str
    codec: Codec


def read_columns(columns: Sequence[Column], known: Mapping[str, object], where: str) -> dict[str, object]:
    """Return the attributes for the members that are there.

    Raises:
        InvalidManifest: a member has the wrong type.
    """
    return {column.attribute: column.codec.read(known, column.name, where) for column in columns if column.name in known}


def write_columns(columns: Sequence[Column], holder: object) -> dict[str, str]:
    """Return the encoded members of those attributes that have something to say."""
    found = ((column, getattr(holder, column.attribute)) for column in columns)
    return {column.name: column.codec.write(value) for column, value in found if not column.codec.absent(value)}


def _read_names(members: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    items = document.map_of(members, name, where)
    if not all(item is None or isinstance(item, dict) for item in items.values()):
        raise InvalidManifest(where, f"{name} does not map names to empty objects")
    return tuple(sorted(items))


def _read_time(members: Mapping[str, object], name: str, where: str) -> str:
    text = document.text_of(members, name, where)
    parse_time(text, f"{where}: {name}")
    return text


TEXT = Codec(document.text_of, lambda value: gojson.encode_text(cast(str, value)))
TEXTS = Codec(document.texts_of, lambda value: gojson.encode_texts(cast("tuple[str, ...]", value)))
LABELS = Codec(document.annotations_of, lambda value: gojson.encode_annotations(cast("Mapping[str, str]", value)))
NAMES = Codec(_read_names, lambda value: gojson.encode_map(dict.fromkeys(cast("tuple[str, ...]", value), "{}")))
FLAG = Codec(document.bool_of, lambda value: "true" if value else "false")
NUMBER = Codec(document.int_of, str)
OPTIONAL_NUMBER = Codec(document.int_of, str, lambda value: value is None)
TIME = Codec(_read_time, lambda value: gojson.encode_text(normal_time(cast(str, value))))
