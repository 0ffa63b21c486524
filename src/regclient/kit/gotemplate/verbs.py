"""How Go's fmt writes one number, character, string or truth value under one verb with its flags.

Every function gives the padded text, or ``None`` when the verb does not go with the kind of value; ``formatting.py`` turns
that into Go's ``%!verb(type=value)``. The rules are those of https://pkg.go.dev/fmt.
"""

from __future__ import annotations

from regclient.kit.gotemplate.floats import append_float
from regclient.kit.gotemplate.text import quote, rune, utf8

_BASES = {"d": 10, "v": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}
_PREFIXES = {2: "0b", 16: "0x"}
_FORMATS = {2: "b", 8: "o", 10: "d", 16: "x"}
_MAX_RUNE = 0x10FFFF


class Spec:
    """The flags, width and precision of one verb."""

    __slots__ = ("minus", "plus", "plus_v", "precision", "sharp", "sharp_v", "space", "width", "zero")

    def __init__(self) -> None:
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.plus_v = self.sharp_v = False
        self.width: int | None = None
        self.precision: int | None = None


PLAIN = Spec()


def pad(spec: Spec, text: str, *, zero: bool | None = None) -> str:
    """Fill the text up to the width; ``zero`` overrules the flag where zeros would lie (signs, prefixes, names)."""
    fill = (spec.width or 0) - len(text)
    if fill <= 0:
        return text
    if spec.minus:
        return text + " " * fill
    return ("0" if (spec.zero if zero is None else zero) else " ") * fill + text


def boolean(spec: Spec, value: object, verb: str) -> str | None:
    """Write ``true`` or ``false``."""
    return pad(spec, "true" if value else "false") if verb in "tv" else None


def integer(spec: Spec, value: int, verb: str, *, unsigned: bool = False) -> str | None:
    """Write an integer in a base, as a character or as a code point."""
    if verb == "v" and spec.sharp_v and unsigned:
        return _based(spec, value, "x", sharp=True)
    if verb in _BASES:
        return _based(spec, value, verb, sharp=spec.sharp)
    if verb == "c":
        return pad(spec, rune(value))
    if verb == "q":
        return pad(spec, quote(rune(value), ascii_only=spec.plus, mark="'"))
    return _code_point(spec, value) if verb == "U" else None


def floating(spec: Spec, value: float, verb: str) -> str | None:
    """Write a floating-point number."""
    if verb not in "vbgGxXfFeE":
        return None
    default = 6 if verb in "fFeE" else -1
    kind = {"v": "g", "F": "f"}.get(verb, verb)
    number = append_float(value, kind, default if spec.precision is None else spec.precision)
    sign, digits = (number[0], number[1:]) if number[0] in "+-" else ("+", number)
    if digits in {"Inf", "NaN"}:
        return _not_finite(spec, sign, digits)
    if spec.sharp and verb != "b":
        digits = _with_point(digits, verb, spec.precision)
    if spec.space and sign == "+" and not spec.plus:
        sign = " "
    if not spec.plus and sign == "+":
        return pad(spec, digits)
    if spec.zero and not spec.minus:
        return sign + digits.rjust((spec.width or 0) - 1, "0")
    return pad(spec, sign + digits)


def complex_number(spec: Spec, value: complex, verb: str) -> str | None:
    """Write a complex number: both parts under the same verb, the second always with its sign."""
    real = floating(spec, value.real, verb)
    if real is None:
        return None
    plus, spec.plus = spec.plus, True
    imaginary = floating(spec, value.imag, verb)
    spec.plus = plus
    return f"({real}{imaginary}i)"


def string(spec: Spec, text: str, verb: str) -> str | None:
    """Write a string plainly, quoted or in hexadecimal."""
    if verb == "v":
        return pad(spec, quote(_cut(spec, text)) if spec.sharp_v else _cut(spec, text))
    if verb == "s":
        return pad(spec, _cut(spec, text))
    if verb == "q":
        return pad(spec, _quoted(spec, _cut(spec, text)))
    return hexadecimal(spec, utf8(text), verb) if verb in "xX" else None


def hexadecimal(spec: Spec, data: bytes, verb: str) -> str:
    """Write bytes as pairs of hexadecimal digits, apart with the space flag, each or all behind ``0x`` with ``#``."""
    if spec.precision is not None:
        data = data[: spec.precision]
    prefix = "0x" if spec.sharp else ""
    if not data:
        text = ""
    elif spec.space:
        text = " ".join(prefix + f"{byte:02x}" for byte in data)
    else:
        text = prefix + data.hex()
    return pad(spec, text.upper() if verb == "X" else text)


def _based(spec: Spec, value: int, verb: str, *, sharp: bool) -> str:
    base = _BASES[verb]
    least = spec.precision
    if least == 0 and value == 0:
        return " " * (spec.width or 0)
    if least is None and spec.zero and not spec.minus and spec.width is not None:
        least = spec.width - (value < 0 or spec.plus or spec.space)
    digits = format(abs(value), _FORMATS[base]).rjust(least or 0, "0")
    if sharp and base == 8 and not digits.startswith("0"):
        digits = "0" + digits
    elif sharp:
        digits = _PREFIXES.get(base, "") + digits
    if verb == "O":
        digits = "0o" + digits
    if verb == "X":
        digits = digits.upper()
    sign = "-" if value < 0 else "+" if spec.plus else " " if spec.space else ""
    return pad(spec, sign + digits, zero=False)


def _code_point(spec: Spec, value: int) -> str:
    code = value % (1 << 64)
    text = f"U+{code:0{max(spec.precision or 0, 4)}X}"
    if spec.sharp and code <= _MAX_RUNE and rune(code).isprintable():
        text += f" '{rune(code)}'"
    return pad(spec, text, zero=False)


def _not_finite(spec: Spec, sign: str, digits: str) -> str:
    if spec.plus or sign == "-":
        return pad(spec, sign + digits, zero=False)
    if spec.space:
        return pad(spec, " " + digits, zero=False)
    return pad(spec, digits if digits == "NaN" else sign + digits, zero=False)


def _with_point(digits: str, verb: str, precision: int | None) -> str:
    """Keep the decimal point and, for %g, the zeros behind it: what the ``#`` flag asks for."""
    wanted = (6 if precision is None else precision) if verb in "vgGx" else 0
    cut = len(digits)
    for mark in "pP" if verb in "xX" else "eEpP":
        cut = min(cut, digits.index(mark) if mark in digits else cut)
    head, tail = digits[:cut], digits[cut:]
    # Go counts the x of the prefix, and every digit behind it, as significant.
    seen = len(head.replace(".", "").lstrip("0"))
    if "." not in head:
        seen += head == "0"
        head += "."
    return head + "0" * max(0, wanted - seen) + tail


def _cut(spec: Spec, text: str) -> str:
    return text if spec.precision is None else text[: spec.precision]


def _quoted(spec: Spec, text: str) -> str:
    if spec.sharp and _fits_backquotes(text):
        return f"`{text}`"
    return quote(text, ascii_only=spec.plus)


def _fits_backquotes(text: str) -> bool:
    return all(
        character == "\t" or not (character < " " or character in "`\x7f\ufeff" or "\ud800" <= character <= "\udfff")
        for character in text
    )
