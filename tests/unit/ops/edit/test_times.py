import pytest

from regclient.errors import InvalidManifest, ParseError
from regclient.ops.edit.times import TimeRule, parse_moment

NEW = "2024-02-03T04:05:06Z"
SECONDS = 1706933106


def test_a_rule_is_read_from_text() -> None:
    assert TimeRule((SECONDS, 0), None, NEW) == TimeRule.of(NEW)
    assert TimeRule((SECONDS, 500), (0, 0), "2024-02-03T06:05:06.0000005+02:00") == TimeRule.of(
        "2024-02-03T06:05:06.0000005+02:00", "1970-01-01T00:00:00Z"
    )
    with pytest.raises(ParseError):
        TimeRule.of("yesterday")


def test_every_other_time_is_changed_without_a_limit() -> None:
    rule = TimeRule.of(NEW)

    assert [True, False, True, True] == [
        rule.applies(SECONDS - 1),
        rule.applies(SECONDS),
        rule.applies(SECONDS, 1),
        rule.applies(0),
    ]


def test_only_later_times_are_changed_with_a_limit() -> None:
    rule = TimeRule.of(NEW, "2020-01-01T00:00:00Z")

    assert [False, False, True] == [rule.applies(0), rule.applies(1577836800), rule.applies(1577836800, 1)]


def test_texts_in_configs_keep_their_zone_when_they_stay() -> None:
    rule = TimeRule.of(NEW)

    assert NEW == rule.applied("2020-01-01T00:00:00Z")
    assert "2024-02-03T05:05:06+01:00" == rule.applied("2024-02-03T05:05:06+01:00")
    assert "" == rule.applied("")
    with pytest.raises(InvalidManifest):
        rule.applied("x")


def test_a_moment_is_read_whatever_the_zone_of_this_machine() -> None:
    assert SECONDS == parse_moment(NEW).seconds == parse_moment("2024-02-03T05:05:06+01:00").seconds
