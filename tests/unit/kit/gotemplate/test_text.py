from __future__ import annotations

import pytest

from regclient.kit.gotemplate.text import from_utf8, quote, rune, unquote, unquote_rune, utf8
from tests.tables import table


def test_bytes_that_are_no_text_survive() -> None:
    assert b"a\xff\xe2\x82" == utf8(from_utf8(b"a\xff\xe2\x82"))


def test_a_surrogate_that_stands_for_no_byte_is_replaced() -> None:
    assert "\ufffd".encode() == utf8("\ud800")


@table(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ('"\\\a\b\f\n\r\t\v', r'"\"\\\a\b\f\n\r\t\v"'),
        ("\x01\x7f", r'"\x01\x7f"'),
        ("é\u2028\U000e0001", '"é\\u2028\\U000e0001"'),
        ("\udcff", r'"\xff"'),
        ("'", '"\'"'),
    ],
)
def test_quoting_gives_a_go_literal(text: str, literal: str) -> None:
    assert literal == quote(text)
    assert text == unquote(literal)


def test_quoting_can_keep_to_ascii() -> None:
    assert r'"\u00e9\U0001f600"' == quote("é😀", ascii_only=True)


@table(
    ("literal", "text"),
    [
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀"),
        (r'"\xe9"', "\udce9"),
        (r"`raw \n`", r"raw \n"),
        ("`a\r\nb`", "a\nb"),
        (r'"\xc3\xa9"', "é"),
    ],
)
def test_unquoting_knows_every_escape(literal: str, text: str) -> None:
    assert text == unquote(literal)


@table("literal", [r'"\q"', r'"\x4"', r'"\400"', r'"\ud800"', r'"\U00110000"', '"\\\'"', '"a\nb"', r'"\8"'])
def test_wrong_escapes_are_refused(literal: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unquote(literal)


@table(("literal", "code"), [("'a'", 97), (r"'\n'", 10), (r"'\''", 39), ("'é'", 233), (r"'\x41'", 65), (r"'\u20ac'", 8364)])
def test_a_character_constant_is_its_code_point(literal: str, code: int) -> None:
    assert code == unquote_rune(literal)


@table("literal", ["''", "'ab'", r"'\q'", r"'\400'", r"'\"'", "'''"])
def test_other_character_constants_are_refused(literal: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unquote_rune(literal)


def test_a_number_that_is_no_character_becomes_the_replacement() -> None:
    assert ["a", "\ufffd", "\ufffd", "\ufffd"] == [rune(97), rune(-1), rune(0xD800), rune(0x110000)]
