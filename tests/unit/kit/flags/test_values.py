from __future__ import annotations

import pytest

from regclient.kit.flags.table import Flag
from regclient.kit.flags.values import default_of, go_quoted, parse_bool, parse_float, parse_int, parse_uint, value_of
from tests.tables import table


@table("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_every_go_spelling_of_true_is_read(text: str) -> None:
    assert parse_bool(text) is True


@table("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_every_go_spelling_of_false_is_read(text: str) -> None:
    assert parse_bool(text) is False


@table("text", ["", "yes", "tRUE", "on", " true"])
def test_other_words_are_no_booleans(text: str) -> None:
    with pytest.raises(ValueError, match=r"strconv.ParseBool: parsing .* invalid syntax"):
        parse_bool(text)


@table(
    ("text", "value"),
    [("0", 0), ("-5", -5), ("+5", 5), ("0x10", 16), ("0b11", 3), ("0o17", 15), ("017", 15), ("1_000", 1000), ("-0x1", -1)],
)
def test_the_prefix_of_a_number_tells_its_base(text: str, value: int) -> None:
    assert value == parse_int(text)


@table("text", ["", "x", " 1", "1 ", "--1", "+-1", "09", "1__0", "٣", "0x", "1.0"])
def test_what_go_does_not_read_as_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"strconv.ParseInt: parsing .* invalid syntax"):
        parse_int(text)


def test_numbers_have_64_bits() -> None:
    assert (1 << 63) - 1 == parse_int(str((1 << 63) - 1))
    with pytest.raises(ValueError, match="value out of range"):
        parse_int(str(1 << 63))
    with pytest.raises(ValueError, match="value out of range"):
        parse_uint(str(1 << 64))


def test_unsigned_numbers_have_no_sign() -> None:
    assert 16 == parse_uint("0x10")
    with pytest.raises(ValueError, match="ParseUint"):
        parse_uint("-1")


def test_floating_point_numbers_are_read_without_blanks() -> None:
    assert [1500.0, 10.0] == [parse_float("1.5e3"), parse_float("1_0")]
    for text in (" 1", "1_", "x", "٣"):
        with pytest.raises(ValueError, match=r"strconv.ParseFloat: parsing .* invalid syntax"):
            parse_float(text)


@table("text", ["inf", "-Infinity", "nan", "1e400"])
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(ValueError, match=f'strconv.ParseFloat: parsing "{text}": value out of range'):
        parse_float(text)


@table(
    ("text", "quoted"),
    [
        ("a", '"a"'),
        ('a"b\\', '"a\\"b\\\\"'),
        ("\n\t\x01", '"\\n\\t\\x01"'),
        ("é", '"é"'),
        ("\u200b", '"\\u200b"'),
        ("\U000e0001", '"\\U000e0001"'),
        ("\udcff", '"\\xff"'),
    ],
)
def test_text_is_quoted_as_go_quotes_it(text: str, quoted: str) -> None:
    assert quoted == go_quoted(text)


def test_a_flag_not_given_has_its_default() -> None:
    assert [False, 0, 7, "", (), 0.0] == [
        default_of(Flag("x", "bool", "")),
        default_of(Flag("x", "int64", "")),
        default_of(Flag("x", "uint", "", default="7")),
        default_of(Flag("x", "string", "")),
        default_of(Flag("x", "stringArray", "")),
        default_of(Flag("x", "float64", "")),
    ]


def test_a_flag_with_a_parser_uses_it() -> None:
    assert "ABC" == value_of(Flag("x", "string", "", parse=str.upper), "abc")
    assert "abc" == value_of(Flag("x", "string", ""), "abc")
