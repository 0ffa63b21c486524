from __future__ import annotations

import pytest

from regclient.kit.gotemplate.jsontext import compact, encode, indent, quoted
from regclient.kit.gotemplate.values import Failure, Named, Struct, nil_pointer, strings
from tests.tables import table


@table(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (1e20, "100000000000000000000"),
        ('a"\\\n\x01<&>\u2028é\x7f', '"a\\"\\\\\\n\\u0001<&>\\u2028é\x7f"'),
        ("\udcff", '"\ufffd"'),
        (b"hi", '"aGk="'),
        ((1, "a"), '[1,"a"]'),
        ({"b": 1, "a": {}}, '{"a":{},"b":1}'),
        (strings({"k": "v"}), '{"k":"v"}'),
        (Named({10: "x", 9: "y"}, "map[int]string"), '{"10":"x","9":"y"}'),
        (Named(None, "[]string"), "null"),
        (nil_pointer("main.T"), "null"),
        (Struct("main.T", {"B": 1, "A": None}), '{"B":1,"A":null}'),
    ],
)
def test_values_are_written_as_go_does(value: object, text: str) -> None:
    assert text == encode(value)


@table("value", [float("nan"), float("inf"), 1j, len])
def test_what_has_no_json_form_fails(value: object) -> None:
    with pytest.raises(Failure, match="json: unsupported"):
        encode(value)


DOCUMENT = ' { "b" : 1.0 , "a":[ ],"c": [ {"d" :"x , y"} , null ], "e":{} }\n'


def test_compact_takes_only_the_space_between_tokens() -> None:
    assert compact(DOCUMENT) == '{"b":1.0,"a":[],"c":[{"d":"x , y"},null],"e":{}}'


def test_indent_keeps_order_and_numbers_and_closes_empty_ones_at_once() -> None:
    assert indent(DOCUMENT) == (
        '{\n  "b": 1.0,\n  "a": [],\n  "c": [\n    {\n      "d": "x , y"\n    },\n    null\n  ],\n  "e": {}\n}'
    )


def test_a_deep_document_is_no_crash() -> None:
    deep = "[" * 5000 + "]" * 5000
    assert deep == compact(indent(deep, ""))


def test_a_text_is_quoted() -> None:
    assert quoted("\b\f\t") == r'"\b\f\t"'
