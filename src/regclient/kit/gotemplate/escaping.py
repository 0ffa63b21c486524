"""``html js urlquery``: text made safe for the place it goes to."""

from __future__ import annotations

from regclient.kit.gotemplate.printing import printable, sprint
from regclient.kit.gotemplate.text import REPLACEMENT, utf8

_HTML = str.maketrans({"\0": REPLACEMENT, '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = {
    "\\": r"\\",
    "'": r"\'",
    '"': r"\"",
    "<": r"\u003C",
    ">": r"\u003E",
    "&": r"\u0026",
    "=": r"\u003D",
}
_URL_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")


def html(*values: object) -> str:
    """Print the values and escape what HTML would take as markup."""
    return _joined(values).translate(_HTML)


def js(*values: object) -> str:
    """Print the values and escape what would end a JavaScript string."""
    return "".join(_js(character) for character in _joined(values))


def urlquery(*values: object) -> str:
    """Print the values and escape them for the query of a URL."""
    escaped = (chr(byte) if byte in _URL_SAFE else "+" if byte == 0x20 else f"%{byte:02X}" for byte in utf8(_joined(values)))
    return "".join(escaped)


def _joined(values: tuple[object, ...]) -> str:
    return values[0] if len(values) == 1 and isinstance(values[0], str) else sprint([printable(value) for value in values])


def _js(character: str) -> str:
    if character in _JS:
        return _JS[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04X}"
