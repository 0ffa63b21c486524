"""Headers of a tar, read without losing anything."""

from __future__ import annotations

import pytest

from regclient.errors import Corrupt
from regclient.kit.tarentry import (
    GNU,
    PAX,
    USTAR,
    Extension,
    format_pax_time,
    padded,
    parse_pax,
    parse_pax_time,
    read_entry,
    read_global,
)
from tests.tables import table
from tests.vectors.tar.samples import BLOCK, KEPT, ONE, SAMPLES, before, header, record
from tests.vectors.tar.samples import GNU as GNU_MAGIC


def extension(kind: bytes, data: bytes, magic: bytes = b"ustar\x0000") -> Extension:
    return Extension(before(data, kind, magic=magic)[:BLOCK], data)


def test_a_plain_header_is_read() -> None:
    entry = read_entry(header(kind=b"2", link=b"to", size=b"00000000007\0"))

    assert (b"a", b"to", b"root", b"wheel", 0o644) == (entry.name, entry.link, entry.user, entry.group, entry.mode)
    assert (7, 0, (1_600_000_000, 0)) == (entry.size, entry.stored, entry.mtime)
    assert (USTAR, False, False) == (entry.form, entry.kept, entry.is_file)
    assert read_entry(ONE[:BLOCK]).is_file


def test_records_say_more_than_the_block() -> None:
    records = {
        b"path": b"long",
        b"linkpath": b"there",
        b"uname": b"u",
        b"gname": b"g",
        b"uid": b"5",
        b"gid": b"6",
        b"size": b"9",
    }
    times = {b"mtime": b"1.5", b"atime": b"-2.25", b"ctime": b"3", b"vendor.x": b"y", b"comment": b""}
    data = b"".join(record(key, value) for key, value in {**records, **times}.items())
    entry = read_entry(header(), [extension(b"x", data)])

    assert (b"long", b"there", b"u", b"g", 5, 6, 9) == (
        entry.name,
        entry.link,
        entry.user,
        entry.group,
        entry.uid,
        entry.gid,
        entry.stored,
    )
    assert ((1, 500_000_000), (-3, 750_000_000), (3, 0)) == (entry.mtime, entry.atime, entry.ctime)
    assert {**records, **times} == entry.records
    assert PAX == entry.form


def test_long_names_of_gnu_are_read() -> None:
    entry = read_entry(
        header(magic=GNU_MAGIC), [extension(b"L", b"n" * 150 + b"\0", GNU_MAGIC), extension(b"K", b"to\0", GNU_MAGIC)]
    )

    assert (b"n" * 150, b"to", GNU) == (entry.name, entry.link, entry.form)


def test_formats_are_told_as_go_tells_them() -> None:
    for block, form in (
        (header(), USTAR),
        (header(magic=GNU_MAGIC), GNU),
        (header(magic=bytes(8)), 0),
        (header(name=b"caf\xe9"), 0),
        (header(mtime=b"13725473000 "), 0),
        (header(magic=GNU_MAGIC, name=b"caf\xe9"), GNU),
    ):
        assert form == read_entry(block).form, block


def test_what_go_would_damage_is_kept() -> None:
    assert {name: True for name in KEPT if name.startswith("unknown")} == {
        name: read_entry(tar[:BLOCK]).kept for name, tar in KEPT.items() if name.startswith("unknown")
    }
    assert [False] * 3 == [read_entry(SAMPLES[name][:BLOCK]).kept for name in ("no kind", "v7", "gnu with times")]
    for data in (b"GNU.sparse.map", b"GNU.sparse.major"):
        assert read_entry(header(), [extension(b"x", record(data, b"1"))]).kept


def test_global_headers_have_only_records() -> None:
    entry = read_global(extension(b"g", record(b"comment", b"abc")))

    assert (True, {b"comment": b"abc"}, b"PaxHeaders/a", 0) == (entry.is_global, entry.records, entry.name, entry.stored)


def test_a_front_of_a_name_in_the_place_of_times_is_read() -> None:
    """Go before 1.8 wrote it there; what it means depends on nothing else."""
    entry = read_entry(header(magic=GNU_MAGIC, prefix=b"front/of\0"))

    assert (b"front/of/a", True) == (entry.name, entry.kept)


@table(
    ("text", "moment"),
    [
        (b"0", (0, 0)),
        (b"-1", (-1, 0)),
        (b"-1.25", (-2, 750_000_000)),
        (b"-0.5", (-1, 500_000_000)),
        (b"7.123456789", (7, 123_456_789)),
    ],
)
def test_times_are_read_and_written(text: bytes, moment: tuple[int, int]) -> None:
    assert moment == parse_pax_time(text)
    assert text == format_pax_time(moment)
    assert moment == parse_pax_time(text + (b"000" if b"." in text else b".000"))


@table("text", [b"", b".5", b"1.5x", b"soon", b"1" * 20])
def test_what_is_no_time_is_refused(text: bytes) -> None:
    with pytest.raises(Corrupt, match="no time"):
        parse_pax_time(text)


@table("data", [b"x", b"9 a=b\n", b"6 a=bc\n", b"5 a=b", b"99 a=b\n", b"-6 a=b\n", b"6 =bc\n", b"6 abc\n", b"\0" * 9])
def test_damaged_records_are_refused(data: bytes) -> None:
    with pytest.raises(Corrupt, match="damaged extended header"):
        parse_pax(data)


def test_contents_are_padded_to_blocks() -> None:
    assert [0, 512, 512, 1024] == [padded(size) for size in (0, 1, 512, 513)]
