"""Values on their way between a script and us: a small text format that both sides read strictly.

``~`` nil, ``+ -`` booleans, ``#n`` number, ``$n`` string of n bytes, ``[n`` list, ``{n`` table, ``<n`` struct whose fields have
two names, ``@kind`` object (its state, and on the way to Lua what a script sees of it), ``?type`` what cannot be sent. What
arrives was written by a script, so every length is checked and nothing is ever evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from regclient.errors import RegistryClientError

MAX_MESSAGE = 64 << 20
"""Bytes of one message, either way."""
MAX_DEPTH = 64

Value: TypeAlias = object
"""None, bool, float, str, Table, Object or Foreign from Lua; also int, lists, Record and Made on the way there."""
Table: TypeAlias = Mapping[Value, Value]


class Garbled(RegistryClientError):
    """A message that does not follow the format: the child was tampered with, or has died half way."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object of ours as a script hands it back: its kind and the state we gave it."""

    kind: str
    state: Table


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something of Lua that cannot leave it: a function, a thread, a stranger's userdata."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Record:
    """A struct on its way to Lua: fields with a Go name, a JSON name (empty: none) and a value, under both names the same."""

    fields: tuple[tuple[str, str, Value], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A new object for a script: its kind, the state it hands back to us, and the data it shows."""

    kind: str
    state: Table
    data: Value = None


def encode(value: Value) -> bytes:
    """Write a value for Lua; text keeps the bytes it was decoded from."""
    out: list[bytes] = []
    _write(value, out)
    return b"".join(out)


def decode(message: bytes) -> Value:
    """Read a value that came from Lua.

    Raises:
        Garbled: it does not follow the format.
    """
    try:
        value, end = _read(message, 0, 0)
    except (ValueError, IndexError) as error:
        raise Garbled("a message of the script's process cannot be read") from error
    if end != len(message):
        raise Garbled("a message of the script's process is too long")
    return value


def type_name(value: Value) -> str:
    """Return what Lua's ``type`` says of a value."""
    if isinstance(value, Foreign):
        return value.type_name
    names = ((type(None), "nil"), (bool, "boolean"), (int | float, "number"), (str, "string"), (Object, "userdata"))
    return next((name for kind, name in names if isinstance(value, kind)), "table")


def number_text(value: float) -> str:
    """Return a number as a script sees it as text: a whole one with all its digits."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1 << 63 else repr(value)


def items_of(table: Table) -> list[Value]:
    """Return the list in a table: what is at 1, 2, 3 and so on."""
    found: list[Value] = []
    while (item := table.get(len(found) + 1)) is not None:
        found.append(item)
    return found


def _write(value: Value, out: list[bytes]) -> None:
    if value is None:
        out.append(b"~")
    elif isinstance(value, bool):
        out.append(b"+" if value else b"-")
    elif isinstance(value, int | float):
        out.append(b"#%s\n" % repr(value).encode())
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        out.append(b"$%d\n%s" % (len(data), data))
    elif isinstance(value, bytes):
        _write_all(b"[", tuple(value), out)
    elif isinstance(value, Made):
        out.append(b"@%s\n" % value.kind.encode())
        _write(value.state, out)
        _write(value.data, out)
    elif isinstance(value, Record):
        out.append(b"<%d\n" % len(value.fields))
        for name, other, item in value.fields:
            _write(name, out)
            _write(other or None, out)
            _write(item, out)
    elif isinstance(value, Mapping):
        _write_all(b"{", [part for pair in value.items() for part in pair], out, each=2)
    else:
        assert isinstance(value, Sequence)
        _write_all(b"[", value, out)


def _write_all(mark: bytes, parts: Sequence[Value] | Iterable[Value], out: list[bytes], *, each: int = 1) -> None:
    items = list(parts)
    out.append(b"%s%d\n" % (mark, len(items) // each))
    for item in items:
        _write(item, out)


_SIMPLE: Mapping[int, Value] = {ord("~"): None, ord("+"): True, ord("-"): False}


def _read(message: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth > MAX_DEPTH:
        raise Garbled("a value of the script is nested too deeply")
    mark = message[at]
    if mark in _SIMPLE:
        return _SIMPLE[mark], at + 1
    stop = message.index(b"\n", at, at + 80)
    head, at = message[at + 1 : stop].decode("ascii"), stop + 1
    if mark == ord("#"):
        return float(head), at
    if mark == ord("$"):
        end = at + _count(head, len(message) - at)
        return message[at:end].decode("utf-8", "surrogateescape"), end
    if mark == ord("?"):
        return Foreign(head), at
    if mark == ord("@"):
        state, at = _read(message, at, depth + 1)
        if not isinstance(state, dict):
            raise Garbled("an object of the script has no state")
        return Object(head, state), at
    return _read_all(message, mark, _count(head, len(message) - at), at, depth + 1)


def _read_all(message: bytes, mark: int, count: int, at: int, depth: int) -> tuple[Value, int]:
    if mark == ord("["):
        items: list[Value] = []
        for _ in range(count):
            item, at = _read(message, at, depth)
            items.append(item)
        return items, at
    if mark != ord("{"):
        raise Garbled(f"a message of the script's process holds {chr(mark)!r}")
    table: dict[Value, Value] = {}
    for _ in range(count):
        key, at = _read(message, at, depth)
        item, at = _read(message, at, depth)
        if isinstance(key, str | float):
            table[key] = item
    return table, at


def _count(text: str, most: int) -> int:
    count = int(text) if text.isdigit() else -1
    if not 0 <= count <= most:
        raise Garbled("a length in a message of the script's process is wrong")
    return count
