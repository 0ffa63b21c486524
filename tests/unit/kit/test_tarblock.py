"""Plain headers changed in place: the same bytes as when they are read and written again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import Corrupt
from regclient.kit.tarblock import PlainBlocks, Run
from regclient.kit.tarencode import encoded
from regclient.kit.tarentry import read_entry
from tests.vectors.tar.samples import BLOCK, EMPTY, GNU, ONE, SAMPLES, header

NEW = 0o14006420362


def later(seconds: int) -> int:
    return NEW if seconds > 1_500_000_000 else seconds


def edited(block: bytes, blocks: PlainBlocks | None = None) -> tuple[bytes, Run]:
    """Edit a header that lies in the middle of a buffer."""
    buffer = bytearray(b"\xff" * 9 + block + b"\xff" * 9)
    run = (blocks or PlainBlocks(later)).edit(buffer, 9, len(buffer) - 9)
    assert b"\xff" * 9 == buffer[:9] == buffer[-9:]
    return bytes(buffer[9:-9]), run


def test_a_plain_header_says_what_follows() -> None:
    for block, left in (
        (header(), 10),
        (header(magic=GNU), 10),
        (header(name=b"n" * 100), 10),
        (header(kind=b"2", link=b"l" * 100), 0),
        (header(kind=b"5", name=b"d/"), 0),
        (header(user=b"u" * 32, group=b"g" * 32), 10),
    ):
        assert Run(9 + BLOCK, 1, changed=True, left=left) == edited(block)[1], block


def test_a_run_goes_on_to_what_is_not_plain_or_not_there() -> None:
    two = header() + bytes(BLOCK) + header(size=EMPTY)
    for content, run in (
        (two, Run(3 * BLOCK, 2, changed=True, left=0)),
        (two + bytes(BLOCK), Run(3 * BLOCK, 2, changed=True, left=0)),
        (two + header(size=b"00000002001\0") + bytes(BLOCK), Run(4 * BLOCK, 3, changed=True, left=0o2001)),
        (b"", Run(0, 0, changed=False, left=0)),
    ):
        assert run == PlainBlocks(later).edit(bytearray(content), 0, len(content))


def test_names_that_are_not_for_this_end_a_run() -> None:
    blocks = PlainBlocks(later, is_plain=lambda name: name in {b"a", b"p" * 60 + b"/" + b"q" * 90})

    assert 1 == edited(header(), blocks)[1].entries
    assert 1 == edited(header(name=b"q" * 90, prefix=b"p" * 60), blocks)[1].entries
    assert (header(name=b"b"), Run(9, 0, changed=False, left=0)) == edited(header(name=b"b"), blocks)


def test_what_is_not_plain_is_left_to_others() -> None:
    for block in (
        header(name=b"\0"),
        header(name=b"caf\xe9"),
        header(name=b"abc\0more"),
        header(name=b"abc/"),
        header(link=b"a\0more"),
        header(prefix=b"front"),
        header(name=b"n" * 100, prefix=b"p" * 155, magic=GNU),
        header(name=b"b/" + b"n" * 90, prefix=b"a"),
        header(magic=b"ustar\x0001"),
        header(mode=b"   644 \0"),
        header(mtime=b"\x80" + bytes(11)),
        header(mtime=b"13725473000 "),
        header(size=b"         12 "),
        header(user=b"a\0b"),
        header(group=b"caf\xe9"),
        header(end=b"this"),
        header(kind=b"7"),
        header(kind=b"\0"),
        bytes(BLOCK),
        header()[:-1],
    ):
        assert (block, Run(9, 0, changed=False, left=0)) == edited(block), block


def test_a_header_that_only_looks_plain_when_its_fields_slip_is_not() -> None:
    """A name field that goes on like a header: the pattern fits, but not at the offsets of the fields."""
    inner = header()[100:257]
    for block in (header(name=(b"x\0" + inner)[:100]), header(link=(b"ustar\x0000" + bytes(92)))):
        assert 0 == edited(block)[1].entries


def test_a_wrong_checksum_is_refused() -> None:
    with pytest.raises(Corrupt, match="wrong checksum"):
        edited(ONE[:148] + b"000000\0 " + ONE[156:BLOCK])


def test_a_change_is_what_writing_the_header_again_gives() -> None:
    blocks = PlainBlocks(later, clear_names=True)
    for fields in (
        {},
        {"magic": GNU},
        {"mtime": EMPTY},
        {"user": bytes(64)},
        {"mtime": b"14006420362\0", "user": b"u" * 32},
        {"kind": b"2", "link": b"to"},
        {"name": b"q" * 100, "prefix": b"p" * 155},
        {"name": b"q" * 60 + b"/", "prefix": b"p/" * 30 + b"r", "kind": b"5"},
    ):
        block = header(**fields)
        entry = read_entry(block)
        expected = encoded(replace(entry, mtime=(later(entry.mtime[0]), 0), user=b"", group=b""))
        result, run = edited(block, blocks)
        assert (expected, entry.user != b"" or entry.mtime[0] != NEW) == (result, run.changed), fields


def test_what_says_the_same_is_no_change() -> None:
    old = header(mtime=EMPTY)

    for block, blocks in ((old, PlainBlocks(later)), (SAMPLES["pax: plain"][:BLOCK], PlainBlocks(lambda seconds: seconds))):
        result, run = edited(block, blocks)
        assert (encoded(read_entry(block)), False, 1) == (result, run.changed, run.entries)


def test_times_that_no_octal_number_holds_are_left_to_others() -> None:
    assert [0, 0] == [edited(header(), PlainBlocks(when))[1].entries for when in (lambda _: -1, lambda _: 1 << 33)]


def test_many_times_and_owners_are_not_all_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regclient.kit.tarblock._HELD", 64)
    blocks = PlainBlocks(later)
    for number in range(100):
        block = header(mtime=b"%011o\0" % number, user=b"%d" % number)
        assert 1 == edited(block, blocks)[1].entries

    assert len(blocks._times) <= 64
    assert len(blocks._owners) <= 64
