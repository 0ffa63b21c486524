from __future__ import annotations

import json

from regclient.model.jsontext import Members, load_with_text
from tests.tables import table

DOCUMENTS = [
    "{}",
    ' { "a" : 1 } ',
    '{"a":[],"b":[1,[2,{"c":null}]],"c":{}}',
    '{"a":"x\\"y\\\\","b":true,"c":-1.5e+3,"d":false}',
    '{"a":[ 1 , 2 ]\n,"b":"[{,:}]"}',
    '{"\\u0061":"\\ud83d\\ude00"}',
]


@table("document", DOCUMENTS)
def test_values_are_those_of_json(document: str) -> None:
    assert json.loads(document) == load_with_text(document)


def test_members_remember_their_text() -> None:
    found = load_with_text('{ "a" : 1.0 , "b":{ "c" : [ 1,\n2 ] }, "\\u0064":"\\u003c" }')

    assert ['"a":1.0', '"b":{ "c" : [ 1,\n2 ] }', '"\\u0064":"\\u003c"'] == [text for _, _, text in found.pairs]
    inner = found["b"]
    assert isinstance(inner, Members)
    assert (("c", [1, 2], '"c":[ 1,\n2 ]'),) == inner.pairs


def test_repeated_names_are_all_remembered_and_the_last_counts() -> None:
    found = load_with_text('{"a":1,"A":2,"a":3}')

    assert [("a", 1), ("A", 2), ("a", 3)] == [(name, value) for name, value, _ in found.pairs]
    assert {"a": 3, "A": 2} == found


def test_what_is_not_text_shows_as_replacement_characters() -> None:
    found = load_with_text('{"a":"\udcff\\ud800","\udcfe":1}')

    assert {"a": "\ufffd\ufffd", "\ufffd": 1} == found
    assert '"a":"\udcff\\ud800"' == found.pairs[0][2]
