from __future__ import annotations

import tarfile

import pytest

from regclient.errors import Corrupt
from regclient.kit import tarheader
from regclient.kit.tarheader import TarHeader
from tests.tables import table


def block(name: str = "a", **fields: object) -> bytes:
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    return member.tobuf(tarfile.USTAR_FORMAT)


def test_every_field_of_a_header_is_read() -> None:
    raw = block(
        "d/f", size=9, mode=0o755, uid=1, gid=2, mtime=3, uname="u", gname="g", type=tarfile.CHRTYPE, devmajor=4, devminor=5
    )
    expected = TarHeader("d/f", "3", 0, 0, 0o755, 1, 2, 3, user="u", group="g", major=4, minor=5, format="ustar")

    assert expected == tarheader.parse_header(raw)


@table(
    ("kind", "is_file", "is_directory", "is_link"),
    [("0", True, False, False), ("5", False, True, False), ("2", False, False, True), ("1", False, False, True)],
)
def test_kinds_are_told_apart(kind: str, *, is_file: bool, is_directory: bool, is_link: bool) -> None:
    header = TarHeader("a", kind)

    assert (is_file, is_directory, is_link) == (header.is_file, header.is_directory, header.is_link)


@table(
    ("kind", "names", "expected"),
    [(b"\0", {}, ("5", 0)), (b"\0", {"path": "f"}, ("0", 9)), (b"0", {}, ("0", 9)), (b"5", {}, ("5", 0))],
)
def test_a_name_that_ends_with_a_slash_is_a_directory_where_no_flag_says_what_it_is(
    kind: bytes, names: dict[str, str], expected: tuple[str, int]
) -> None:
    found = tarheader.extended(tarheader.parse_header(block("d/", size=9, type=kind)), {}, names)

    assert expected == (found.kind, found.stored)


def test_signed_checksums_of_old_programs_are_accepted() -> None:
    raw = bytearray(block("\u00e9"))
    unsigned = sum(raw[:148]) + sum(raw[156:]) + 256
    raw[148:156] = b"%06o\0 " % (unsigned - 256 * 2)

    assert "\u00e9" == tarheader.parse_header(bytes(raw)).name


def test_records_are_read_and_applied() -> None:
    records = tarheader.parse_records(b"12 path=b/c\n14 mtime=12.5\n10 uid=77\n")
    header = tarheader.extended(TarHeader("a"), records)

    assert ("b/c", 12, 77, "pax") == (header.name, header.mtime, header.uid, header.format)


@table("raw", [b"5 a=b\n", b"x a=b\n", b"100 a=b\n", b"6 abc\n", b"0 a=b\n", b"-6 a=b\n", b"6 a=bc"])
def test_damaged_records_are_refused(raw: bytes) -> None:
    with pytest.raises(Corrupt):
        tarheader.parse_records(raw)


def test_names_from_gnu_extensions_win_over_records() -> None:
    names = {"path": "gnu", "linkpath": "target"}

    assert "gnu" == tarheader.extended(TarHeader("a"), {}, names).name
    assert ("gnu", "target") == (
        (header := tarheader.extended(TarHeader("a"), {"path": "pax", "linkpath": "pax"}, names)).name,
        header.link,
    )


@table(
    ("numbers", "size", "stored"),
    [([0, 5, 3, 5], 20, 10), ([0, 30], 20, 30), ([0, -1], 20, 5), ([0, 10], 20, 5), ([0], 20, 5), ([0, 1], 1 << 63, 1)],
)
def test_impossible_pieces_are_refused(numbers: list[int], size: int, stored: int) -> None:
    with pytest.raises(Corrupt):
        tarheader.sparse(TarHeader("a"), numbers, size, stored)


def test_numbers_that_are_none_are_refused() -> None:
    assert [1, 20] == tarheader.numbers_of(["1", b"20"])
    with pytest.raises(Corrupt):
        tarheader.numbers_of([b"\xff"])
    raw = bytearray(block())
    raw[124:136] = b"8" * 12
    with pytest.raises(Corrupt):
        tarheader.parse_header(bytes(raw))


def test_pieces_of_gnu_headers_are_read_to_their_end() -> None:
    first = bytearray(512)
    first[386:410] = b"%011o\0%011o\0" % (512, 7)
    first[482] = 1
    first[483:495] = b"%011o\0" % 4096

    assert ([512, 7], True) == tarheader.old_sparse(bytes(first), first=True)
    assert 4096 == tarheader.old_sparse_size(bytes(first))
    assert ([], False) == tarheader.old_sparse(bytes(512), first=False)
