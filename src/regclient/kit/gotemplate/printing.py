"""Go's fmt for whole values: what ``print`` and ``%v`` make of lists, maps, structs and everything in them.

The verbs for single values are in ``verbs.py``, format strings in ``formatting.py``. A verb that does not go with a value is
written as Go's ``%!verb(type=value)`` instead of failing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regclient.kit.gotemplate import verbs
from regclient.kit.gotemplate.text import from_utf8, utf8
from regclient.kit.gotemplate.values import NO_VALUE, Named, Struct, is_nil, kind_of, plain, stringer_of, type_of

_CONTAINERS = frozenset({"map", "slice", "struct", "pointer"})
_STRINGERS = "vsxXq"


def printable(value: object) -> object:
    """Return what a template prints for a value: ``<no value>`` for nothing, the struct for a pointer without text."""
    if value is None or value is NO_VALUE:
        return "<no value>"
    if isinstance(value, Struct) and value.pointer and value.text is None:
        return Struct(value.type_name, value.fields)
    return value


def sprint(arguments: Sequence[object]) -> str:
    """Print operands in their default form, with a space between two that are both not strings."""
    parts: list[str] = []
    printer = Printer()
    was_text = True
    for argument in arguments:
        is_text = kind_of(argument) == "string"
        if not is_text and not was_text:
            parts.append(" ")
        was_text = is_text
        parts.append(printer.argument(argument, "v"))
    return "".join(parts)


def sprintln(arguments: Sequence[object]) -> str:
    """Print operands in their default form, spaces between all, and a line end."""
    printer = Printer()
    return " ".join(printer.argument(argument, "v") for argument in arguments) + "\n"


def sorted_items(mapping: object) -> list[tuple[object, object]]:
    """Return a map's entries in the order Go prints and ranges over them: by key."""
    if not isinstance(mapping, Mapping):
        return []
    try:
        return sorted(mapping.items(), key=lambda item: _sortable(item[0]))
    except TypeError:
        return sorted(mapping.items(), key=lambda item: str(item[0]))


def _sortable(key: object) -> bytes | float:
    under = plain(key)
    return under if isinstance(under, (int, float)) else utf8(str(under))


class Printer:
    """Writes one value under the flags of :attr:`spec`."""

    __slots__ = ("_erroring", "spec")

    def __init__(self, spec: verbs.Spec = verbs.PLAIN) -> None:
        self.spec = spec
        self._erroring = False

    def argument(self, value: object, verb: str) -> str:
        """Write an operand."""
        if isinstance(value, str) and verb in "vs":
            return verbs.string(self.spec, value, verb) or ""
        if value is None or value is NO_VALUE:
            return verbs.pad(self.spec, "<nil>") if verb in "vT" else self._bad(value, verb)
        if verb == "T":
            return verbs.string(self.spec, type_of(value), "s") or ""
        if verb == "p":
            return self._pointer(value, verb)
        return self._value(value, verb, 0)

    def _value(self, value: object, verb: str, depth: int) -> str:
        stringer = None if self._erroring or self.spec.sharp_v else stringer_of(value)
        if stringer is not None and verb in _STRINGERS:
            if is_nil(value):
                return "<nil>"
            return verbs.string(self.spec, stringer(), verb) or ""
        kind = kind_of(value)
        if kind in _CONTAINERS:
            return self._container(value, kind, verb, depth)
        return self._scalar(value, kind, verb)

    def _scalar(self, value: object, kind: str, verb: str) -> str:
        under = plain(value)
        text: str | None = None
        if isinstance(under, bool):
            text = verbs.boolean(self.spec, under, verb)
        elif isinstance(under, int):
            text = verbs.integer(self.spec, under, verb, unsigned=kind == "uint")
        elif isinstance(under, float):
            text = verbs.floating(self.spec, under, verb)
        elif isinstance(under, complex):
            text = verbs.complex_number(self.spec, under, verb)
        elif isinstance(under, str):
            text = verbs.string(self.spec, under, verb)
        elif kind in {"nil", "invalid"}:
            return "<nil>" if verb == "v" else self._bad(value, verb)
        else:
            return self._pointer(value, verb)
        return self._bad(value, verb) if text is None else text

    def _container(self, value: object, kind: str, verb: str, depth: int) -> str:
        if kind == "map":
            return self._map(value, verb, depth)
        if kind == "slice":
            return self._slice(value, verb, depth)
        if isinstance(value, Struct) and kind == "struct":
            return self._struct(value, verb, depth)
        if isinstance(value, Struct) and depth == 0:
            return "&" + self._struct(value, verb, depth + 1)
        return self._pointer(value, verb)

    def _map(self, value: object, verb: str, depth: int) -> str:
        mapping = plain(value)
        if self.spec.sharp_v and mapping is None:
            return type_of(value) + "(nil)"
        items = [
            f"{self._value(key, verb, depth + 1)}:{self._element(item, verb, depth + 1)}" for key, item in sorted_items(mapping)
        ]
        return type_of(value) + "{" + ", ".join(items) + "}" if self.spec.sharp_v else "map[" + " ".join(items) + "]"

    def _struct(self, value: Struct, verb: str, depth: int) -> str:
        named = self.spec.plus_v or self.spec.sharp_v
        items = [(name + ":" if named else "") + self._element(item, verb, depth + 1) for name, item in value.fields.items()]
        return value.type_name + "{" + ", ".join(items) + "}" if self.spec.sharp_v else "{" + " ".join(items) + "}"

    def _slice(self, value: object, verb: str, depth: int) -> str:
        items = plain(value)
        if isinstance(items, bytes) and verb in "sqxX":
            return self._bytes(items, verb)
        if self.spec.sharp_v and items is None:
            return type_of(value) + "(nil)"
        if isinstance(items, bytes):
            return self._byte_list(items, value, verb)
        written = [self._element(item, verb, depth + 1) for item in items] if isinstance(items, (list, tuple)) else []
        return type_of(value) + "{" + ", ".join(written) + "}" if self.spec.sharp_v else "[" + " ".join(written) + "]"

    def _bytes(self, data: bytes, verb: str) -> str:
        if verb in "xX":
            return verbs.hexadecimal(self.spec, data, verb)
        return verbs.string(self.spec, from_utf8(data), verb) or ""

    def _byte_list(self, data: bytes, value: object, verb: str) -> str:
        written = [self._element(Named(byte, "uint8"), verb, 1) for byte in data]
        if self.spec.sharp_v:
            name = "[]byte" if type_of(value) == "[]uint8" else type_of(value)
            return name + "{" + ", ".join(written) + "}"
        return "[" + " ".join(written) + "]"

    def _element(self, value: object, verb: str, depth: int) -> str:
        if value is None or value is NO_VALUE:
            return "interface {}(nil)" if self.spec.sharp_v else "<nil>"
        return self._value(value, verb, depth)

    def _pointer(self, value: object, verb: str) -> str:
        kind = kind_of(value)
        if kind not in {"pointer", "func", "map", "slice"}:
            return self._bad(value, verb)
        address = 0 if is_nil(value) else id(plain(value))
        if verb == "v" and self.spec.sharp_v:
            return f"({type_of(value)})({f'{address:#x}' if address else 'nil'})"
        if verb == "v":
            return verbs.pad(self.spec, f"{address:#x}" if address else "<nil>", zero=False)
        if verb == "p":
            return verbs.pad(self.spec, f"{address:x}" if self.spec.sharp else f"{address:#x}", zero=False)
        text = verbs.integer(self.spec, address, verb, unsigned=True) if verb in "bodxX" else None
        return self._bad(value, verb) if text is None else text

    def _bad(self, value: object, verb: str) -> str:
        self._erroring = True
        shown = "<nil>" if value is None or value is NO_VALUE else f"{type_of(value)}={self.argument(value, 'v')}"
        self._erroring = False
        return f"%!{verb}({shown})"
