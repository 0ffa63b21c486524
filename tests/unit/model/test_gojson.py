from __future__ import annotations

import json

from regclient.model import gojson
from tests.tables import table


@table(
    ("text", "expected"),
    [
        ("plain", '"plain"'),
        ("<a & b>", r'"\u003ca \u0026 b\u003e"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ('"\\/', r'"\"\\/"'),
        ("\b\f\n\r\t\x00\x1f\x7f", '"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"'),
        ("é日\U0001f600", '"é日\U0001f600"'),
        ("\ud800x\udcff", r'"\ufffdx\ufffd"'),
        (r"\u003c", r'"\\u003c"'),
    ],
)
def test_strings_are_escaped_as_in_go(text: str, expected: str) -> None:
    assert expected == gojson.encode_text(text)


def test_map_keys_are_sorted_by_their_bytes() -> None:
    members = {"\U0001f600": "1", "\uffff": "2", "a": "3", "Z": "4"}

    assert '{"Z":"4","a":"3","\uffff":"2","\U0001f600":"1"}' == gojson.encode_annotations(members)


def test_bytes_are_base64() -> None:
    assert '"AP8="' == gojson.encode_bytes(b"\x00\xff")


def test_plain_values_are_encoded_compactly() -> None:
    value = {"b": [1, 2.5, None, True], "a": {"y": "<", "x": ()}}

    assert r'{"a":{"x":[],"y":"\u003c"},"b":[1,2.5,null,true]}' == gojson.encode(value)
    assert json.loads(gojson.encode(value)) == {"b": [1, 2.5, None, True], "a": {"y": "<", "x": []}}


def test_lists_of_strings() -> None:
    assert r'["a","\u0026"]' == gojson.encode_texts(["a", "&"])
    assert "[]" == gojson.encode_texts(())
