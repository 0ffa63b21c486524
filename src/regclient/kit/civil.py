"""Days since 1970 to dates and back, for any year, in whole numbers.

Python's ``datetime`` stops at microseconds and the year 9999 and takes a millisecond to import; Go's times do neither.
"""

from __future__ import annotations

import time
from typing import NamedTuple

SECONDS_PER_DAY = 86400
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Zone(NamedTuple):
    """An offset east of UTC in seconds, and what the zone is called there (nothing when unknown)."""

    offset: int = 0
    name: str = "UTC"


UTC = Zone()


def local_zone(seconds: int) -> Zone:
    """Return the machine's zone as it is at that time; UTC for times the machine cannot tell of."""
    try:
        local = time.localtime(seconds)
    except (OverflowError, OSError, ValueError):
        return UTC
    return Zone(local.tm_gmtoff, local.tm_zone)


def is_leap(year: int) -> bool:
    """Whether a year has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    return 29 if month == 2 and is_leap(year) else _DAYS[month]


def day_number(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01; months and days out of range carry over, as in Go's ``time.Date``."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    # Count from March, so that the leap day is the last of its year.
    shifted = year - (month <= 2)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date_of(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a day number."""
    era, of_era = divmod(days + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1
