"""A reader of JSON that remembers the text of every member, for documents that hold something we do not know.

It reads what ``json.loads`` has accepted already, so it needs no error of its own. Text that is not UTF-8 arrives as surrogates
(``surrogateescape``): values show U+FFFD for each, as Go does, while the remembered text still has the very bytes.
"""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(r'[ \t\n\r]*([{}\[\]:,]|"(?:[^"\\]|\\.)*"|[^ \t\n\r{}\[\]:,"]+)', re.DOTALL)
_SURROGATE = "[\ud800-\udfff]"


class Members(dict[str, object]):
    """An object with the text of its members: ``pairs`` are name, value and ``"name":value``, repeated names included."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: tuple[tuple[str, object, str], ...]) -> None:
        super().__init__((name, value) for name, value, _ in pairs)
        self.pairs = pairs


def load_with_text(text: str) -> Members:
    """Parse an object that is known to be valid JSON."""
    value, _ = _value(text, 0)
    assert isinstance(value, Members)
    return value


def _value(text: str, start: int) -> tuple[object, int]:
    mark, end = _token(text, start)
    if mark == "{":
        return _object(text, end)
    if mark == "[":
        return _array(text, end)
    value = json.loads(mark)
    return (re.sub(_SURROGATE, "\ufffd", value) if isinstance(value, str) else value), end


def _object(text: str, start: int) -> tuple[Members, int]:
    pairs: list[tuple[str, object, str]] = []
    mark, end = _token(text, start)
    while mark != "}":
        if mark == ",":
            mark, end = _token(text, end)
        name = re.sub(_SURROGATE, "\ufffd", json.loads(mark))
        _, end = _token(text, end)  # the colon
        value, after = _value(text, end)
        pairs.append((name, value, f"{mark}:{text[end:after].strip()}"))
        mark, end = _token(text, after)
    return Members(tuple(pairs)), end


def _array(text: str, start: int) -> tuple[list[object], int]:
    items: list[object] = []
    mark, end = _token(text, start)
    while mark != "]":
        value, end = _value(text, end if mark == "," else start)
        items.append(value)
        start = end
        mark, end = _token(text, end)
    return items, end


def _token(text: str, start: int) -> tuple[str, int]:
    match = _TOKEN.match(text, start)
    assert match is not None
    return match[1], match.end()
