from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from regclient.errors import InvalidManifest
from regclient.model.timestamp import normal_time, parse_time, same_time, time_text
from tests.tables import table


@table(
    ("text", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05.600Z", "2024-01-02T03:04:05.6Z"),
        ("2024-01-02T03:04:05.000Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05.1234567899Z", "2024-01-02T03:04:05.123456789Z"),
        ("2024-01-02T03:04:05,5Z", "2024-01-02T03:04:05.5Z"),
        ("2024-01-02T3:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05-00:00", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05-07:30", "2024-01-02T03:04:05-07:30"),
    ],
)
def test_times_are_written_as_go_writes_them(text: str, expected: str) -> None:
    assert expected == normal_time(text)


@table(
    "text",
    [
        *(
            "",
            "now",
            "2024-01-02",
            "2024-01-02 03:04:05Z",
            "2024-01-02T03:04:05",
            "2024-01-02t03:04:05Z",
            "2024-01-02T03:04:05z",
        ),
        *("2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00+24:00"),
        *("2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00.Z", "\u0662024-01-01T00:00:00Z", "2024-01-01T00:00:00Z\n"),
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidManifest):
        normal_time(text)


def test_times_have_their_offset() -> None:
    expected = datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=timezone(timedelta(hours=-7, minutes=-30)))

    assert expected == parse_time("2024-01-02T03:04:05.123456789-07:30")


def test_a_moment_is_written_in_utc() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, 600000, tzinfo=timezone(timedelta(hours=2)))

    assert "2024-01-02T01:04:05.6Z" == time_text(moment)


def test_times_are_compared_as_moments() -> None:
    new = "2024-02-03T04:05:06Z"

    assert same_time(new, "2024-02-03T05:05:06.000+01:00")
    assert same_time("2024-02-03T04:05:06.123456789Z", "2024-02-03T05:05:06.123456789+01:00")
    assert same_time("odd", "odd")
    for other in ("2024-02-03T04:05:06.000000001Z", "2024-02-03T04:05:07Z", "odd", ""):
        assert not same_time(new, other)
