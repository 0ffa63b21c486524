from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from regclient.errors import InvalidManifest, SizeLimitExceeded
from regclient.model import document
from regclient.model.document import Shape
from regclient.model.jsontext import Members
from tests.tables import table

INNER = Shape("x", "y")
OUTER = Shape("size", "inner", "list", "text", children={"inner": INNER, "list": INNER})


@table(
    "raw",
    [
        *(b"", b"[]", b"null", b'"x"', b"1", b"{", b"{}x", b"{,}", b'{"a":1,}', b"{'a':1}", b'{"a":NaN}', b'{"a":Infinity}'),
        *(
            b'{"a":-Infinity}',
            b'{"a":01}',
            b'{"a":1.}',
            b'{"a":+1}',
            b'{"a":"\t"}',
            b'{"a":"\\x"}',
            b"\xef\xbb\xbf{}",
            b"{}\x00",
        ),
        *(b'{"a":\xff}', b'{"a" "b"}', b'{"a":"\\ud8"}', b"{}{}", b'{"a":' + b"1" * 5000 + b"}"),
    ],
)
def test_what_is_not_strict_json_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidManifest):
        document.load(raw, OUTER)


def test_documents_with_known_members_only_are_plain() -> None:
    found = document.load(b'{"size":1,"inner":{"x":1},"list":[{"y":2},{}]}', OUTER)

    assert {"size": 1, "inner": {"x": 1}, "list": [{"y": 2}, {}]} == found
    assert not isinstance(found, Members)


@table(
    "raw",
    [b'{"other":1}', b'{"Size":1}', b'{"inner":{"z":1}}', b'{"list":[{},{"z":1}]}', b'{"text":"\xff"}', b'{"text":"\\uD800"}'],
)
def test_documents_with_more_remember_their_text(raw: bytes) -> None:
    assert isinstance(document.load(raw, OUTER), Members)


def test_a_document_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 1000)
    with pytest.raises(SizeLimitExceeded):
        document.load(b" " * 1001, OUTER)


def test_a_document_that_is_nested_too_deeply_is_refused() -> None:
    deepest = b'{"x":' * (document.MAX_DEPTH - 1) + b"{}" + b"}" * (document.MAX_DEPTH - 1)
    document.load(deepest, OUTER)
    for raw in (b'{"x":' + deepest + b"}", b'{"x":' + b"[" * 100_000):
        with pytest.raises(InvalidManifest, match="deep"):
            document.load(raw, OUTER)


def test_a_plain_value_that_is_nested_too_deeply_is_refused() -> None:
    value: dict[str, object] = {}
    for _ in range(5000):
        value = {"x": value}

    with pytest.raises(InvalidManifest, match="deep"):
        OUTER.read(value, "here")


def test_brackets_in_texts_are_not_nesting() -> None:
    raw = json.dumps({"text": "[{" * 1000, "list": [{}] * 1000}).encode()

    assert 1000 == len(document.list_of(document.load(raw, OUTER), "list", ""))


@table(
    ("raw", "expected"),
    [
        (b'{"SIZE":1}', {"size": 1}),
        (b'{"size":1,"Size":2}', {"size": 2}),
        (b'{"size":1,"SIZE":2,"size":3}', {"size": 3}),
        (b'{"size":1,"Size":null}', {"size": 1}),
        ('{"\u017fize":1}'.encode(), {"size": 1}),
        (b'{"size":null}', {}),
    ],
)
def test_names_match_whatever_their_case_and_the_last_counts(raw: bytes, expected: dict[str, object]) -> None:
    known, extras = OUTER.read(document.load(raw, OUTER), "here")

    assert expected == known
    assert () == extras


def test_unknown_members_stay_where_they_were() -> None:
    raw = b'{"first": 1, "text":"a", "after" : [1.0, 2], "more":{"b":1,"a":2}, "size":7, "last":"\xff<"}'
    known, extras = OUTER.read(document.load(raw, OUTER), "here")

    written = document.encode(OUTER.write({"size": "8", "inner": "{}", "text": '"a"'}, extras))

    assert {"text": "a", "size": 7} == known
    assert b'{"first":1,"size":8,"last":"\xff<","inner":{},"text":"a","after":[1.0, 2],"more":{"b":1,"a":2}}' == written


def test_unknown_members_stay_when_the_one_they_followed_goes() -> None:
    _, extras = OUTER.read(document.load(b'{"size":1,"x":2,"text":"a"}', OUTER), "here")

    assert '{"x":2,"text":"a"}' == OUTER.write({"text": '"a"'}, extras)


def test_plain_values_keep_their_unknown_members_too() -> None:
    known, extras = OUTER.read({"size": 1, "more": {"b": "<", "a": None}}, "here")

    assert {"size": 1} == known
    assert r'{"size":2,"more":{"a":null,"b":"\u003c"}}' == OUTER.write({"size": "2"}, extras)


def test_nothing_is_an_empty_object_and_anything_else_is_none() -> None:
    assert ({}, ()) == OUTER.read(None, "here")
    with pytest.raises(InvalidManifest, match="here"):
        OUTER.read([], "here")


Reader = Callable[[Mapping[str, object], str, str], object]


@table(
    ("read", "value", "expected"),
    [
        (document.text_of, "a", "a"),
        (document.int_of, -5, -5),
        (document.int_of, (1 << 63) - 1, (1 << 63) - 1),
        (document.bool_of, True, True),
        (document.list_of, [1], [1]),
        (document.list_of, None, []),
        (document.texts_of, ["a", None], ("a", "")),
        (document.map_of, {"a": 1}, {"a": 1}),
        (document.map_of, None, {}),
        (document.annotations_of, {"a": "b", "c": None}, {"a": "b", "c": ""}),
        (document.bytes_of, "AP8=", b"\x00\xff"),
        (document.bytes_of, "AP\r\n8=", b"\x00\xff"),
        (document.bytes_of, "", None),
    ],
)
def test_members_of_the_right_type(read: Reader, value: object, expected: object) -> None:
    assert expected == read({"m": value}, "m", "here")


@table(
    ("read", "value"),
    [
        (document.text_of, 1),
        (document.int_of, True),
        (document.int_of, 1.0),
        (document.int_of, "1"),
        (document.int_of, 1 << 63),
        (document.bool_of, 1),
        (document.list_of, {}),
        (document.list_of, "x"),
        (document.texts_of, [1]),
        (document.texts_of, "ab"),
        (document.map_of, []),
        (document.annotations_of, {"a": 1}),
        (document.annotations_of, []),
        (document.bytes_of, "AP8"),
        (document.bytes_of, "A-_="),
        (document.bytes_of, "é==="),
        (document.bytes_of, 1),
    ],
)
def test_members_of_the_wrong_type_are_refused(read: Reader, value: object) -> None:
    with pytest.raises(InvalidManifest, match="here"):
        read({"m": value}, "m", "here")


@table(
    ("read", "expected"),
    [
        (document.text_of, ""),
        (document.int_of, 0),
        (document.bool_of, False),
        (document.texts_of, ()),
        (document.annotations_of, {}),
    ],
)
def test_absent_members_have_gos_zero_value(read: Reader, expected: object) -> None:
    assert expected == read({}, "m", "here")
