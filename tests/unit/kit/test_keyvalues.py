from __future__ import annotations

import pytest

from regclient.errors import ParseError
from regclient.kit.keyvalues import parse_key_values, parse_pairs
from tests.tables import table


@table(
    ("text", "expected"),
    [
        ("", {}),
        ("k=v", {"k": "v"}),
        ("k=v,k2=v2", {"k": "v", "k2": "v2"}),
        ("k", {"k": ""}),
        ("k=", {"k": ""}),
        ("=v,,k=1", {"k": "1"}),
        ("k=a=b", {"k": "a=b"}),
        ("k=1,k=2", {"k": "2"}),
        ('k="a,b"', {"k": "a,b"}),
        ('"a,b"=c', {"a,b": "c"}),
        ('k=x"a,b"y', {"k": "xa,by"}),
        (r"k=a\,b", {"k": "a,b"}),
        (r"k=a\\b", {"k": r"a\b"}),
        (r"k=\"", {"k": '"'}),
        (r'k="a\"b"', {"k": 'a"b'}),
        (r"a\=b=c", {"a=b": "c"}),
        ("a b = c ", {"a b ": " c "}),
    ],
)
def test_what_texts_mean(text: str, expected: dict[str, str]) -> None:
    assert expected == parse_key_values(text)


@table("text", ['k="v', '"', "k=v\\", "\\"])
def test_a_text_that_ends_too_early_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_key_values(text)


def test_pairs_are_names_with_or_without_values() -> None:
    assert {"a": "2", "b": "", "c": "x=y"} == parse_pairs(("a=1", "b", "c=x=y", "a=2"))
    for text in ("=x", ""):
        with pytest.raises(ParseError, match="no name before the equals sign"):
            parse_pairs((text,))
