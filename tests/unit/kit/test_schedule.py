"""Schedules: what Go's cron reads is read, and clock changes neither lose nor double a run."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from regclient.kit.schedule import Cron, Every, InvalidSchedule, every, parse_schedule, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC).timestamp()


def moments(text: str, start: float, count: int, zone: ZoneInfo | None = None) -> list[str]:
    schedule, found = parse_schedule(text, zone or UTC), list[str]()
    for _ in range(count):
        start = schedule.following(start)
        found.append(datetime.fromtimestamp(start, zone or UTC).strftime("%m-%d %H:%M:%S%z"))
    return found


def test_fields_are_read_as_go_reads_them() -> None:
    read = {
        "* * * * *": "* * * * *",
        "*/15 3 * * ?": "*/15 3 * * *",
        "5/20 * * * *": "5,25,45 * * * *",
        "0 0-6/2 1,15 JAN,mar fri-SAT": "0 0,2,4,6 1,15 1,3 5,6",
        "0 0 * * 7": "0 0 * * 0",
        "0 0 * * 5-7": "0 0 * * 0,5,6",
        "1,,2 * * * *": "1,2 * * * *",
        "0 0 *,3 * *": "0 0 * * *",
        "0 0 */10 * 1": "0 0 1,11,21,31 * 1",
        "*/1 0-23 ?/1 * *": "* 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 * * *",
        "+1 02 * * *": "1 2 * * *",
        " @daily": "0 0 * * *",
        "@weekly": "0 0 * * 0",
        "CRON_TZ=Europe/Berlin  @yearly": "0 0 1 1 *",
    }
    for text, fields in read.items():
        found = parse_schedule(text)
        assert isinstance(found, Cron)
        assert (text, fields) == (text, found.fields)


def test_what_is_no_schedule_is_refused_in_words() -> None:
    refused = {
        "": "five fields",
        "* * * *": "found 4",
        "60 * * * *": "not within 0-59",
        "5-3 * * * *": "not within",
        "1-2-3 * * * *": "no number",
        "*/0 * * * *": "not positive",
        "*/a * * * *": "no number",
        "* * 0 * *": "not within 1-31",
        "* * * foo *": "no number",
        "* * * * 8": "not within",
        ", * * * *": "empty",
        "0 0 30 2 *": "no month has such a day",
        "0 0 31 4,6 ?": "no month has such a day",
        "@reboot": "known names",
        "@every": "known names",
        "@every 1": "needs a unit",
        "TZ=Mars/Base * * * * *": "unknown time zone",
        "TZ=../../etc/passwd * * * * *": "unknown time zone",
        "* * * * *" * 200: "too long",
    }
    for text, words in refused.items():
        with pytest.raises(InvalidSchedule, match=words) as caught:
            parse_schedule(text)
        assert caught.value.text == text


def test_intervals_are_whole_seconds_from_the_full_second() -> None:
    assert parse_schedule("@every 1h30m") == Every(5400)
    assert parse_schedule("@every 10ms") == Every(1)
    assert every(2_900_000_000) == Every(2)
    assert Every(5).following(100.7) == 105.0


def test_the_next_moment_is_always_later() -> None:
    for text in ("* * * * *", "0 3 * * *", "@every 1s", "@hourly"):
        assert parse_schedule(text).following(START) > START
    assert moments("30 10 * * *", START, 2) == ["03-04 10:30:00+0000", "03-05 10:30:00+0000"]


def test_a_day_or_a_weekday_is_enough_unless_one_of_them_is_a_star() -> None:
    assert moments("0 0 13 * fri", START, 3) == ["03-06 00:00:00+0000", "03-13 00:00:00+0000", "03-20 00:00:00+0000"]
    assert moments("0 0 13 * *", START, 2) == ["03-13 00:00:00+0000", "04-13 00:00:00+0000"]
    assert moments("0 0 */15 * fri", START, 3) == ["03-06 00:00:00+0000", "03-13 00:00:00+0000", "03-16 00:00:00+0000"]


def test_the_zone_in_front_wins_over_the_local_one() -> None:
    assert moments("0 12 * * *", START, 1, BERLIN) == ["03-04 12:00:00+0100"]
    assert moments("CRON_TZ=America/New_York 0 12 * * *", START, 1) == ["03-04 17:00:00+0000"]
    assert moments("TZ= 0 12 * * *", START, 1, BERLIN) == ["03-04 13:00:00+0100"]
    assert moments("TZ=Local 0 12 * * *", START, 1, BERLIN) == ["03-04 12:00:00+0100"]
    assert zone_named("") is UTC


def test_a_time_that_the_clock_skips_runs_when_the_gap_ends() -> None:
    # On 29 March 2026 the clock goes from 02:00 to 03:00 in Berlin.
    start = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN).timestamp()
    assert moments("30 2 * * *", start, 2, BERLIN) == ["03-29 03:00:00+0200", "03-30 02:30:00+0200"]
    assert moments("0 */1 * * *", start + 46800, 3, BERLIN) == [
        "03-29 03:00:00+0200",
        "03-29 04:00:00+0200",
        "03-29 05:00:00+0200",
    ]


def test_a_time_that_comes_twice_runs_once_and_every_hour_still_comes() -> None:
    # On 25 October 2026 the clock goes from 03:00 back to 02:00 in Berlin.
    start = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN).timestamp()
    assert moments("30 2 * * *", start, 2, BERLIN) == ["10-25 02:30:00+0200", "10-26 02:30:00+0100"]
    hourly = moments("0 * * * *", start + 46800, 3, BERLIN)
    assert hourly == ["10-25 02:00:00+0200", "10-25 02:00:00+0100", "10-25 03:00:00+0100"]


def test_a_schedule_asked_in_the_second_of_two_equal_hours_does_not_look_back() -> None:
    second = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN, fold=1).timestamp()
    for text in ("30 2 * * *", "50 2 * * *", "*/20 * * * *"):
        assert parse_schedule(text, BERLIN).following(second) > second
