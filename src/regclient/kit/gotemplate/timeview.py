"""Times, durations, months and weekdays as templates see them: with Go's methods and Go's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regclient.kit import duration, timelayout
from regclient.kit.gotemplate.values import Failure, Function, Method, Named, Struct, plain
from regclient.kit.gotime import RFC3339_NANO, GoTime

_NONE: Mapping[str, object] = {}
_DURATION = "time.Duration"
_TIME = "time.Time"


def time_value(moment: GoTime) -> Struct:
    """Present a moment as a ``time.Time``."""
    return _view(moment, pointer=False)


def time_pointer(moment: GoTime) -> Struct:
    """Present a moment as a ``*time.Time``, for fields that may be nil."""
    return _view(moment, pointer=True)


def duration_value(nanoseconds: int) -> Named:
    """Present nanoseconds as a ``time.Duration``."""

    def text() -> str:
        return duration.format_duration(nanoseconds)

    methods: dict[str, Method] = {
        "String": text,
        "Hours": lambda: _in(nanoseconds, duration.HOUR),
        "Minutes": lambda: _in(nanoseconds, duration.MINUTE),
        "Seconds": lambda: _in(nanoseconds, duration.SECOND),
        "Milliseconds": lambda: Named(_toward_zero(nanoseconds, duration.MILLISECOND), "int64"),
        "Microseconds": lambda: Named(_toward_zero(nanoseconds, duration.MICROSECOND), "int64"),
        "Nanoseconds": lambda: Named(nanoseconds, "int64"),
        "Abs": lambda: duration_value(abs(nanoseconds)),
        "Truncate": Function(lambda unit: duration_value(_truncated(nanoseconds, _length(unit))), (_DURATION,)),
    }
    return Named(nanoseconds, _DURATION, methods=methods, text=text)


def time_functions(now: Callable[[], int]) -> dict[str, Method]:
    """Return the template function ``time``, whose ``Now`` asks the given clock for nanoseconds since 1970."""
    methods: dict[str, Method] = {
        "Now": lambda: time_value(GoTime(0, now()).local()),
        "Parse": Function(lambda layout, text: time_value(GoTime.parse(layout, text)), ("string", "string")),
    }
    return {"time": lambda: Struct("template.TimeFuncs", _NONE, methods=methods, pointer=True)}


def _view(moment: GoTime, *, pointer: bool) -> Struct:
    return Struct(
        _TIME,
        _NONE,
        methods=_methods(moment),
        text=moment.__str__,
        document=lambda: f'"{moment.format(RFC3339_NANO)}"',
        pointer=pointer,
        subject=moment,
    )


def _methods(moment: GoTime) -> dict[str, Method]:
    parts = moment.parts
    return {
        "Add": Function(lambda length: time_value(moment.add(_length(length))), (_DURATION,)),
        "AddDate": Function(lambda years, months, days: time_value(moment.add_date(years, months, days)), ("int",) * 3),
        "After": Function(lambda other: _moment(other) < moment, (_TIME,)),
        "Before": Function(lambda other: moment < _moment(other), (_TIME,)),
        "Compare": Function(lambda other: (moment > _moment(other)) - (moment < _moment(other)), (_TIME,)),
        "Equal": Function(lambda other: moment == _moment(other), (_TIME,)),
        "Day": lambda: parts.day,
        "Format": Function(moment.format, ("string",)),
        "Hour": lambda: parts.hour,
        "IsZero": lambda: moment.is_zero,
        "Local": lambda: time_value(moment.local()),
        "Minute": lambda: parts.minute,
        "Month": lambda: _numbered(parts.month, "time.Month", timelayout.MONTHS[parts.month - 1]),
        "Nanosecond": lambda: parts.nanosecond,
        "Round": Function(lambda length: time_value(moment.round(_length(length))), (_DURATION,)),
        "Second": lambda: parts.second,
        "String": lambda: str(moment),
        "Sub": Function(lambda other: duration_value(moment.sub(_moment(other))), (_TIME,)),
        "Truncate": Function(lambda length: time_value(moment.truncate(_length(length))), (_DURATION,)),
        "UTC": lambda: time_value(moment.utc()),
        "Unix": lambda: Named(moment.seconds, "int64"),
        "UnixMicro": lambda: Named(moment.unix_nano // duration.MICROSECOND, "int64"),
        "UnixMilli": lambda: Named(moment.unix_nano // duration.MILLISECOND, "int64"),
        "UnixNano": lambda: Named(moment.unix_nano, "int64"),
        "Weekday": lambda: _numbered(parts.weekday, "time.Weekday", timelayout.DAYS[parts.weekday]),
        "Year": lambda: parts.year,
        "YearDay": lambda: parts.year_day,
    }


def _numbered(number: int, type_name: str, name: str) -> Named:
    return Named(number, type_name, text=lambda: name, methods={"String": lambda: name})


def _moment(value: object) -> GoTime:
    subject = value.subject if isinstance(value, Struct) else None
    if not isinstance(subject, GoTime):
        raise Failure("not a time.Time")
    return subject


def _length(value: object) -> int:
    under = plain(value)
    if not isinstance(under, int):
        raise Failure("not a time.Duration")
    return under


def _in(value: int, unit: int) -> float:
    whole = _toward_zero(value, unit)
    return whole + (value - whole * unit) / unit


def _toward_zero(value: int, unit: int) -> int:
    return value // unit if value >= 0 else -(-value // unit)


def _truncated(value: int, unit: int) -> int:
    return value if unit <= 0 else _toward_zero(value, unit) * unit
