"""Go's times, and every case of Go's own time package recorded in ``tests/vectors/gotime``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from regclient.errors import ParseError
from regclient.kit.civil import UTC, Zone
from regclient.kit.duration import format_duration, parse_duration
from regclient.kit.gotime import RFC3339, RFC3339_NANO, GoTime
from tests.tables import table

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "gotime" / "vectors.json").read_text(encoding="utf-8"))
Case = dict[str, Any]


def moment(made: Case) -> GoTime:
    return GoTime(made["seconds"], made["nanos"], Zone(made["offset"], made["zone"]))


def answer(time: GoTime) -> Case:
    return {"seconds": time.seconds, "nanos": time.nanosecond, "offset": time.zone.offset, "zone": time.zone.name}


def duration(case: Case) -> object:
    length = parse_duration(case.get("text", ""))
    return length, format_duration(length)


def fields(case: Case) -> object:
    time = moment(case["moment"])
    parts = time.parts
    clock = [parts.hour, parts.minute, parts.second, parts.nanosecond]
    return [parts.year, parts.month, parts.day, *clock, parts.weekday, parts.year_day], str(time)


def result(case: Case) -> object:
    return case["result"]


ASK: dict[str, Callable[[Case], object]] = {
    "duration": duration,
    "length": lambda case: format_duration(case["number"]),
    "format": lambda case: moment(case["moment"]).format(case.get("layout", "")),
    "parse": lambda case: answer(GoTime.parse(case["layout"], case.get("text", ""), local=lambda _seconds: UTC)),
    "truncate": lambda case: answer(moment(case["moment"]).truncate(case.get("number", 0))),
    "round": lambda case: answer(moment(case["moment"]).round(case.get("number", 0))),
    "add": lambda case: answer(moment(case["moment"]).add(case.get("number", 0))),
    "date": lambda case: answer(moment(case["moment"]).add_date(*case["date"])),
    "fields": fields,
}
EXPECTED: dict[str, Callable[[Case], object]] = {
    "duration": lambda case: (case.get("length", 0), case.get("answer", "")),
    "length": lambda case: case["answer"],
    "format": lambda case: case.get("answer", ""),
    "fields": lambda case: (case["fields"], case["answer"]),
}


@table("kind", sorted(ASK))
def test_every_recorded_case_gives_what_go_gives(kind: str) -> None:
    wrong = []
    cases = [{"number": 0, **case} for case in VECTORS["cases"] if case["kind"] == kind]
    for case in cases:
        expected: object = "error" if "error" in case else EXPECTED.get(kind, result)(case)
        try:
            actual: object = ASK[kind](case)
        except ParseError:
            actual = "error"
        if expected != actual:
            wrong.append((case, actual))
    assert cases
    assert wrong == []


def test_the_default_is_go_s_zero_time() -> None:
    assert GoTime().is_zero
    assert str(GoTime()) == "0001-01-01 00:00:00 +0000 UTC"
    assert not GoTime(0).is_zero


def test_rfc_3339_is_read_and_written() -> None:
    time = GoTime.parse(RFC3339, "2024-02-29T12:34:56.5+01:00", local=lambda _seconds: UTC)
    assert time.format(RFC3339_NANO) == "2024-02-29T12:34:56.5+01:00"
    assert time.utc().format(RFC3339) == "2024-02-29T11:34:56Z"


def test_a_time_in_the_machine_s_zone_gets_its_name() -> None:
    here = Zone(3600, "CET")
    time = GoTime.parse("2006-01-02 15:04 -0700", "2024-01-01 00:00 +0100", local=lambda _seconds: here)
    assert here == time.zone
    named = GoTime.parse("2006-01-02 15:04 MST", "2024-01-01 00:00 CET", local=lambda _seconds: here)
    assert time == named


def test_moments_are_equal_whatever_the_zone() -> None:
    time = GoTime(100, 5)
    same = time.within(Zone(3600, "CET"))
    assert time == same
    assert hash(time) == hash(same)
    assert time.local() == time
    assert time != "100"


def test_moments_have_an_order_and_a_distance() -> None:
    early, late = GoTime(1), GoTime(3, 5)
    assert early < late
    assert early <= late
    assert late > early
    assert [2_000_000_005, -2_000_000_005] == [late.sub(early), early.sub(late)]


def test_a_distance_is_at_most_what_a_duration_holds() -> None:
    assert GoTime(1 << 40).sub(GoTime()) == (1 << 63) - 1


def test_nanoseconds_carry_over() -> None:
    assert (2, 999_999_999) == (GoTime(3, -1).seconds, GoTime(3, -1).nanosecond)


def test_a_moment_shows_itself() -> None:
    assert repr(GoTime(0)) == "GoTime(1970-01-01T00:00:00Z)"
