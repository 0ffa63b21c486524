from __future__ import annotations

import pytest

from regclient.kit.gotemplate.numbers import parse_number
from tests.tables import table


@table(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("0x1F", 31),
        ("0X_ff", 255),
        ("0b101", 5),
        ("0o17", 15),
        ("017", 15),
        ("1_000", 1000),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5e-7", -1.5e-7),
        ("0x1p4", 16.0),
        ("0x1.8p1", 3.0),
        ("2i", 2j),
        ("1+2i", 1 + 2j),
        ("1.5e2-2.5i", 150 - 2.5j),
        ("18446744073709551615", (1 << 64) - 1),
    ],
)
def test_go_literals_are_read(text: str, value: complex) -> None:
    assert (type(value), value) == (type(parse_number(text)), parse_number(text))


@table(
    "text",
    ["", "-", "+", ".", "1__0", "_1", "1_", "0x", "0b2", "0o8", "1e", "1e999", "1+2", "1+i", "0x1.8", "0xg", "i", "9" * 2000],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="illegal number syntax"):
        parse_number(text)


@table("text", ["09", "18446744073709551616", "-9223372036854775809"])
def test_whole_numbers_that_fit_no_integer_overflow(text: str) -> None:
    with pytest.raises(ValueError, match="integer overflow"):
        parse_number(text)
