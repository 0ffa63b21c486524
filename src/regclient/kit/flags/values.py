"""The values of flags, read as pflag reads them.

Go's number and boolean syntax differs from Python's in small ways (``0777`` is octal, ``t`` is true, no blanks), and the
cause in an error message is part of what scripts see.
"""

from __future__ import annotations

from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regclient.kit.flags.table import Flag

_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}


def parse_bool(text: str) -> bool:
    """Read a boolean in any of the spellings of Go's ``strconv.ParseBool``.

    Raises:
        ValueError: it is none of them.
    """
    if text not in _BOOLEANS:
        raise ValueError(_cause("ParseBool", text, "invalid syntax"))
    return _BOOLEANS[text]


def parse_int(text: str) -> int:
    """Read a signed 64-bit integer, its base told by its prefix.

    Raises:
        ValueError: it is not one, or too large.
    """
    value = _number(text.removeprefix("-") if text.startswith("-") else text.removeprefix("+"))
    if value is None:
        raise ValueError(_cause("ParseInt", text, "invalid syntax"))
    value = -value if text.startswith("-") else value
    if not -(1 << 63) <= value < 1 << 63:
        raise ValueError(_cause("ParseInt", text, "value out of range"))
    return value


def parse_uint(text: str) -> int:
    """Read an unsigned 64-bit integer, its base told by its prefix.

    Raises:
        ValueError: it is not one, or too large.
    """
    value = _number(text)
    if value is None:
        raise ValueError(_cause("ParseUint", text, "invalid syntax"))
    if value >= 1 << 64:
        raise ValueError(_cause("ParseUint", text, "value out of range"))
    return value


def parse_float(text: str) -> float:
    """Read a floating point number; infinity and what is no number are refused, for no setting can mean them.

    Raises:
        ValueError: it is not one, or too large.
    """
    try:
        # float() also takes blanks and other scripts' digits, which Go does not: an x spoils those.
        value = float(text if text.isascii() and text == text.strip() else "x")
    except ValueError:
        raise ValueError(_cause("ParseFloat", text, "invalid syntax")) from None
    if not isfinite(value):
        raise ValueError(_cause("ParseFloat", text, "value out of range"))
    return value


def go_quoted(text: str, *, mark: str = '"') -> str:
    """Quote text as Go's ``%q`` does, for messages that scripts compare."""
    if text.isascii() and text.isprintable() and mark not in text and "\\" not in text:
        return f"{mark}{text}{mark}"
    from regclient.kit.gotemplate.text import quote  # noqa: PLC0415 - a door: few texts need escapes

    return quote(text, mark=mark)


def default_of(flag: Flag) -> object:
    """Return the value of a flag that is not given."""
    if flag.repeats:
        return ()
    return _READERS[flag.kind](flag.default or _ZEROES[flag.kind])


def value_of(flag: Flag, text: str) -> object:
    """Read one value given for a flag.

    Raises:
        ValueError: the flag refuses it; the text is the cause that the message ends with.
    """
    if flag.parse is not None:
        return flag.parse(text)
    return _READERS[flag.kind](text)


def _number(text: str) -> int | None:
    # int() knows Go's prefixes and underscores but also takes signs, blanks and other scripts' digits, and refuses plain octal.
    if not text.isascii() or not text[:1].isdigit() or text != text.strip():
        return None
    if text[0] == "0" and len(text) > 1 and (text[1].isdigit() or text[1] == "_"):
        text = "0o" + text[1:]
    try:
        return int(text, 0)
    except ValueError:
        return None


def _cause(function: str, text: str, reason: str) -> str:
    return f"strconv.{function}: parsing {go_quoted(text)}: {reason}"


_ZEROES = {"string": "", "bool": "false", "int": "0", "int64": "0", "uint": "0", "float64": "0"}
_READERS: dict[str, Callable[[str], object]] = {
    "string": str,
    "stringArray": str,
    "bool": parse_bool,
    "int": parse_int,
    "int64": parse_int,
    "uint": parse_uint,
    "float64": parse_float,
}
