"""Plain values as YAML in the layout of the Go programs' library: two spaces, lists at the column of their key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from regclient.kit.gotemplate.floats import append_float
from regclient.kit.gotemplate.text import quote

_WORDS = "null true false y yes n no on off"
_RESERVED = frozenset(form for word in _WORDS.split() for form in (word, word.title(), word.upper())) | {"~", "-", ""}
_NUMBER = re.compile(
    r"\+?-?(?:0[xX][0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|0[0-7_]*|[1-9][0-9_]*"
    r"|(?=[0-9_]*\.[0-9_]|[0-9])[0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?)"
)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ].*)?|(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]")
_FIRST = frozenset("*&[]{},!|>%'\"@ `?#\t")


def encode(value: object) -> str:
    """Return a document of mappings, lists, text, numbers, truth values and None."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: object, indent: str) -> Iterator[str]:
    """Yield the lines of a mapping or a list that is not empty; of anything else the one line it has."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{_scalar(key)}:", item, indent)
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _item(item, indent)
    else:
        yield f"{indent}{_scalar(value)}"


def _entry(head: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        yield head
        yield from _lines(item, indent + "  ")
    elif isinstance(item, list | tuple) and item:
        yield head
        yield from _lines(item, indent)
    else:
        yield from _value(head, item, indent + "  ")


def _item(item: object, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping | list | tuple) and item:
        first, *rest = _lines(item, indent + "  ")
        yield f"{indent}- {first[len(indent) + 2 :]}"
        yield from rest
    else:
        yield from _value(f"{indent}-", item, indent + "  ")


def _value(head: str, item: object, indent: str) -> Iterator[str]:
    """Yield what stands behind a key or a dash: a text of several lines as a block, everything else beside it."""
    if not isinstance(item, str) or "\n" not in item or _needs_quotes(item):
        yield f"{head} {_scalar(item)}"
        return
    yield f"{head} |" + ("+" if item.endswith("\n\n") else "" if item.endswith("\n") else "-")
    lines = item.removesuffix("\n").split("\n")
    yield from (f"{indent}{line}" if line else "" for line in lines)


def _scalar(value: object) -> str:
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case float():
            text = append_float(value, "g", -1)
            return text if "." in text or "e" in text else f"{text}.0"
        case str():
            return quote(value) if _needs_quotes(value) else value
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            return str(value)


def _needs_quotes(text: str) -> bool:
    if text in _RESERVED or text[0] in _FIRST or text[-1] in ": \t" or _NUMBER.fullmatch(text) or _TIME.fullmatch(text):
        return True
    if "#" in text or "\\" in text or ": " in text or "- " in text:
        return True
    return not text.strip("\n") or not text.replace("\n", "").isprintable()
