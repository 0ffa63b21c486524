r"""Text the way Go sees it: strings are bytes, usually UTF-8, and have a quoted form.

Python text stands for a Go string; a byte that is no UTF-8 travels as a lone surrogate (``surrogateescape``), so that nothing
is lost between a literal such as ``"\xff"`` and the output. Whoever writes the output encodes it the same way.
"""

from __future__ import annotations

import re

_LONE = "[\ud800-\udfff]"
_SHORT_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
}
_SHORT_MEANINGS = {escape[1]: character for character, escape in _SHORT_ESCAPES.items()}
# Not compiled here: few templates hold an escape, and the re module keeps what it compiled.
_ESCAPE = r"(?s)\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([^\\])"
_MAX_RUNE = 0x10FFFF
_INVALID = "invalid syntax"
REPLACEMENT = "�"


def utf8(text: str) -> bytes:
    """Return the bytes a Go string would hold; surrogates that stand for no byte become U+FFFD, as Go's decoders do."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return re.sub(_LONE, REPLACEMENT, text).encode("utf-8")


def from_utf8(data: bytes) -> str:
    """Return the text for the bytes of a Go string; :func:`utf8` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def quote(text: str, *, ascii_only: bool = False, mark: str = '"') -> str:
    """Return a Go literal for the text, between double quotes or, for a character, single ones."""
    if text.isascii() and text.isprintable() and mark not in text and "\\" not in text:
        return f"{mark}{text}{mark}"
    return mark + "".join(_escaped(character, mark, ascii_only=ascii_only) for character in text) + mark


def rune(code: int) -> str:
    """Return the character of a code point, U+FFFD when there is none."""
    if 0 <= code <= _MAX_RUNE and not 0xD800 <= code <= 0xDFFF:
        return chr(code)
    return REPLACEMENT


def unquote(literal: str) -> str:
    """Return the text of a Go string literal, interpreted or raw.

    Raises:
        ValueError: the literal has a wrong escape or, between double quotes, a line end.
    """
    mark, body = literal[0], literal[1:-1]
    if mark == "`":
        return body.replace("\r", "")
    if "\\" not in body and "\n" not in body:
        return body
    return from_utf8(b"".join(_meanings(body, mark)))


def unquote_rune(literal: str) -> int:
    """Return the code point of a Go character constant.

    Raises:
        ValueError: it does not hold exactly one character, or its escape is wrong.
    """
    body = literal[1:-1]
    match = re.match(_ESCAPE, body)
    if match is None or body in {"'", "\n", '\\"'}:
        raise ValueError(_INVALID)
    if match.end() != len(body):
        raise ValueError(f"malformed character constant: {literal}")
    short, hexa, octal, four, eight, plain = match.groups()
    if plain is not None:
        return ord(plain)
    if short is not None:
        return ord(_SHORT_MEANINGS.get(short, short))
    return _code(hexa, octal, four or eight)


def _escaped(character: str, mark: str, *, ascii_only: bool) -> str:
    if character == mark:
        return "\\" + character
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    if code < 0x80 or (character.isprintable() and not ascii_only):
        return character if character.isprintable() else f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _meanings(body: str, mark: str) -> list[bytes]:
    parts: list[bytes] = []
    position = 0
    escape = re.compile(_ESCAPE)
    while position < len(body):
        match = escape.match(body, position)
        if match is None or match[6] in {"\n", mark} or (match[1] or mark) not in {mark, *_SHORT_MEANINGS}:
            raise ValueError(_INVALID)
        parts.append(_meaning(match))
        position = match.end()
    return parts


def _meaning(match: re.Match[str]) -> bytes:
    short, hexa, octal, four, eight, plain = match.groups()
    if plain is not None:
        return utf8(plain)
    if short is not None:
        return _SHORT_MEANINGS.get(short, short).encode()
    code = _code(hexa, octal, four or eight)
    return chr(code).encode() if four or eight else bytes([code])


def _code(hexa: str | None, octal: str | None, long: str | None) -> int:
    if octal:
        code = int(octal, 8)
        if code > 0xFF:
            raise ValueError(_INVALID)
        return code
    code = int(hexa or long or "", 16)
    if code > _MAX_RUNE or 0xD800 <= code <= 0xDFFF:
        raise ValueError(_INVALID)
    return code
