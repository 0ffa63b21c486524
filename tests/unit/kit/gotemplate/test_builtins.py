"""Each built-in function does something: with it and without it the output differs. Go's answers are in the vectors."""

from __future__ import annotations

import pytest

from regclient.errors import TemplateFailed
from regclient.kit.gotemplate.builtins import BUILTINS
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.values import Function, Named, nil_pointer, strings
from tests.claims import claims
from tests.tables import table


def render(text: str, data: object = None) -> str:
    return parse(text).render(data)


def failure(text: str, data: object = None) -> str:
    with pytest.raises(TemplateFailed) as caught:
        render(text, data)
    return str(caught.value).partition(": error calling ")[2]


@claims("template and")
def test_and_gives_the_first_false_value_or_the_last() -> None:
    assert ["0", "2"] == [render("{{and 1 0 2}}"), render("{{and 1 2}}")]
    assert render("{{1}}") == "1"


@claims("template or")
def test_or_gives_the_first_true_value_or_the_last() -> None:
    assert ["3", ""] == [render('{{or 0 "" 3 4}}'), render('{{or 0 ""}}')]
    assert render("{{0}}") == "0"


@claims("template not")
def test_not_turns_truth_around() -> None:
    assert ["true", "false"] == [render('{{not ""}}'), render("{{not 1}}")]
    assert render('{{""}}') == ""


@claims("template eq", "template ne")
def test_eq_and_ne_compare() -> None:
    assert ["true", "false"] == [render("{{eq . 1 2}}", 2), render("{{ne . 2}}", 2)]
    assert render("{{.}}", 2) == "2"


@claims("template lt", "template le", "template gt", "template ge")
def test_the_orders_compare() -> None:
    assert render("{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2 2}}") == "true true false true"
    assert render("{{1}}") == "1"


@claims("template len")
def test_len_counts_bytes_elements_and_keys() -> None:
    data = ["é", b"ab", [1, 2, 3], {"a": 1}, strings({}), Named(None, "[]string")]
    assert render("{{range .}}{{len .}},{{end}}", data) == "2,2,3,1,0,0,"
    assert render("{{index . 0}}", data) == "é"


def test_len_of_what_has_none_fails() -> None:
    assert failure("{{len .}}", 1) == "len: len of type int"
    assert failure("{{len .}}", nil_pointer("main.T")) == "len: len of nil pointer"


@claims("template index")
def test_index_looks_into_lists_maps_and_strings() -> None:
    assert render('{{index . "a" 1}} {{index "A" 0}}', {"a": [1, 2]}) == "2 65"
    assert render("{{.}}", {"a": [1, 2]}) == "map[a:[1 2]]"


def test_index_of_a_missing_key_is_the_zero_value() -> None:
    assert render('{{index . "z"}}', {"a": 1}) == "<no value>"
    assert render('{{index . "z"}}', strings({"a": "1"})) == ""


@table(
    ("text", "data", "message"),
    [
        ("{{index . 3}}", [1], "index out of range: 3"),
        ('{{index . "a"}}', [1], "cannot index slice/array with type string"),
        ("{{index . nil}}", [1], "cannot index slice/array with nil"),
        ("{{index . 1}}", {"a": 1}, "value has type int; should be string"),
        ("{{index . nil}}", {"a": 1}, "value is nil; should be of type string"),
        ("{{index . 1}}", 5, "can't index item of type int"),
        ("{{index . 1}}", nil_pointer("main.T"), "index of nil pointer"),
        ("{{index nil 1}}", None, "index of untyped nil"),
    ],
)
def test_wrong_indexes_fail(text: str, data: object, message: str) -> None:
    assert f"index: {message}" == failure(text, data)


@claims("template slice")
def test_slice_cuts_lists_and_strings() -> None:
    assert render('{{slice . 1}} {{slice . 0 1}} {{slice "abc" 1 2}}', [1, 2, 3]) == "[2 3] [1] b"
    assert render("{{.}}", [1, 2, 3]) == "[1 2 3]"


def test_slice_keeps_the_type() -> None:
    assert render('{{printf "%T" (slice . 1)}}', Named(["a", "b"], "[]string")) == "[]string"


@table(
    ("text", "data", "message"),
    [
        ("{{slice . 5}}", [1], "index out of range: 5"),
        ("{{slice . 1 0}}", [1], "invalid slice index: 1 > 0"),
        ("{{slice . 0 0 0}}", "a", "cannot 3-index slice a string"),
        ("{{slice . 0 0 0 0}}", [1], "too many slice indexes: 4"),
        ("{{slice .}}", 1, "can't slice item of type int"),
        ("{{slice nil}}", None, "slice of untyped nil"),
        ("{{slice .}}", nil_pointer("main.T"), "slice of nil pointer"),
    ],
)
def test_wrong_slices_fail(text: str, data: object, message: str) -> None:
    assert f"slice: {message}" == failure(text, data)


@claims("template print", "template println")
def test_print_and_println_space_their_operands() -> None:
    assert render('{{print 1 2 "a" "b"}}') == "1 2ab"
    assert render('{{println 1 "a" "b"}}') == "1 a b\n"
    assert render('{{1}}{{"a"}}{{"b"}}') == "1ab"


@claims("template printf")
def test_printf_formats() -> None:
    assert render('{{printf "%05d|%-3s|%q" 42 "a" "b"}}') == '00042|a  |"b"'
    assert render("{{42}}") == "42"


@claims("template html", "template js", "template urlquery")
def test_text_is_escaped_for_its_place() -> None:
    data = "<a&b> c'"
    assert render("{{html .}}", data) == "&lt;a&amp;b&gt; c&#39;"
    assert render("{{js .}}", data) == r"\u003Ca\u0026b\u003E c\'"
    assert render("{{urlquery .}}", data) == "%3Ca%26b%3E+c%27"
    assert render("{{.}}", data) == data


@claims("template call")
def test_call_calls_a_value() -> None:
    data = {"add": Function(lambda a, b: a + b, ("int", "int")), "shout": Function(str.upper, ("string",))}
    assert render('{{call .add 1 2}} {{call .shout "a"}}', data) == "3 A"
    assert failure("{{call .add 1}}", data) == "call: wrong number of args for .add: got 1 want 2"
    assert failure("{{call .shout 1}}", data) == "call: arg 0: value has type int; should be string"


def test_call_of_what_is_no_function_fails() -> None:
    assert failure("{{call .x}}", {"x": 1}) == "call: non-function .x of type int"
    assert failure("{{call .y}}", {"x": 1}) == "call: call of nil"


def test_call_checks_functions_with_open_ends() -> None:
    data = {"f": Function(lambda *words: "".join(words), ("string", "string"), variadic=True)}
    assert render('{{call .f "a" "b" "c"}}', data) == "abc"
    assert failure("{{call .f}}", data) == "call: wrong number of args for .f: got 0 want at least 1"


def test_the_built_in_functions_are_go_s() -> None:
    names = "and call eq ge gt html index js le len lt ne not or print printf println slice urlquery"
    assert names == " ".join(sorted(BUILTINS))
