from __future__ import annotations

from regclient.kit.civil import UTC, Zone, date_of, day_number, days_in, is_leap, local_zone
from tests.tables import table


@table(
    ("date", "days"),
    [
        ((1970, 1, 1), 0),
        ((1969, 12, 31), -1),
        ((2000, 2, 29), 11016),
        ((2024, 3, 1), 19783),
        ((1, 1, 1), -719162),
        ((0, 2, 29), -719469),
        ((-4712, 1, 1), -2440550),
        ((12345, 6, 7), 3789548),
    ],
)
def test_dates_and_days_are_two_names_of_one_thing(date: tuple[int, int, int], days: int) -> None:
    assert days == day_number(*date)
    assert date == date_of(days)


def test_every_day_follows_the_one_before() -> None:
    start = day_number(1999, 12, 1)
    dates = [date_of(start + offset) for offset in range(3000)]
    assert sorted(dates) == dates
    assert [start + offset for offset in range(3000)] == [day_number(*date) for date in dates]


@table(
    ("given", "carried"),
    [
        ((2024, 13, 1), (2025, 1, 1)),
        ((2024, 0, 1), (2023, 12, 1)),
        ((2024, 2, 30), (2024, 3, 1)),
        ((2024, -11, 1), (2023, 1, 1)),
    ],
)
def test_what_is_out_of_range_carries_over(given: tuple[int, int, int], carried: tuple[int, int, int]) -> None:
    assert carried == date_of(day_number(*given))


def test_leap_years() -> None:
    assert [True, False, False, True] == [is_leap(2000), is_leap(1900), is_leap(2023), is_leap(2024)]


def test_february_is_as_long_as_its_year_says() -> None:
    assert [29, 28, 31, 30] == [days_in(2024, 2), days_in(2023, 2), days_in(2023, 1), days_in(2023, 4)]


def test_the_local_zone_is_a_zone() -> None:
    assert abs(local_zone(0).offset) <= 24 * 3600


def test_a_time_the_machine_cannot_tell_of_is_utc() -> None:
    assert UTC == local_zone(1 << 80)


def test_utc_has_no_offset() -> None:
    assert Zone(0, "UTC") == UTC
