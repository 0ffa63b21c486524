"""When something is due: cron text and fixed intervals, as robfig/cron of the Go programs reads them.

Five fields, names, ranges, steps, ``?``, ``@daily`` and its kin, ``@every 1h30m``, and ``CRON_TZ=Zone`` in front. cronsim
computes the moments, so that a clock change neither loses nor doubles a run: what falls into the hour that is skipped runs
when it ends, what falls into the hour that comes twice runs once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from regclient.errors import ParseError
from regclient.kit.duration import SECOND, parse_duration

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_ZONES = ("CRON_TZ=", "TZ=")
_LONGEST = 1000


class InvalidSchedule(ParseError):
    """Text that is no schedule."""

    noun = "schedule"


class Schedule(Protocol):
    """Something that knows its next moment; a value."""

    def following(self, moment: float) -> float:
        """Return the first moment after this one, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed distance, in whole seconds."""

    seconds: int

    def following(self, moment: float) -> float:
        """Return the full second that much later."""
        return float(int(moment) + self.seconds)


@dataclass(frozen=True, slots=True)
class Cron:
    """Moments of the calendar of a zone: ``fields`` are five, in the form cronsim reads as Go means them."""

    fields: str
    zone: tzinfo

    def following(self, moment: float) -> float:
        """Return the next moment that fits the fields."""
        from cronsim import CronSim  # noqa: PLC0415 - a door: only a server has schedules

        moments = CronSim(self.fields, datetime.fromtimestamp(int(moment), UTC).astimezone(self.zone))
        found = moment
        while found <= moment:
            # The hour that comes twice is one moment for the fields and two for us: the first found may lie behind.
            found = next(moments).timestamp()
        return found


def parse_schedule(text: str, local: tzinfo = UTC) -> Schedule:
    """Read a schedule; ``local`` is the zone of one that names none.

    Raises:
        InvalidSchedule: the text is none, names a zone that is not known, or a day that never comes.
    """
    zone, rest = _zone_of(text, local)
    if len(text) > _LONGEST:
        raise InvalidSchedule(text, "too long")
    if rest.startswith(_EVERY):
        return every(_duration(rest[len(_EVERY) :], text))
    if rest.startswith("@"):
        if rest not in _NAMED:
            raise InvalidSchedule(text, f"known names are {', '.join(_NAMED)} and @every DURATION")
        return Cron(_NAMED[rest], zone)
    words = rest.split()
    if len(words) != len(_FIELDS):
        raise InvalidSchedule(text, f"expected five fields (minute hour day month weekday), found {len(words)}")
    made = Cron(" ".join(field.read(word, text) for field, word in zip(_FIELDS, words, strict=True)), zone)
    _must_come(made, text)
    return made


def every(nanoseconds: int) -> Every:
    """Return the schedule of an interval: whole seconds, one at least."""
    return Every(max(1, nanoseconds // SECOND))


def _zone_of(text: str, local: tzinfo) -> tuple[tzinfo, str]:
    prefix = next((prefix for prefix in _ZONES if text.startswith(prefix)), None)
    if prefix is None:
        return local, text.strip()
    name, _, rest = text[len(prefix) :].partition(" ")
    return local if name == "Local" else zone_named(name, text), rest.strip()


def zone_named(name: str, text: str = "") -> tzinfo:
    """Return a time zone by its name; an empty name is UTC, as in Go.

    Raises:
        InvalidSchedule: there is no such zone; ``text`` is what it was found in.
    """
    if name in {"", "UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise InvalidSchedule(text or name, f"unknown time zone {name[:100]!r}") from None


def _duration(words: str, text: str) -> int:
    try:
        return parse_duration(words)
    except ParseError as error:
        raise InvalidSchedule(text, error.reason) from None


def _must_come(made: Cron, text: str) -> None:
    from cronsim import CronSimError  # noqa: PLC0415 - a door, as above

    try:
        Cron(made.fields, UTC).following(0.0)
    except CronSimError:
        raise InvalidSchedule(text, "no month has such a day") from None


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five: its name and bounds, and the names its numbers have."""

    what: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    explicit: bool = False

    def read(self, word: str, text: str) -> str:
        """Check a field and return it as cronsim has to see it.

        A day or weekday whose field has a star counts only together with the other one, and a step takes the star away. cronsim
        sees a star by the first character, so what is none for Go is spelled out. Minutes and hours keep theirs, by which
        cronsim tells work at an hour from work at every hour.
        """
        parts = [self._part(part, text) for part in word.split(",") if part]
        if not parts:
            raise InvalidSchedule(text, f"the {self.what} is empty")
        star = any(part.star for part in parts)
        numbers = sorted({number for part in parts for number in part.numbers})
        if star and (self.explicit or len(numbers) > self.high - self.low):
            # A star beside others still is one, and then every number is there.
            return "*"
        if len(parts) == 1 and parts[0].stepped and not self.explicit:
            return f"*/{parts[0].step}"
        return ",".join(map(str, numbers))

    def _part(self, part: str, text: str) -> _Part:
        span, slash, step_text = part.partition("/")
        step = self._number(step_text, text, named=False) if slash else 1
        if step < 1:
            raise InvalidSchedule(text, f"the step of {part!r} is not positive")
        first, hyphen, last = span.partition("-")
        if first in {"*", "?"}:
            return _Part(range(self.low, self.high + 1, step), star=step == 1, step=step)
        low = self._number(first, text)
        high = self._number(last, text) if hyphen else self.high if slash else low
        if not self.low <= low <= high <= self._highest:
            raise InvalidSchedule(text, f"the {self.what} {part!r} is not within {self.low}-{self.high}")
        return _Part([number % 7 if self._is_weekday else number for number in range(low, high + 1, step)])

    @property
    def _is_weekday(self) -> bool:
        return self.high == 6

    @property
    def _highest(self) -> int:
        return 7 if self._is_weekday else self.high

    def _number(self, word: str, text: str, *, named: bool = True) -> int:
        if named and word.lower() in self.names:
            return self.low + self.names.index(word.lower())
        word = word.removeprefix("+")
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            raise InvalidSchedule(text, f"the {self.what} {word!r} is no number")
        return int(word)


class _Part:
    """One part of a list in a field."""

    __slots__ = ("numbers", "star", "step", "stepped")

    def __init__(self, numbers: range | list[int], *, star: bool = False, step: int = 0) -> None:
        self.numbers = numbers
        self.star = star
        self.step = step
        self.stepped = step > 1


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31, explicit=True),
    _Field("month", 1, 12, _MONTHS, explicit=True),
    _Field("weekday", 0, 6, _WEEKDAYS, explicit=True),
)
