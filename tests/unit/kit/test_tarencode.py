"""Headers as Go writes them: the recording of tests/vectors/tar covers the rest, through ``tarstream.py``."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace

from regclient.kit.tarencode import encoded
from regclient.kit.tarentry import PAX, USTAR, TarEntry, read_entry
from tests.tables import table
from tests.vectors.tar.samples import BLOCK, KEPT, ONE, header

ENTRY = TarEntry(b"", name=b"d/f", size=3, stored=3, mode=0o644, mtime=(5, 0), form=PAX)


def decoded(headers: bytes) -> tarfile.TarInfo:
    """Read headers with the standard library, which shares no code with what wrote them."""
    with tarfile.open(fileobj=io.BytesIO(headers + b"abc".ljust(BLOCK, b"\0") + bytes(1024))) as tar:
        return tar.getmembers()[0]


def test_what_fits_is_one_block_of_ustar() -> None:
    found = encoded(ENTRY)

    assert (BLOCK, b"ustar\x0000") == (len(found), found[257:265])
    assert (b"0000644\0", b"0000000\0" * 2) == (found[100:108], found[329:345])


@table(
    ("field", "value", "key", "text"),
    [
        ("name", "ü".encode(), "path", "ü"),
        ("name", b"n" * 200, "path", "n" * 200),
        ("link", b"l" * 101, "linkpath", "l" * 101),
        ("user", b"u" * 33, "uname", "u" * 33),
        ("group", "g\u00fc".encode(), "gname", "gü"),
        ("uid", 1 << 21, "uid", str(1 << 21)),
        ("gid", 1 << 40, "gid", str(1 << 40)),
        ("mtime", (5, 250_000_000), "mtime", "5.25"),
        ("mtime", (-5, 0), "mtime", "-5"),
        ("atime", (7, 0), "atime", "7"),
        ("ctime", (7, 1), "ctime", "7.000000001"),
    ],
)
def test_what_does_not_fit_has_a_record(field: str, value: object, key: str, text: str) -> None:
    entry = replace(ENTRY)
    setattr(entry, field, value)
    found = encoded(entry)

    assert b"d/PaxHeaders.0/f" == found[:16] or field == "name"
    assert {key: text} == decoded(found).pax_headers


def test_a_format_that_cannot_say_it_gives_way_to_one_that_can() -> None:
    """Go refuses to write these."""
    early = encoded(replace(read_entry(ONE[:BLOCK]), mtime=(-1, 0)))
    mode = encoded(replace(ENTRY, mode=1 << 30))

    assert (-1, USTAR) == (decoded(early).mtime, read_entry(ONE[:BLOCK]).form)
    assert b"ustar  \0" == mode[257:265]
    assert 1 << 30 == decoded(mode).mode


def test_records_that_no_header_can_hold_leave_the_entry_as_it_is() -> None:
    odd = read_entry(header())
    odd.records = {b"vendor\0key": b"1"}

    assert ONE[:BLOCK] == encoded(odd)


def test_what_is_kept_is_kept() -> None:
    for name in ("star", "contiguous", "unknown field in gnu", "unknown kind"):
        block = KEPT[name][:BLOCK]
        assert block == encoded(read_entry(block)), name
