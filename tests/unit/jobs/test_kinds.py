"""Kinds of values: read as the Go programs read them, and wrong ones named with file, line and key."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.jobs.kinds import (
    DURATION,
    NUMBER,
    SECONDS,
    SECRET,
    SWITCH,
    TEXT,
    TEXT_MAP,
    TEXTS,
    UNSIGNED,
    WHOLE,
    Key,
    Kind,
    ListOf,
    MapOf,
    Place,
    Reading,
    Record,
    whole_number,
)
from regclient.jobs.yamltext import read_yaml
from regclient.kit.secret import Secret

INNER: Record[dict[str, object]] = Record(dict, (Key("min", "least", WHOLE, "how few"), Key("fastCheck", "fast", SWITCH)))


def read(kind: Kind, text: str, reading: Reading | None = None) -> object:
    return kind.read(read_yaml(text, "f.yml").root, Place(reading or Reading("f.yml"), "key"))


def test_whole_numbers_are_those_of_gos_yaml() -> None:
    # Each was asked of Go's regsync v0.11.5 (regsync config, defaults.parallel).
    same = {"5": 5, "-1": -1, "+3": 3, "1_0": 10, "1__0": 10, "010": 8, "-010": -8, "08": 8, "0x1F": 31, "0x_1": 1}
    same |= {"0o17": 15, "0b11": 3, "1e3": 1000, "5.0": 5, "5.5": 5, "-5.5": -5, "1_0.5": 10, str(2**63 - 1): 2**63 - 1}
    same |= {"'5'": 5, "'1e3'": 1000, "'5.5'": 5, "'010'": 10}
    for text, number in same.items():
        assert (text, number) == (text, read(WHOLE, text))
    for text in ("abc", "true", "0x", "'0x10'", "''", "' 5'", "1e400", ".inf", "0B11", "0XfF", str(2**63), "9" * 5000, "0b12"):
        with pytest.raises(InvalidConfig, match=r"line 1: key: "):
            read(WHOLE, text)
    with pytest.raises(ValueError, match="too large"):
        whole_number("1e400")


def test_each_kind_reads_its_own() -> None:
    assert read(TEXT, "3.10") == "3.10"
    assert read(SECRET, "hush") == Secret("hush")
    assert [True, False] == [read(SWITCH, word) for word in ("True", "FALSE")]
    assert read(UNSIGNED, "7") == 7
    assert [1.5, 16.0, 1000.0] == [read(NUMBER, word) for word in ("1.5", "0x10", "1_000")]
    assert read(DURATION, "1h30m") == 5_400_000_000_000
    assert read(DURATION, "'90s'") == 90_000_000_000
    assert read(SECONDS, "1m500ms") == 60.5
    assert read(TEXTS, "[3, 3.10, ~, '', x]") == ("3", "3.10", "", "", "x")
    assert read(TEXT_MAP, "{a: 1, 2: b, c: ~}") == {"a": "1", "2": "b", "c": ""}
    assert read(INNER, "{min: 3, fastCheck: ~}") == {"least": 3}
    assert read(ListOf(INNER), "[~, {min: 1}]") == ({}, {"least": 1})
    assert read(MapOf(WHOLE, 0), "{a: 1, b: }") == {"a": 1, "b": 0}


def test_what_is_of_another_kind_is_named_with_line_and_key() -> None:
    refused: list[tuple[Kind, str, str]] = [
        (TEXT, "[a]", "expected one value, found a list"),
        (TEXT, "{a: b}", "expected one value, found a mapping"),
        (SWITCH, "yes", "expected true or false, found 'yes'"),
        (SWITCH, "'true'", "expected true or false"),
        (SWITCH, "1", "expected true or false"),
        (UNSIGNED, "-1", "expected no negative number"),
        (NUMBER, "abc", "expected a whole number"),
        (NUMBER, "1e30", "too large"),
        (NUMBER, ".nan", "expected a whole number"),
        (DURATION, "90", "a duration needs a unit"),
        (DURATION, "5 m", "unknown unit"),
        (DURATION, "''", "not a duration"),
        (TEXTS, "a", "expected a list, found a single value"),
        (TEXTS, "{a: b}", "expected a list, found a mapping"),
        (TEXTS, "[[a]]", "key[0]: expected one value"),
        (TEXT_MAP, "[a]", "expected a mapping, found a list"),
        (TEXT_MAP, "{a: [b]}", "key.a: expected one value"),
        (INNER, "a", "expected a mapping"),
        (INNER, "\n\nmin: x", "line 3: key.min: expected a whole number"),
    ]
    for kind, text, words in refused:
        with pytest.raises(InvalidConfig) as caught:
            read(kind, text)
        assert words in caught.value.reason
        assert caught.value.reason.startswith("line ")


def test_unknown_keys_are_named_with_the_nearest_known_one_each_once() -> None:
    reading = Reading("f.yml")
    text = "&a {fastcheck: true, fast-check: 1, zzz: 1, x-own: 1}\n"
    read(INNER, text, reading)
    read(INNER, text, reading)
    assert reading.warnings == [
        "f.yml line 1: key.fastcheck is not a known key and is ignored; did you mean fastCheck?",
        "f.yml line 1: key.fast-check is not a known key and is ignored; did you mean fastCheck?",
        "f.yml line 1: key.zzz is not a known key and is ignored",
    ]


def test_places_lead_to_keys_and_items() -> None:
    place = Place(Reading("f.yml"))
    assert str(place.fail(3, "no")) == "invalid configuration 'f.yml': line 3: no"
    assert str(place.key("sync").item(2).key("type").fail(9, "no")).endswith("line 9: sync[2].type: no")


def test_every_kind_has_a_schema() -> None:
    assert INNER.schema() == {
        "type": ["object", "null"],
        "properties": {
            "min": {"type": ["integer", "string", "null"], "description": "how few"},
            "fastCheck": {"type": ["boolean", "null"]},
        },
        "patternProperties": {"^x-": {}, "^<<$": {}},
        "additionalProperties": False,
    }
    assert TEXTS.schema() == {"type": ["array", "null"], "items": TEXT.schema()}
    assert TEXT_MAP.schema() == {"type": ["object", "null"], "additionalProperties": TEXT.schema()}
    assert UNSIGNED.schema()["minimum"] == 0
