"""Each extra function does something: with it and without it the output differs. Go's answers are in the vectors."""

from __future__ import annotations

import pytest

from regclient.errors import TemplateFailed
from regclient.kit.gotemplate.extras import PURE, json_functions
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.values import Function, Method, Named, Struct, nil_pointer
from tests.claims import claims
from tests.tables import table

FUNCTIONS: dict[str, Method] = {**PURE, **json_functions()}


def render(text: str, data: object = None) -> str:
    return parse(text, functions=FUNCTIONS).render(data, functions=FUNCTIONS)


@claims("template default")
def test_default_stands_in_for_nil_and_zero() -> None:
    for empty in (None, "", 0, False, 0.0, nil_pointer("main.T"), Named("", "main.Name"), Struct("main.P", {"X": 0})):
        assert render('{{. | default "x"}}', empty) == "x"
    assert render('{{. | default "x"}}', "given") == "given"
    assert render("{{.}}", "") == ""


def test_default_keeps_pointers_and_full_structs() -> None:
    assert render('{{default "x" .}}', Struct("main.P", {"X": 0}, pointer=True)) == "{0}"
    assert render('{{default "x" .}}', Struct("main.P", {"X": 1})) == "{1}"


@table("value", [[], [1], {}, Function(len, ("any",)), Named(None, "[]string")])
def test_default_of_what_does_not_compare_fails(value: object) -> None:
    with pytest.raises(TemplateFailed, match="comparing uncomparable type"):
        render('{{default "x" .}}', value)


@claims("template join", "template split")
def test_join_and_split_are_opposites() -> None:
    assert render('{{join (split . ",") "-"}}', "a,b,c") == "a-b-c"
    assert render('{{split . ","}}', "a,b,c") == "[a b c]"
    assert render("{{.}}", "a,b,c") == "a,b,c"


def test_join_takes_any_list_of_texts() -> None:
    assert render('{{join . "+"}}', ("a", Named("b", "main.Name"))) == "a+b"
    assert render('{{join . "+"}}', Named(None, "[]string")) == ""


def test_join_of_other_things_fails() -> None:
    with pytest.raises(TemplateFailed, match=r"expected \[\]string; got \[\]interface {}"):
        render('{{join . "+"}}', ["a", 1])


def test_split_by_nothing_gives_characters() -> None:
    assert render('{{range split . ""}}{{.}};{{end}}', "aé") == "a;é;"


@claims("template lower", "template upper")
def test_case_is_changed_character_by_character() -> None:
    assert render("{{lower .}}|{{upper .}}", "Àbß") == "àbß|ÀBß"
    assert render("{{.}}", "Àbß") == "Àbß"
    assert render("{{lower .}}", "İ") == "i"


@claims("template trimSpace")
def test_trim_space_takes_unicode_s_spaces() -> None:
    assert render("[{{trimSpace .}}]", "\u00a0 a b\n\u2003") == "[a b]"
    assert render("[{{.}}]", " a ") == "[ a ]"
    assert render("[{{trimSpace .}}]", "\x1fa") == "[\x1fa]"


@claims("template json", "template jsonPretty")
def test_json_is_compact_or_indented() -> None:
    data = {"b": [1, "<&>"], "a": None}
    assert render("{{json .}}", data) == '{"a":null,"b":[1,"<&>"]}\n'
    assert render("{{jsonPretty .}}", data) == '{\n  "a": null,\n  "b": [\n    1,\n    "<&>"\n  ]\n}\n'
    assert render("{{.}}", data) == "map[a:<nil> b:[1 <&>]]"


def test_json_asks_a_struct_for_its_own_document() -> None:
    own = Struct("main.M", {}, document=lambda: '{"z": 1.50, "a": {}}')
    assert render("{{json .}}", [own]) == '[{"z":1.50,"a":{}}]\n'
    assert render("{{jsonPretty .}}", own) == '{\n  "z": 1.50,\n  "a": {}\n}\n'


def test_json_may_ask_somebody_else() -> None:
    functions = json_functions(lambda value: '"mine"' if isinstance(value, Struct) else None)
    template = parse("{{json .}}", functions=functions)
    assert template.render([Struct("main.M", {}), 1], functions=functions) == '["mine",1]\n'
