from __future__ import annotations

import pytest

from regclient.errors import TemplateFailed
from regclient.kit.civil import Zone
from regclient.kit.gotemplate.jsontext import encode
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.timeview import duration_value, time_functions, time_pointer, time_value
from regclient.kit.gotemplate.values import Method
from regclient.kit.gotime import GoTime
from tests.claims import claims
from tests.tables import table

MOMENT = GoTime(1_709_210_096, 120_000_000, Zone(3600, "CET"))
FUNCTIONS: dict[str, Method] = time_functions(lambda: 1_709_210_096_000_000_000)


def render(text: str, data: object = None) -> str:
    return parse(text, functions=FUNCTIONS).render(data, functions=FUNCTIONS)


@claims("template time")
def test_time_tells_the_time_and_reads_it() -> None:
    assert render('{{time.Now.UTC.Format "2006-01-02 15:04:05"}}') == "2024-02-29 12:34:56"
    assert render('{{(time.Parse "2006-01-02" "2024-02-29").Weekday}}') == "Thursday"
    with pytest.raises(TemplateFailed, match="can't evaluate field Format"):
        render('{{.Format "2006"}}', "2024-02-29")


def test_a_text_that_is_no_time_fails_the_template() -> None:
    with pytest.raises(TemplateFailed, match="error calling Parse"):
        render('{{time.Parse "2006-01-02" "x"}}')


@table(
    ("text", "output"),
    [
        ("{{.}}", "2024-02-29 13:34:56.12 +0100 CET"),
        ("{{.UTC}}", "2024-02-29 12:34:56.12 +0000 UTC"),
        (
            "{{.Year}} {{.Month}} {{.Day}} {{.Hour}} {{.Minute}} {{.Second}} {{.Nanosecond}}",
            "2024 February 29 13 34 56 120000000",
        ),
        ('{{.Weekday}} {{printf "%d" .Weekday}} {{printf "%d" .Month}} {{.YearDay}}', "Thursday 4 2 60"),
        (
            "{{.Unix}} {{.UnixMilli}} {{.UnixMicro}} {{.UnixNano}}",
            "1709210096 1709210096120 1709210096120000 1709210096120000000",
        ),
        ("{{(.Add 3600000000000).Hour}}", "14"),
        ("{{.AddDate 0 0 1 | print}}", "2024-03-01 13:34:56.12 +0100 CET"),
        ("{{(.Truncate 60000000000).Second}} {{(.Round 60000000000).Minute}}", "0 35"),
        ("{{.Sub (.Add 90000000000)}}", "-1m30s"),
        ("{{.Before .UTC}} {{.After (.Add -1)}} {{.Equal .UTC}} {{.Compare (.Add 1)}}", "false true true -1"),
        ("{{.IsZero}} {{.String}}", "false 2024-02-29 13:34:56.12 +0100 CET"),
        ("{{.Equal .Local}}", "true"),
    ],
)
def test_a_time_has_go_s_methods(text: str, output: str) -> None:
    assert output == render(text, time_value(MOMENT))


def test_a_time_compares_with_times_only() -> None:
    with pytest.raises(TemplateFailed, match=r"can't handle 1 for arg of type time\.Time"):
        render("{{.Before 1}}", time_value(MOMENT))


def test_a_time_is_a_text_in_json() -> None:
    assert encode([time_value(MOMENT)]) == '["2024-02-29T13:34:56.12+01:00"]'


def test_a_pointer_to_a_time_prints_the_same() -> None:
    assert render("{{.}}", time_value(MOMENT)) == render("{{.}}", time_pointer(MOMENT))


@table(
    ("text", "output"),
    [
        ("{{.}} {{.String}}", "-1m30.0015s -1m30.0015s"),
        ("{{.Hours}} {{.Minutes}} {{.Seconds}}", "-0.025000416666666667 -1.500025 -90.0015"),
        ("{{.Milliseconds}} {{.Microseconds}} {{.Nanoseconds}}", "-90001 -90001500 -90001500000"),
        ("{{.Abs}} {{.Truncate 1000000000}}", "1m30.0015s -1m30s"),
        ('{{printf "%d %T" . .}}', "-90001500000 time.Duration"),
    ],
)
def test_a_duration_has_go_s_methods(text: str, output: str) -> None:
    assert output == render(text, duration_value(-90_001_500_000))
