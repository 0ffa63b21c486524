from __future__ import annotations

import pytest

from regclient.errors import ParseError
from regclient.kit.civil import Zone
from regclient.kit.timelayout import Parts, format_parts, parse_parts
from tests.tables import table

PARTS = Parts(2024, 2, 29, 15, 4, 5, 120_000_000, Zone(-7 * 3600, "MST"))


@table(
    ("layout", "text"),
    [
        ("Monday, January 2 2006", "Thursday, February 29 2024"),
        ("Mon Jan _2 06", "Thu Feb 29 24"),
        ("01/02 03:04:05PM", "02/29 03:04:05PM"),
        ("15:04:05.000 -0700 MST", "15:04:05.120 -0700 MST"),
        ("15:04:05.999999 Z07:00", "15:04:05.12 -07:00"),
        ("002 __2 3pm", "060  60 3pm"),
        ("no time at all", "no time at all"),
    ],
)
def test_a_layout_shows_what_a_time_looks_like(layout: str, text: str) -> None:
    assert text == format_parts(PARTS, layout)


def test_a_zone_without_a_name_shows_its_offset() -> None:
    assert format_parts(Parts(zone=Zone(19_800, "")), "MST") == "+0530"


def test_parts_know_their_day_of_the_week_and_year() -> None:
    assert (4, 60) == (PARTS.weekday, PARTS.year_day)


def test_what_was_written_can_be_read() -> None:
    layout = "Mon Jan _2 15:04:05.000000000 -0700 MST 2006"
    assert parse_parts(layout, format_parts(PARTS, layout)) == Parts(
        2024, 2, 29, 15, 4, 5, 120_000_000, Zone(-7 * 3600, "MST"), "MST"
    )


@table(
    ("layout", "text", "reason"),
    [
        ("2006-01-02", "2024-13-01", "month out of range"),
        ("2006-01-02", "2023-02-29", "day out of range"),
        ("15:04", "24:00", "hour out of range"),
        ("2006", "24", "cannot parse '24' as '2006'"),
        ("2006", "2024x", "extra text: 'x'"),
        ("Jan", "Foo", "cannot parse 'Foo' as 'Jan'"),
        ("2006 002", "2023 366", "day-of-year out of range"),
        ("2006-01-02 002", "2024-02-29 061", "day-of-year does not match the date"),
        ("-0700", "+2500", "time zone offset hour out of range"),
        ("PM", "XM", "cannot parse 'XM' as 'PM'"),
    ],
)
def test_other_texts_are_refused(layout: str, text: str, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_parts(layout, text)
    assert caught.value.reason.endswith(reason)


def test_a_monstrous_text_is_refused() -> None:
    with pytest.raises(ParseError, match="too long for a time"):
        parse_parts("2006", "1" * 5000)
