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

MAX_MESSAGE = 32 << 20
"""Bytes of one message from a script; ``bridge.lua`` refuses to send more."""
MAX_VALUES = 200_000
"""Values in one such message: each costs far more here than its bytes, and ``bridge.lua`` refuses to send more."""
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
    reader = _Reader(message)
    try:
        value = reader.read()
    except (ValueError, IndexError) as error:
        raise Garbled("a message of the script's process cannot be read") from error
    if not reader.ended:
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
    """Return the list in a table: what is at 1, 2, 3 and so on. What a script has set to nil is left out, and nothing else."""
    places = [key for key in table if isinstance(key, int | float) and key is not True and key >= 1 and key % 1 == 0]
    return [item for item in map(table.get, sorted(places)) if item is not None]


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


class _Reader:
    """One walk over a message."""

    __slots__ = ("_at", "_left", "_message")

    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0
        self._left = MAX_VALUES

    @property
    def ended(self) -> bool:
        return self._at == len(self._message)

    def read(self, depth: int = 0) -> Value:
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            raise Garbled("a value of the script is nested too deeply, or holds too much")
        mark = self._message[self._at]
        if mark in _SIMPLE:
            self._at += 1
            return _SIMPLE[mark]
        stop = self._message.index(b"\n", self._at, self._at + 80)
        head, self._at = self._message[self._at + 1 : stop].decode("ascii"), stop + 1
        if mark == ord("#"):
            return float(head)
        if mark == ord("?"):
            return Foreign(head)
        if mark == ord("@"):
            return self._object(head, depth)
        count = int(head) if head.isdigit() else -1
        if not 0 <= count <= len(self._message) - self._at:
            raise Garbled("a length in a message of the script's process is wrong")
        return self._counted(mark, count, depth)

    def _counted(self, mark: int, count: int, depth: int) -> Value:
        if mark == ord("$"):
            self._at += count
            return self._message[self._at - count : self._at].decode("utf-8", "surrogateescape")
        if mark == ord("["):
            return [self.read(depth + 1) for _ in range(count)]
        if mark == ord("{"):
            pairs = [(self.read(depth + 1), self.read(depth + 1)) for _ in range(count)]
            return {key: item for key, item in pairs if isinstance(key, str | float)}
        raise Garbled(f"a message of the script's process holds {chr(mark)!r}")

    def _object(self, kind: str, depth: int) -> Object:
        state = self.read(depth + 1)
        if not isinstance(state, dict):
            raise Garbled("an object of the script has no state")
        return Object(kind, state)
