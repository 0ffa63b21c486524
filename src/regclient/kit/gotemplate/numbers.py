"""Number constants of templates: Go's literals to Python numbers."""

from __future__ import annotations

import math
import re

# Not compiled here: few templates hold a number, and the re module keeps what it compiled.
_INTEGER = r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)"
_DIGITS = r"[0-9](?:_?[0-9])*"
_FLOAT = rf"[+-]?(?:(?:{_DIGITS})?\.(?:{_DIGITS})?|{_DIGITS})(?:[eE][+-]?{_DIGITS})?"
_HEXADECIMAL = r"[+-]?0[xX](?:_?[0-9a-fA-F])*\.?(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?[pP][+-]?[0-9]+"
_MAX_LENGTH = 1000


def parse_number(text: str) -> int | float | complex:
    """Return the value of a constant: an integer unless it is written with a point, an exponent or an ``i``.

    Raises:
        ValueError: with the message Go's parser gives.
    """
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"illegal number syntax: {text[:20]!r}...")
    if text.endswith("i") and not text.lower().startswith(("0x", "+0x", "-0x")):
        return _complex(text)
    if re.fullmatch(_INTEGER, text):
        return _integer(text)
    value = _float(text)
    if not any(mark in text for mark in ".eEpP"):
        raise ValueError(f'integer overflow: "{text}"')
    return value


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    sign, unsigned = (digits[0], digits[1:]) if digits[0] in "+-" else ("", digits)
    if len(unsigned) > 1 and unsigned[0] == "0" and unsigned[1].isdigit():
        unsigned = "0o" + unsigned[1:]
    value = int(unsigned, 0)
    if sign == "-":
        value = -value
    if not -(1 << 63) <= value < 1 << 64:
        raise ValueError(f'integer overflow: "{text}"')
    return value


def _float(text: str) -> float:
    if re.fullmatch(_HEXADECIMAL, text):
        return _finite(text, hexadecimal=True)
    if re.fullmatch(_FLOAT, text) and any(character.isdigit() for character in text):
        return _finite(text, hexadecimal=False)
    raise ValueError(f'illegal number syntax: "{text}"')


def _finite(text: str, *, hexadecimal: bool) -> float:
    digits = text.replace("_", "")
    try:
        value = float.fromhex(digits) if hexadecimal else float(digits)
    except (ValueError, OverflowError):
        raise ValueError(f'illegal number syntax: "{text}"') from None
    if math.isinf(value):
        raise ValueError(f'illegal number syntax: "{text}"')
    return value


def _complex(text: str) -> complex:
    body = text[:-1]
    cut = max(body.rfind("+"), body.rfind("-"))
    if cut > 0 and body[cut - 1] in "eEpP":
        cut = max(body.rfind("+", 0, cut - 1), body.rfind("-", 0, cut - 1))
    real, imaginary = (body[:cut], body[cut:]) if cut > 0 else ("", body)
    return complex(_part(real, text) if real else 0.0, _part(imaginary, text))


def _part(text: str, whole: str) -> float:
    try:
        return float(_integer(text)) if re.fullmatch(_INTEGER, text) else _float(text)
    except ValueError:
        raise ValueError(f'illegal number syntax: "{whole}"') from None
