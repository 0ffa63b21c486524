"""A moment as Go's time.Time has it: nanoseconds, a zone, and layouts to write and read it."""

from __future__ import annotations

from collections.abc import Callable

from regclient.kit.civil import SECONDS_PER_DAY, UTC, Zone, date_of, day_number, local_zone
from regclient.kit.duration import SECOND
from regclient.kit.timelayout import Parts, format_parts, parse_parts

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"
_STRING = "2006-01-02 15:04:05.999999999 -0700 MST"
_ZERO_SECONDS = day_number(1, 1, 1) * SECONDS_PER_DAY
_MAX_DURATION = (1 << 63) - 1


class GoTime:
    """A moment with nanoseconds and the zone it is shown in; equal to another when the moment is the same."""

    __slots__ = ("_parts", "nanosecond", "seconds", "zone")

    def __init__(self, seconds: int = _ZERO_SECONDS, nanosecond: int = 0, zone: Zone = UTC) -> None:
        carried, self.nanosecond = divmod(nanosecond, SECOND)
        self.seconds = seconds + carried
        self.zone = zone
        self._parts: Parts | None = None

    @classmethod
    def of(cls, parts: Parts, zone: Zone) -> GoTime:
        """Make a moment of calendar parts in a zone; parts out of range carry over."""
        seconds = parts.days * SECONDS_PER_DAY + parts.hour * 3600 + parts.minute * 60 + parts.second
        return cls(seconds - zone.offset, parts.nanosecond, zone)

    @classmethod
    def parse(cls, layout: str, text: str, *, local: Callable[[int], Zone] = local_zone) -> GoTime:
        """Read a time that looks like the layout; without a zone in the text it is UTC.

        Raises:
            ParseError: the text looks different, or names a moment that does not exist.
        """
        parts = parse_parts(layout, text)
        if parts.zone is not None:
            moment = cls.of(parts, parts.zone)
            here = local(moment.seconds)
            known = here.offset == parts.zone.offset and parts.zone.name in {"", here.name}
            return moment.within(here) if known and parts.zone != UTC else moment
        if parts.zone_name:
            return cls._named(parts, local(cls.of(parts, UTC).seconds))
        return cls.of(parts, UTC)

    @classmethod
    def _named(cls, parts: Parts, here: Zone) -> GoTime:
        """Guess what a zone known by its name only means: Go knows the machine's own, and takes others for UTC.

        For ``GMT+3`` Go shows the offset but does not apply it; so do we.
        """
        name = parts.zone_name
        if name == here.name:
            return cls.of(parts, here)
        offset = int(name[3:]) * 3600 if name.startswith("GMT") and len(name) > 3 else 0
        return cls.of(parts, UTC).within(Zone(offset, name))

    @property
    def parts(self) -> Parts:
        """The calendar date and the clock in this zone."""
        if self._parts is None:
            days, clock = divmod(self.seconds + self.zone.offset, SECONDS_PER_DAY)
            year, month, day = date_of(days)
            self._parts = Parts(year, month, day, clock // 3600, clock // 60 % 60, clock % 60, self.nanosecond, self.zone)
        return self._parts

    def format(self, layout: str) -> str:
        """Write the moment as the layout looks."""
        return format_parts(self.parts, layout)

    def within(self, zone: Zone) -> GoTime:
        """Return the same moment, shown in another zone."""
        return GoTime(self.seconds, self.nanosecond, zone)

    def utc(self) -> GoTime:
        """Return the same moment, shown in UTC."""
        return self.within(UTC)

    def local(self) -> GoTime:
        """Return the same moment, shown in the machine's zone."""
        return self.within(local_zone(self.seconds))

    def add(self, nanoseconds: int) -> GoTime:
        """Return the moment that much later."""
        return GoTime(self.seconds, self.nanosecond + nanoseconds, self.zone)

    def add_date(self, years: int, months: int, days: int) -> GoTime:
        """Return the moment that many years, months and days later by the calendar; 31 April becomes 1 May."""
        now = self.parts
        parts = Parts(now.year + years, now.month + months, now.day + days, now.hour, now.minute, now.second, self.nanosecond)
        return GoTime.of(parts, self.zone)

    def sub(self, other: GoTime) -> int:
        """Return the nanoseconds since the other moment, at most what a Go duration holds."""
        return max(-_MAX_DURATION - 1, min(_MAX_DURATION, self.unix_nano - other.unix_nano))

    def truncate(self, nanoseconds: int) -> GoTime:
        """Return the moment rounded down to a multiple of the duration since the year 1."""
        return self if nanoseconds <= 0 else self.add(-(self._since_zero % nanoseconds))

    def round(self, nanoseconds: int) -> GoTime:
        """Return the moment rounded to the nearest multiple of the duration since the year 1, halves up."""
        if nanoseconds <= 0:
            return self
        rest = self._since_zero % nanoseconds
        return self.add(-rest if rest + rest < nanoseconds else nanoseconds - rest)

    @property
    def unix_nano(self) -> int:
        """Nanoseconds since 1970."""
        return self.seconds * SECOND + self.nanosecond

    @property
    def is_zero(self) -> bool:
        """Whether this is the first moment of the year 1, which Go takes for no time at all."""
        return self.seconds == _ZERO_SECONDS and self.nanosecond == 0

    @property
    def _since_zero(self) -> int:
        return (self.seconds - _ZERO_SECONDS) * SECOND + self.nanosecond

    def __str__(self) -> str:
        """Print as Go does: ``2006-01-02 15:04:05.999999999 -0700 MST``."""
        return self.format(_STRING)

    def __repr__(self) -> str:
        """Show the moment for debugging."""
        return f"GoTime({self.format(RFC3339_NANO)})"

    def __eq__(self, other: object) -> bool:
        """Equal when the moments are the same, whatever the zones."""
        return isinstance(other, GoTime) and self.unix_nano == other.unix_nano

    def __lt__(self, other: GoTime) -> bool:
        """Whether this moment is before the other."""
        return self.unix_nano < other.unix_nano

    def __le__(self, other: GoTime) -> bool:
        """Whether this moment is not after the other."""
        return self.unix_nano <= other.unix_nano

    def __hash__(self) -> int:
        """Hash of the moment."""
        return hash(self.unix_nano)
