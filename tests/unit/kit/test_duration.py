from __future__ import annotations

import pytest

from regclient.errors import ParseError
from regclient.kit.duration import HOUR, MINUTE, SECOND, format_duration, parse_duration
from tests.tables import table


@table(
    ("text", "nanoseconds", "printed"),
    [
        ("0", 0, "0s"),
        ("1h30m", 90 * MINUTE, "1h30m0s"),
        ("-1.5h", -90 * MINUTE, "-1h30m0s"),
        ("300ms", 300_000_000, "300ms"),
        ("1.5us", 1_500, "1.5µs"),
        ("+5m30.25s", 330 * SECOND + 250_000_000, "5m30.25s"),
        ("100h", 100 * HOUR, "100h0m0s"),
        ("1ns", 1, "1ns"),
    ],
)
def test_durations_are_read_and_printed(text: str, nanoseconds: int, printed: str) -> None:
    assert nanoseconds == parse_duration(text)
    assert printed == format_duration(nanoseconds)
    assert nanoseconds == parse_duration(printed)


@table(
    ("text", "reason"),
    [
        ("", "not a duration"),
        ("-", "not a duration"),
        (".s", "not a duration"),
        ("1", "needs a unit"),
        ("1h2", "needs a unit"),
        ("1d", "unknown unit 'd'"),
        ("1 s", "unknown unit ' s'"),
        ("9999999h", "too long"),
        ("1s" * 101, "not a duration"),
    ],
)
def test_other_texts_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_duration(text)
    assert reason in caught.value.reason
    assert text == caught.value.text
