"""Go's time layouts: the reference time ``Mon Jan 2 15:04:05 MST 2006`` written the way the wanted text should look.

Formatting and parsing work on plain parts of a time; ``gotime.py`` makes them a moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from regclient.errors import ParseError
from regclient.kit.civil import Zone, day_number, days_in, is_leap

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
_SHORT_DAYS = tuple(name[:3] for name in DAYS)
_CHUNK = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|[2345]|PM|pm"
    r"|[-Z](?:07:00:00|070000|07:00|0700|07)|[.,](?:0+|9+)(?![0-9])"
)
_ZONE_NAME = re.compile(r"ChST|MeST|GMT(?:[+-][0-9]{1,2})?|WITA|[A-Z]{3}ST|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3}|[+-][0-9]{2}")
_MAX_LENGTH = 4096


@dataclass(slots=True)
class Parts:
    """A time taken apart. ``zone`` is ``None`` when a text did not name one; ``zone_name`` when only its name is known."""

    year: int = 0
    month: int = 1
    day: int = 1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    zone: Zone | None = None
    zone_name: str = ""

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return day_number(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """Day of the week, 0 for Sunday."""
        return (self.days + 4) % 7

    @property
    def year_day(self) -> int:
        """Day of the year, 1 for the first of January."""
        return self.days - day_number(self.year, 1, 1) + 1


def format_parts(parts: Parts, layout: str) -> str:
    """Write a time as the layout looks."""
    return _CHUNK.sub(lambda match: _written(parts, match[0]), layout)


def parse_parts(layout: str, text: str) -> Parts:
    """Read a time that looks like the layout.

    Raises:
        ParseError: the text looks different, or names a moment that does not exist.
    """
    if len(text) > _MAX_LENGTH or len(layout) > _MAX_LENGTH:
        raise ParseError(text, "too long for a time")
    return _Reader(layout, text).run()


def _written(parts: Parts, chunk: str) -> str:
    if chunk[0] in ".,":
        return _fraction(parts.nanosecond, chunk)
    if chunk[0] in "-Z":
        return _offset(parts.zone or Zone(), chunk)
    return _WRITERS[chunk](parts)


def _zone_name(parts: Parts) -> str:
    zone = parts.zone or Zone()
    return zone.name or _offset(zone, "-0700")


def _fraction(nanosecond: int, chunk: str) -> str:
    digits = f"{nanosecond:09d}"[: len(chunk) - 1].ljust(len(chunk) - 1, "0")
    if chunk[1] == "9":
        digits = digits.rstrip("0")
    return chunk[0] + digits if digits else ""


def _offset(zone: Zone, chunk: str) -> str:
    if chunk[0] == "Z" and zone.offset == 0:
        return "Z"
    hours, rest = divmod(abs(zone.offset), 3600)
    colon = ":" if ":" in chunk else ""
    text = f"{'-' if zone.offset < 0 else '+'}{hours:02d}"
    if len(chunk) > 3:
        text += f"{colon}{rest // 60:02d}"
    return text + (f"{colon}{rest % 60:02d}" if len(chunk) > 6 else "")


_WRITERS: dict[str, Callable[[Parts], str]] = {
    "January": lambda parts: MONTHS[parts.month - 1],
    "Jan": lambda parts: _SHORT_MONTHS[parts.month - 1],
    "Monday": lambda parts: DAYS[parts.weekday],
    "Mon": lambda parts: _SHORT_DAYS[parts.weekday],
    "MST": _zone_name,
    "002": lambda parts: f"{parts.year_day:03d}",
    "__2": lambda parts: f"{parts.year_day:3d}",
    "01": lambda parts: f"{parts.month:02d}",
    "1": lambda parts: str(parts.month),
    "02": lambda parts: f"{parts.day:02d}",
    "_2": lambda parts: f"{parts.day:2d}",
    "2": lambda parts: str(parts.day),
    "15": lambda parts: f"{parts.hour:02d}",
    "03": lambda parts: f"{parts.hour % 12 or 12:02d}",
    "3": lambda parts: str(parts.hour % 12 or 12),
    "04": lambda parts: f"{parts.minute:02d}",
    "4": lambda parts: str(parts.minute),
    "05": lambda parts: f"{parts.second:02d}",
    "5": lambda parts: str(parts.second),
    "2006": lambda parts: f"{parts.year:04d}" if parts.year >= 0 else f"-{-parts.year:04d}",
    "06": lambda parts: f"{abs(parts.year) % 100:02d}",
    "PM": lambda parts: "PM" if parts.hour >= 12 else "AM",
    "pm": lambda parts: "pm" if parts.hour >= 12 else "am",
}


class _Reader:
    """One walk over a layout and a text."""

    __slots__ = ("_afternoon", "_day", "_layout", "_month", "_parts", "_rest", "_text", "_year_day")

    def __init__(self, layout: str, text: str) -> None:
        self._layout = layout
        self._text = text
        self._rest = text
        self._parts = Parts()
        self._month = self._day = self._year_day = -1
        self._afternoon: bool | None = None

    def run(self) -> Parts:
        position = 0
        for match in _CHUNK.finditer(self._layout):
            self._literal(self._layout[position : match.start()])
            self._chunk(match[0], self._layout[match.end() :])
            position = match.end()
        self._literal(self._layout[position:])
        if self._rest:
            self._wrong(f"extra text: {self._rest!r}")
        self._finish()
        return self._parts

    def _wrong(self, reason: str) -> None:
        raise ParseError(self._text, f"not a time like {self._layout!r}: {reason}")

    def _cannot(self, chunk: str) -> None:
        self._wrong(f"cannot parse {self._rest!r} as {chunk!r}")

    def _literal(self, prefix: str) -> None:
        """Skip text that the layout holds as it is; a space stands for any number of them."""
        left = prefix
        while left:
            if left[0] == " ":
                if self._rest and self._rest[0] != " ":
                    self._cannot(prefix)
                left, self._rest = left.lstrip(" "), self._rest.lstrip(" ")
            elif self._rest[:1] != left[0]:
                self._cannot(prefix)
            else:
                left, self._rest = left[1:], self._rest[1:]

    def _chunk(self, chunk: str, following: str) -> None:
        if chunk[0] in ".,":
            self._read_fraction(chunk)
        elif chunk[0] in "-Z":
            self._read_offset(chunk)
        elif chunk in _NAMES:
            self._read_name(chunk)
        elif chunk == "MST":
            self._read_zone_name()
        elif chunk in {"PM", "pm"}:
            self._read_half(chunk)
        else:
            self._read_number(chunk, following)

    def _read_name(self, chunk: str) -> None:
        for index, name in enumerate(_NAMES[chunk]):
            if self._rest[: len(name)].lower() == name.lower():
                self._rest = self._rest[len(name) :]
                if chunk in {"Jan", "January"}:
                    self._month = index + 1
                return
        self._cannot(chunk)

    def _read_half(self, chunk: str) -> None:
        half = self._rest[:2]
        if half not in ({"AM", "PM"} if chunk == "PM" else {"am", "pm"}):
            self._cannot(chunk)
        self._afternoon = half.lower() == "pm"
        self._rest = self._rest[2:]

    def _read_number(self, chunk: str, following: str) -> None:
        least, most = _WIDTHS[chunk]
        rest = self._rest.lstrip(" ") if chunk == "__2" else self._rest
        if chunk == "_2" and rest[:1] == " ":
            rest = rest[1:]
        count = 0
        while count < most and rest[count : count + 1].isdigit() and rest[count].isascii():
            count += 1
        if count < least:
            self._cannot(chunk)
        number = int(rest[:count])
        self._rest = rest[count:]
        self._store(chunk, number)
        if chunk in {"5", "05"}:
            self._loose_fraction(following)

    def _store(self, chunk: str, number: int) -> None:
        if chunk == "06":
            self._parts.year = number + (1900 if number >= 69 else 2000)
        elif chunk in {"1", "01"}:
            self._month = self._ranged(number, 1, 12, "month")
        elif chunk in {"2", "02", "_2"}:
            self._day = number
        elif chunk in {"002", "__2"}:
            self._year_day = number
        else:
            name, highest = _FIELDS[chunk]
            setattr(self._parts, name, self._ranged(number, 0, highest, name))

    def _ranged(self, number: int, low: int, high: int, what: str) -> int:
        if not low <= number <= high:
            self._wrong(f"{what} out of range")
        return number

    def _loose_fraction(self, following: str) -> None:
        """Take a fraction behind the seconds even where the layout has none, unless it comes next."""
        upcoming = _CHUNK.search(following)
        if upcoming is not None and upcoming[0][0] in ".,":
            return
        if self._rest[:1] in {".", ","} and self._rest[1:2].isdigit():
            self._take_fraction(len(self._rest))

    def _read_fraction(self, chunk: str) -> None:
        if chunk[1] == "9":
            if self._rest[:1] in {".", ","} and self._rest[1:2].isdigit():
                self._take_fraction(len(self._rest))
            return
        digits = self._rest[1 : len(chunk)]
        if self._rest[:1] not in {".", ","} or len(digits) != len(chunk) - 1 or not digits.isdigit():
            self._cannot(chunk)
        self._take_fraction(len(chunk))

    def _take_fraction(self, limit: int) -> None:
        count = 1
        while count < limit and self._rest[count : count + 1].isdigit() and self._rest[count].isascii():
            count += 1
        self._parts.nanosecond = int(self._rest[1 : min(count, 10)].ljust(9, "0"))
        self._rest = self._rest[count:]

    def _read_offset(self, chunk: str) -> None:
        if chunk[0] == "Z" and self._rest[:1] == "Z":
            self._rest = self._rest[1:]
            self._parts.zone = Zone()
            return
        pattern = "([+-])([0-9]{2})" + {3: "", 5: "([0-9]{2})", 6: ":([0-9]{2})", 7: "([0-9]{2})([0-9]{2})"}.get(
            len(chunk), ":([0-9]{2}):([0-9]{2})"
        )
        match = re.match(pattern, self._rest)
        if match is None:
            self._cannot(chunk)
            return
        self._rest = self._rest[match.end() :]
        hours, minutes, seconds = (int(part) for part in (*match.groups()[1:], "0", "0")[:3])
        self._ranged(hours, 0, 24, "time zone offset hour")
        self._ranged(minutes, 0, 60, "time zone offset minute")
        self._ranged(seconds, 0, 60, "time zone offset second")
        offset = hours * 3600 + minutes * 60 + seconds
        self._parts.zone = Zone(-offset if match[1] == "-" else offset, self._parts.zone_name)

    def _read_zone_name(self) -> None:
        if self._rest.startswith("UTC"):
            self._rest = self._rest[3:]
            self._parts.zone = Zone()
            return
        match = _ZONE_NAME.match(self._rest)
        if match is None or re.match("[A-Z]", self._rest[match.end() :]):
            self._cannot("MST")
            return
        self._parts.zone_name = match[0]
        self._rest = self._rest[match.end() :]
        known = self._parts.zone
        if known is not None:
            self._parts.zone = Zone(known.offset, match[0])

    def _finish(self) -> None:
        parts = self._parts
        if self._afternoon is not None:
            parts.hour = parts.hour % 12 + (12 if self._afternoon else 0)
        if self._year_day >= 0:
            self._apply_year_day()
        parts.month = 1 if self._month < 0 else self._month
        parts.day = 1 if self._day < 0 else self._day
        self._ranged(parts.day, 1, days_in(parts.year, parts.month), "day")

    def _apply_year_day(self) -> None:
        year_day = self._ranged(self._year_day, 1, 366 if is_leap(self._parts.year) else 365, "day-of-year")
        month = 1
        while year_day > days_in(self._parts.year, month):
            year_day -= days_in(self._parts.year, month)
            month += 1
        if self._month not in {-1, month} or self._day not in {-1, year_day}:
            self._wrong("day-of-year does not match the date")
        self._month, self._day = month, year_day


_NAMES = {"January": MONTHS, "Jan": _SHORT_MONTHS, "Monday": DAYS, "Mon": _SHORT_DAYS}
_WIDTHS = {
    "2006": (4, 4),
    "06": (2, 2),
    "01": (2, 2),
    "02": (2, 2),
    "03": (2, 2),
    "04": (2, 2),
    "05": (2, 2),
    "002": (3, 3),
    "__2": (1, 3),
    "1": (1, 2),
    "2": (1, 2),
    "_2": (1, 2),
    "3": (1, 2),
    "4": (1, 2),
    "5": (1, 2),
    "15": (1, 2),
}
_FIELDS = {
    "2006": ("year", 9999),
    "15": ("hour", 23),
    "3": ("hour", 12),
    "03": ("hour", 12),
    "4": ("minute", 59),
    "04": ("minute", 59),
    "5": ("second", 59),
    "05": ("second", 59),
}
