"""Fields of headers, as they are written."""

from __future__ import annotations

from regclient.kit.tarfields import ascii_of, pax_record, put_number, put_octal, put_text, sealed, split_name
from regclient.kit.tarheader import BLOCK, check_block, number_of
from tests.tables import table


def test_numbers_are_octal_with_a_nul() -> None:
    for value, written in (
        (0, b"0000000\0"),
        (0o755, b"0000755\0"),
        (0o7777777, b"7777777\0"),
        (1 << 21, b"0000000\0"),
        (-1, b"0000000\0"),
    ):
        block = bytearray(8)
        put_octal(block, 0, 8, value)
        assert written == bytes(block), value


@table("value", [0, 0o7777777, 1 << 21, 1 << 40, -1, -(1 << 40)])
def test_large_and_negative_numbers_are_in_base_256(value: int) -> None:
    block = bytearray(b"x" * 14)
    put_number(block, 1, 12, value)

    assert value == number_of(bytes(block[1:13]))
    assert b"x" == block[:1] == block[13:]


def test_texts_are_cut_to_their_field() -> None:
    for text, written in (
        (b"ab", b"ab\0\0"),
        (b"abcd", b"abcd"),
        (b"abcde", b"abcd"),
        (b"abc/e", b"abc\0"),
        (b"a///e", b"a\0//"),
    ):
        block = bytearray(4)
        put_text(block, 0, 4, text)
        assert written == bytes(block), text


def test_what_is_not_ascii_is_left_out() -> None:
    assert b"caf" == ascii_of("café".encode())
    assert b"cafe" == ascii_of(b"cafe")


def test_a_sealed_block_has_the_checksum_it_needs() -> None:
    block = bytearray(b"\xff" * BLOCK)
    check_block(sealed(block))

    assert b" " == block[155:156]


def test_the_length_of_a_record_counts_itself() -> None:
    for value, length in ((b"", 5), (b"x" * 4, 9), (b"x" * 5, 11), (b"x" * 93, 99), (b"x" * 94, 101), (b"x" * 990, 997)):
        written = pax_record(b"k", value)
        assert (length, length) == (len(written), int(written.partition(b" ")[0])), value


def test_long_names_are_cut_where_go_cuts_them() -> None:
    for name, cut in (
        (b"n" * 100, None),
        (b"n" * 101, None),
        (b"p" * 60 + b"/" + b"q" * 60, (b"p" * 60, b"q" * 60)),
        (b"p" * 155 + b"/" + b"q" * 100, (b"p" * 155, b"q" * 100)),
        (b"p" * 156 + b"/" + b"q" * 60, None),
        (b"p" * 60 + b"/" + b"q" * 60 + b"/", (b"p" * 60, b"q" * 60 + b"/")),
        (b"/" + b"q" * 100, None),
        ("ü".encode() * 40 + b"/" + b"q" * 60, None),
    ):
        assert cut == split_name(name), name
