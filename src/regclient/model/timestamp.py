"""Times in documents: RFC 3339 text, read as strictly and written as tersely as Go does.

The text is kept, for a :class:`~datetime.datetime` would lose the nanoseconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from regclient.errors import InvalidManifest

# Go takes a comma before the fraction and an hour of one digit, so documents may hold them.
_RFC3339 = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<hour>[01]?\d|2[0-3])(?P<rest>:\d{2}:\d{2})(?:[.,](?P<fraction>\d+))?(?P<zone>Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)


def parse_time(text: str, where: str = "timestamp") -> datetime:
    """Read an RFC 3339 time, to the microsecond, with its offset.

    Raises:
        InvalidManifest: the text is not such a time.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise InvalidManifest(where, f"{text[:40]!r} is not an RFC 3339 time")
    try:
        moment = datetime.fromisoformat(
            f"{match['date']}T{match['hour']:0>2}{match['rest']}.{(match['fraction'] or '')[:6]:0<6}"
        )
        return moment.replace(tzinfo=_zone(match["zone"]))
    except ValueError as error:
        raise InvalidManifest(where, f"{text[:40]!r} is not a time: {error}") from error


def normal_time(text: str, where: str = "timestamp") -> str:
    """Return the text Go writes for a time it has read: nine digits at most, none that says nothing, ``Z`` for no offset.

    Raises:
        InvalidManifest: the text is not an RFC 3339 time.
    """
    parse_time(text, where)
    match = _RFC3339.fullmatch(text)
    assert match is not None
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    zone = "Z" if match["zone"] in {"+00:00", "-00:00"} else match["zone"]
    return f"{match['date']}T{match['hour']:0>2}{match['rest']}{'.' if fraction else ''}{fraction}{zone}"


def same_time(mine: str, theirs: str) -> bool:
    """Whether two texts are the same moment, to the nanosecond; what cannot be read only equals itself."""
    if mine == theirs:
        return True
    try:
        first, second = (parse_time(text) for text in (mine, theirs))
    except InvalidManifest:
        return False
    return first == second and _nanoseconds(mine) == _nanoseconds(theirs)


def time_text(moment: datetime) -> str:
    """Return a time as documents hold it, in UTC."""
    return normal_time(moment.astimezone(UTC).isoformat())


def _nanoseconds(text: str) -> str:
    match = _RFC3339.fullmatch(text)
    assert match is not None
    return f"{(match['fraction'] or '')[:9]:0<9}"


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("its offset is out of range")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
