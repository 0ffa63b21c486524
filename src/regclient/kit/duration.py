"""Go durations: ``1h30m`` in settings files and flags, ``1h30m0s`` in output; whole nanoseconds in between."""

from __future__ import annotations

import re

from regclient.errors import ParseError

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_LIMIT = 1 << 63
_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_PART = re.compile(r"(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?(?P<unit>[^0-9.]*)")
_MAX_LENGTH = 200


def parse_duration(text: str) -> int:
    """Return the nanoseconds of a text such as ``300ms``, ``-1.5h`` or ``2h45m``.

    Raises:
        ParseError: the text is no duration, lacks a unit, or lasts longer than 292 years.
    """
    negative = text.startswith("-")
    rest = text[1:] if text[:1] in {"-", "+"} else text
    if rest == "0":
        return 0
    if not rest or len(text) > _MAX_LENGTH:
        raise ParseError(text, "not a duration such as 1h30m")
    total = _total(rest, text)
    if total > _LIMIT - (not negative):
        raise ParseError(text, "not a duration such as 1h30m: too long")
    return -total if negative else total


def format_duration(nanoseconds: int) -> str:
    """Return the duration as Go prints it: ``1h0m0s``, ``1.5s``, ``2µs``, ``0s``."""
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left == 0:
        return "0s"
    if left < SECOND:
        unit = "ns" if left < MICROSECOND else "µs" if left < MILLISECOND else "ms"
        return f"{sign}{_decimal(left, _UNITS[unit])}{unit}"
    minutes, seconds = divmod(left, MINUTE)
    hours, minutes = divmod(minutes, 60)
    shown = _decimal(seconds, SECOND) + "s"
    if hours:
        shown = f"{hours}h{minutes}m{shown}"
    elif minutes:
        shown = f"{minutes}m{shown}"
    return sign + shown


def _total(rest: str, text: str) -> int:
    total, position = 0, 0
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None or not (match["whole"] or match["fraction"]):
            raise ParseError(text, "not a duration such as 1h30m")
        if not match["unit"]:
            raise ParseError(text, "a duration needs a unit, such as 30s")
        unit = _UNITS.get(match["unit"])
        if unit is None:
            raise ParseError(text, f"unknown unit {match['unit']!r} in a duration")
        fraction = match["fraction"] or ""
        total += int(match["whole"] or 0) * unit + _fraction(fraction, unit)
        position = match.end()
    return total


def _fraction(digits: str, unit: int) -> int:
    return int(int(digits) * (unit / 10 ** len(digits))) if digits else 0


def _decimal(value: int, unit: int) -> str:
    whole, fraction = divmod(value, unit)
    if not fraction:
        return str(whole)
    return f"{whole}.{fraction:0{len(str(unit)) - 1}d}".rstrip("0")
