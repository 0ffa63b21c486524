"""JSON the way Go's encoder writes it, and documents re-spaced without being rewritten.

A document that came from a registry is shown with its own member order, numbers and unknown members: only the white space
changes. Values without a document are written as ``encoding/json`` does with HTML escaping off.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping

from regclient.kit.gotemplate.floats import append_float
from regclient.kit.gotemplate.text import utf8
from regclient.kit.gotemplate.values import Failure, Named, Struct, kind_of, plain, type_of

# Returns the JSON text of a value that knows its own, None for all others.
Hook = Callable[[object], "str | None"]

_TOKEN = re.compile(
    r'[ \t\r\n]+|(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<mark>[{}\[\],:])|(?P<other>[^\s{}\[\],:"]+)', re.DOTALL
)
_SEPARATORS = re.compile("[\u2028\u2029]")


def encode(value: object, hook: Hook | None = None) -> str:
    """Write a value as compact JSON; the hook is asked first, for the value and everything inside, then the value itself.

    Raises:
        Failure: the value has no JSON form.
    """
    document = hook(value) if hook is not None else None
    if document is None and isinstance(value, Struct) and value.document is not None:
        document = value.document()
    if document is not None:
        return compact(document)
    kind, under = kind_of(value), plain(value)
    if under is None or kind in {"nil", "invalid"}:
        return "null"
    if isinstance(value, Struct):
        return _object([(name, item) for name, item in value.fields.items()], hook)
    if isinstance(under, Mapping):
        return _object(sorted(((str(plain(key)), item) for key, item in under.items()), key=_name), hook)
    if isinstance(under, (list, tuple)):
        return "[" + ",".join(encode(item, hook) for item in under) + "]"
    return _scalar(value, under)


def compact(document: str) -> str:
    """Take the white space between the tokens out of a document."""
    return "".join(match[0] for match in _TOKEN.finditer(document) if match.lastgroup)


def indent(document: str, step: str = "  ") -> str:
    """Lay a document out with one member or element per line, the way Go's ``json.Indent`` does."""
    parts: list[str] = []
    depth = 0
    opened = False
    for match in _TOKEN.finditer(document):
        piece = match[0]
        if match.lastgroup is None:
            continue
        closes = piece in {"}", "]"}
        depth -= closes
        if opened != closes:
            parts.append("\n" + step * depth)
        opened = match.lastgroup == "mark" and piece in {"{", "["}
        depth += opened
        parts.append(piece)
        if piece == ",":
            parts.append("\n" + step * depth)
        elif piece == ":":
            parts.append(" ")
    return "".join(parts)


def quoted(text: str) -> str:
    """Write a JSON string: U+2028 and U+2029 escaped for JavaScript's sake, bytes that are no text replaced."""
    clean = utf8(text).decode("utf-8", "replace")
    return _SEPARATORS.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(clean, ensure_ascii=False))


def _name(item: tuple[str, object]) -> bytes:
    return utf8(item[0])


def _object(items: list[tuple[str, object]], hook: Hook | None) -> str:
    return "{" + ",".join(f"{quoted(name)}:{encode(item, hook)}" for name, item in items) + "}"


def _scalar(value: object, under: object) -> str:
    if isinstance(under, bool):
        return "true" if under else "false"
    if isinstance(under, int):
        return str(under)
    if isinstance(under, float):
        return _number(under)
    if isinstance(under, str):
        return quoted(under)
    if isinstance(under, bytes):
        return f'"{base64.b64encode(under).decode()}"'
    raise Failure(f"json: unsupported type: {type_of(value) if isinstance(value, Named) else type_of(under)}")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise Failure(f"json: unsupported value: {append_float(value, 'g', -1)}")
    size = abs(value)
    if size != 0 and (size < 1e-6 or size >= 1e21):
        return re.sub(r"e-0(\d)$", r"e-\1", append_float(value, "e", -1))
    return append_float(value, "f", -1)
