"""The functions regctl's templates have besides Go's own, as far as they only look at values.

``env`` and ``file`` belong to the programs; ``printPretty`` to the view of our nouns. ``time`` is in ``timeview.py``, because
most templates have no use for its imports.
"""

from __future__ import annotations

from collections.abc import Mapping

from regclient.kit.gotemplate.jsontext import Hook, encode, indent
from regclient.kit.gotemplate.values import Failure, Function, Method, Named, Struct, kind_of, plain, truth_of, type_of

# What Go's unicode.IsSpace says; Python's strip also takes the information separators.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def json_functions(hook: Hook | None = None) -> dict[str, Method]:
    """Return ``json`` and ``jsonPretty``; the hook gives the document of values that know theirs."""

    def compact_json(value: object) -> str:
        return encode(value, hook) + "\n"

    def pretty_json(value: object) -> str:
        return indent(encode(value, hook)) + "\n"

    return {"json": compact_json, "jsonPretty": pretty_json}


def _default(fallback: object, value: object) -> object:
    """Give the fallback for nil and for the zero value of a type; what does not compare fails, as in Go."""
    if value is None:
        return fallback
    if kind_of(value) in {"slice", "map", "func"}:
        raise Failure(f"runtime error: comparing uncomparable type {type_of(value)}")
    if isinstance(value, Struct):
        return fallback if not value.pointer and _is_zero(value) else value
    return value if truth_of(value) else fallback


def _is_zero(value: Struct) -> bool:
    return bool(value.fields) and not any(truth_of(item) for item in value.fields.values())


def _join(items: object, separator: object) -> str:
    words = plain(items)
    if not isinstance(words, (list, tuple)) or not all(isinstance(plain(word), str) for word in words):
        if words is None and kind_of(items) == "slice":
            return ""
        raise Failure(f"wrong type for value; expected []string; got {type_of(items)}")
    return str(separator).join(str(plain(word)) for word in words)


def _split(text: str, separator: str) -> Named:
    return Named(text.split(separator) if separator else list(text), "[]string")


def _lower(text: str) -> str:
    """Map character by character, as Go does: no character becomes two."""
    return "".join(character.lower()[:1] for character in text)


def _upper(text: str) -> str:
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)


def _trim_space(text: str) -> str:
    return text.strip(_SPACE)


PURE: Mapping[str, Method] = {
    "default": Function(_default, ("any", "any")),
    "join": Function(_join, ("any", "string")),
    "lower": Function(_lower, ("string",)),
    "split": Function(_split, ("string", "string")),
    "trimSpace": Function(_trim_space, ("string",)),
    "upper": Function(_upper, ("string",)),
}
