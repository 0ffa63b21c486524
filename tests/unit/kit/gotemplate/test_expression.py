from __future__ import annotations

import pytest

from regclient.errors import Cancelled, NotFound, TemplateFailed
from regclient.kit.gotemplate.expression import Budget, Place
from regclient.kit.gotemplate.nodes import Dot
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.values import Function, Method, Named, Struct, nil_pointer
from tests.tables import table

METHODS: dict[str, Method] = {
    "Greet": Function(lambda word: f"{word} Bob", ("string",)),
    "Join": Function(lambda sep, *words: str(sep).join(words), ("string", "string"), variadic=True),
    "Self": lambda: PERSON,
    "Half": Function(lambda value: value / 2, ("float64",)),
}
PERSON: Struct = Struct(
    "main.Person", {"Name": "Bob", "Boss": nil_pointer("main.Person"), "Any": None}, methods=METHODS, pointer=True
)
DATA = {"p": PERSON, "m": {"a": {"b": 1}, "n": None}, "s": "text", "name": Named("x", "main.Name"), "i": Named(3, "int64")}
FUNCTIONS: dict[str, Method] = {
    "needs": Function(lambda text: f"s:{text}", ("string",)),
    "number": Function(lambda value: value, ("int",)),
    "words": Function(lambda value: value, ("[]string",)),
    "two": lambda first, second="-": f"{first}{second}",
}


def render(text: str, data: object = DATA) -> str:
    return parse(text, functions=FUNCTIONS).render(data, functions=FUNCTIONS)


def failure(text: str, data: object = DATA) -> str:
    with pytest.raises(TemplateFailed) as caught:
        render(text, data)
    return str(caught.value).partition(">: ")[2]


@table(
    ("text", "output"),
    [
        ("{{.m.a.b}}", "1"),
        ("{{(.m).a.b}}", "1"),
        ("{{$.m.a.b}}", "1"),
        ("{{$x := .m}}{{$x.a.b}}", "1"),
        ("{{.m.z}}", "<no value>"),
        ("{{.m.z.z}}", "<no value>"),
        ("{{.p.Name}}", "Bob"),
        ('{{.p.Greet "hi"}}', "hi Bob"),
        ('{{"yo" | .p.Greet}}', "yo Bob"),
        ('{{.p.Self.Self.Greet "hi"}}', "hi Bob"),
        ('{{.p.Join "-" "a" "b"}}', "a-b"),
        ('{{"c" | .p.Join "-" "a"}}', "a-c"),
        ("{{.p.Half 3}}", "1.5"),
        ('{{$p := .p}}{{$p.Greet "oh"}}', "oh Bob"),
        ('{{(index . "p").Name}}', "Bob"),
        ('{{two "a"}}{{two "a" "b"}}', "a-ab"),
        ("{{number 1e3}}", "1000"),
        ("{{words nil}}", "<no value>"),
        ("{{needs (print 1)}}", "s:1"),
        ("{{1 | print 2 | printf `%s!`}}", "2 1!"),
    ],
)
def test_lookups_and_calls(text: str, output: str) -> None:
    assert output == render(text)


@table(
    ("text", "message"),
    [
        ("{{.p.Nope}}", "can't evaluate field Nope in type *main.Person"),
        ("{{.s.x}}", "can't evaluate field x in type string"),
        ("{{.p.Boss.Name}}", "nil pointer evaluating *main.Person.Name"),
        ("{{.p.Any.x}}", "nil pointer evaluating interface {}.x"),
        ("{{.m.n.x}}", "nil pointer evaluating interface {}.x"),
        ("{{.p.Name 1}}", "Name has arguments but cannot be invoked as function"),
        ("{{.m.a 1}}", "a is not a method but has arguments"),
        ("{{.p.Greet}}", "wrong number of args for Greet: want 1 got 0"),
        ("{{.p.Join}}", "wrong number of args for Join: want at least 1 got 0"),
        ("{{.p.Greet 1}}", "expected string; found 1"),
        ("{{.p.Greet .name}}", "wrong type for value; expected string; got main.Name"),
        ("{{.p.Greet .m.z}}", "invalid value; expected string"),
        ("{{needs nil}}", "cannot assign nil to string"),
        ("{{words 1}}", "can't handle 1 for arg of type []string"),
        ("{{number 1.5}}", "expected integer; found 1.5"),
        ("{{number .i}}", "wrong type for value; expected int; got int64"),
        ("{{nil}}", "nil is not a command"),
        ("{{1 2}}", "can't give argument to non-function 1"),
        ("{{$ 1}}", "can't give argument to non-function $"),
        ("{{9223372036854775808}}", "9223372036854775808 overflows int"),
        ("{{$x = 1}}", "undefined variable: $x"),
        ("{{and}}", "wrong number of args for and: want at least 1 got 0"),
        ("{{len}}", "wrong number of args for len: want 1 got 0"),
    ],
)
def test_mistakes_are_told_in_go_s_words(text: str, message: str) -> None:
    assert message == failure(text)


def test_and_or_stop_at_the_first_answer() -> None:
    def explode() -> object:
        raise AssertionError("called")

    template = parse("{{or 1 (explode)}}{{and 0 (explode)}}", functions=["explode"])
    assert template.render(None, functions={"explode": explode}) == "10"


def test_a_value_may_come_to_and_or_through_the_pipeline() -> None:
    assert ["2", "1", "0"] == [render("{{2 | and 1}}"), render("{{2 | or 1}}"), render("{{0 | or 0}}")]


def test_any_error_of_a_function_fails_the_template_and_stays_its_cause() -> None:
    def lookup() -> object:
        raise NotFound("x")

    with pytest.raises(TemplateFailed, match="at <lookup>: error calling lookup: content x not found") as caught:
        parse("{{lookup}}", functions=["lookup"]).render(None, functions={"lookup": lookup})
    assert isinstance(caught.value.__cause__, NotFound)


def test_a_cancelled_call_stays_cancelled() -> None:
    def fetch() -> object:
        raise Cancelled

    with pytest.raises(Cancelled):
        parse("{{fetch}}", functions=["fetch"]).render(None, functions={"fetch": fetch})


def test_a_long_result_costs_steps() -> None:
    functions: dict[str, Method] = {"long": lambda: ["x"] * 16_000}
    assert parse("{{len long}}", functions=functions).render(None, functions=functions, max_steps=1_010) == "16000"
    with pytest.raises(TemplateFailed, match="too many steps"):
        parse("{{len long}}", functions=functions).render(None, functions=functions, max_steps=1_000)


def test_a_function_that_was_only_promised_fails_when_called() -> None:
    with pytest.raises(TemplateFailed, match='"later" is not a defined function'):
        parse("{{later}}", functions=["later"]).render(None)


def test_a_place_counts_lines_and_bytes() -> None:
    assert Place("out", "é\néé{{.}}").describe(Dot(6)) == "out:2:6"


def test_a_budget_ends() -> None:
    budget = Budget(2)
    assert [True, True, False] == [budget.spend(1), budget.spend(1), budget.spend(1)]
