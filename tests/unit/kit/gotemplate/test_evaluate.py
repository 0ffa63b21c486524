from __future__ import annotations

import pytest

from regclient.errors import TemplateFailed
from regclient.kit.gotemplate.evaluate import MAX_DEPTH
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.values import Function, Named, Struct, nil_pointer, strings
from tests.tables import table


def render(text: str, data: object = None, *, max_steps: int = 10_000) -> str:
    return parse(text).render(data, max_steps=max_steps)


def failure(text: str, data: object = None) -> str:
    with pytest.raises(TemplateFailed) as caught:
        render(text, data)
    return str(caught.value)


@table(
    ("text", "data", "output"),
    [
        ("{{range .}}{{.}};{{end}}", [1, "a"], "1;a;"),
        ("{{range $i, $e := .}}{{$i}}={{$e}};{{end}}", ["x", "y"], "0=x;1=y;"),
        ("{{range $k, $v := .}}{{$k}}={{$v}};{{end}}", {"b": 1, "a": 2}, "a=2;b=1;"),
        ("{{range .}}x{{else}}none{{end}}", [], "none"),
        ("{{range .}}x{{else}}none{{end}}", None, "none"),
        ("{{range .}}{{.}}{{end}}", 3, "012"),
        ("{{range .}}{{.}},{{end}}", b"ab", "97,98,"),
        ("{{range .}}{{printf `%T` .}}{{end}}", Named(1, "int64"), "int64"),
        ("{{range 4}}{{if eq . 1}}{{continue}}{{end}}{{if eq . 3}}{{break}}{{end}}{{.}}{{end}}", None, "02"),
        ("{{$x := 0}}{{range $x = .}}{{end}}{{$x}}", [1, 2], "2"),
        ("{{$i := 0}}{{$x := 0}}{{range $i, $x = .}}{{end}}{{$i}}{{$x}}", [7, 8], "18"),
        ("{{range .}}{{range $}}{{.}}{{break}}{{end}}{{end}}", ["a", "b"], "aa"),
    ],
)
def test_range(text: str, data: object, output: str) -> None:
    assert output == render(text, data)


@table("data", [1.5, True, "abc", Struct("main.T", {}), nil_pointer("main.T")])
def test_range_over_other_things_fails(data: object) -> None:
    assert "range can't iterate over" in failure("{{range .}}{{end}}", data)


def test_a_number_has_no_second_variable() -> None:
    assert failure("{{range $i, $e := 3}}{{end}}").endswith("can't use 3 to iterate over more than one variable")


@table(
    ("text", "output"),
    [
        ("{{if .t}}a{{else}}b{{end}}", "a"),
        ("{{if .f}}a{{else if .t}}b{{else}}c{{end}}", "b"),
        ("{{if .f}}a{{else if .f}}b{{else}}c{{end}}", "c"),
        ("{{with .x}}{{.y}}{{else}}no{{end}}", "z"),
        ("{{with .f}}a{{else with .x}}{{.y}}{{end}}", "z"),
        ("{{with $v := .x}}{{$v.y}}{{$.t}}{{end}}", "ztrue"),
    ],
)
def test_branches(text: str, output: str) -> None:
    assert output == render(text, {"t": True, "f": False, "x": {"y": "z"}})


def test_variables_end_with_their_branch() -> None:
    assert render("{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}") == "21"


def test_an_assignment_reaches_out_of_its_branch() -> None:
    assert render("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}") == "2"


@table(
    ("text", "output"),
    [
        ('{{define "a"}}<{{.}}>{{end}}{{template "a" 1}}', "<1>"),
        ('{{define "a"}}<{{.}}>{{end}}{{template "a"}}', "<<no value>>"),
        ('{{block "a" 2}}[{{$}}]{{end}}{{template "a" 3}}', "[2][3]"),
    ],
)
def test_templates_call_templates(text: str, output: str) -> None:
    assert output == render(text)


def test_an_unknown_template_fails() -> None:
    assert failure('{{template "nope"}}') == (
        'template: out:1:11: executing "out" at <{{template "nope"}}>: template "nope" not defined'
    )


def test_an_error_names_the_template_it_happened_in() -> None:
    assert 'executing "inner" at <.x>' in failure('{{define "inner"}}{{.x}}{{end}}{{template "inner" 5}}')


def test_a_template_that_calls_itself_for_ever_is_stopped() -> None:
    assert "exceeded maximum template depth" in failure('{{define "a"}}{{template "a"}}{{end}}{{template "a"}}')


def test_a_deep_template_that_calls_itself_for_ever_is_stopped() -> None:
    inner = "{{if true}}{{with 1}}{{range 1}}" * 5
    text = '{{define "a"}}' + inner + '{{template "a"}}' + "{{end}}{{end}}{{end}}" * 5 + '{{end}}{{template "a"}}'
    assert "exceeded maximum template depth" in failure(text)


def test_templates_may_call_each_other_up_to_the_limit() -> None:
    text = '{{define "a"}}{{if .}}x{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" .}}'
    assert "x" * (MAX_DEPTH - 1) == render(text, "." * (MAX_DEPTH - 1))


@table(
    "text",
    [
        "{{range 1000000000}}{{end}}",
        "{{range 1000000000}}x{{end}}",
        "{{range 100000}}{{range 100000}}{{end}}{{end}}",
        '{{$x := "0123456789"}}{{range 1000}}{{$x = print $x $x}}{{end}}',
        '{{$x := "0123456789"}}{{range 1000}}{{$x = printf "%s%s" $x $x}}{{end}}',
    ],
)
def test_a_template_that_takes_too_many_steps_is_stopped(text: str) -> None:
    assert failure(text).endswith("the template takes too many steps")


def test_the_number_of_steps_can_be_set() -> None:
    assert "." * 10_000 == render("{{range 10000}}.{{end}}", max_steps=100_000)


@table(
    ("data", "output"),
    [
        (None, "<no value>"),
        ({"a": None}, "map[a:<nil>]"),
        (Struct("main.T", {"A": 1}, pointer=True), "{1}"),
        (Struct("main.T", {"A": 1}, text=lambda: "text"), "text"),
        (nil_pointer("main.T"), "<nil>"),
        (strings({"a": "b"}), "map[a:b]"),
    ],
)
def test_values_are_printed(data: object, output: str) -> None:
    assert output == render("{{.}}", data)


def test_functions_are_not_printed() -> None:
    assert failure("{{.f}}", {"f": Function(len, ("any",))}).endswith("can't print {{.f}} of type func()")


def test_a_view_that_fails_to_print_fails_the_template() -> None:
    def broken() -> str:
        raise ValueError("no text today")

    assert failure("{{.}}", Struct("main.T", {}, text=broken)).endswith("<{{.}}>: no text today")


def test_endless_data_is_no_crash() -> None:
    endless: dict[str, object] = {}
    endless["x"] = endless
    assert "exceeded maximum template depth" in failure("{{.}}", endless)
