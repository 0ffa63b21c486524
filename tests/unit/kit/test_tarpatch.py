"""Headers changed in place: the bytes that differ are those of the change."""

from __future__ import annotations

from dataclasses import replace

from regclient.kit.tarentry import Extension, TarEntry, read_entry, read_global
from regclient.kit.tarpatch import patched
from tests.vectors.tar.samples import BLOCK, GNU, KEPT, before, header, record

SPARSE = record(b"GNU.sparse.major", b"1") + record(b"mtime", b"1.5") + record(b"uname", b"root") + record(b"vendor.x", b"y")


def entry_of(block: bytes, records: bytes = b"") -> TarEntry:
    return read_entry(block, [Extension(before(records)[:BLOCK], records)] if records else [])


def changed(before_: bytes, after: bytes) -> set[int]:
    """Return where two equally long texts differ."""
    assert len(before_) == len(after)
    return {index for index, (old, new) in enumerate(zip(before_, after, strict=True)) if old != new}


def test_no_change_changes_nothing() -> None:
    for name, tar in KEPT.items():
        if tar[156:157] not in b"xL":
            assert tar[:BLOCK] == patched(entry_of(tar[:BLOCK])), name
    whole = before(SPARSE) + header()
    assert whole == patched(entry_of(header(), SPARSE))


def test_a_time_changes_its_field_and_the_checksum() -> None:
    block = header(kind=b"Z", end=b"this")
    after = patched(replace(entry_of(block), mtime=(0o12345670123, 0)))

    assert changed(block, after) <= {*range(136, 147), *range(148, 156)}
    assert b"12345670123\0" == after[136:148]
    assert (0o12345670123, 0) == read_entry(after).mtime


def test_times_that_are_too_large_are_in_base_256() -> None:
    after = patched(replace(entry_of(header(kind=b"Z")), mtime=(-5, 0)))

    assert (-5, 0) == read_entry(after).mtime


def test_records_change_in_their_place() -> None:
    after = patched(replace(entry_of(header(), SPARSE), mtime=(1_700_000_000, 0), user=b"", group=b""))
    records = after[BLOCK : 2 * BLOCK].rstrip(b"\0")

    assert record(b"GNU.sparse.major", b"1") + record(b"mtime", b"1700000000") + record(b"vendor.x", b"y") == records
    assert b"%011o\0" % len(records) == after[124:136]
    assert bytes(64) == after[2 * BLOCK + 265 : 2 * BLOCK + 329]
    assert (1_700_000_000, 0) == read_entry(after[2 * BLOCK :]).mtime


def test_times_of_access_change_where_gnu_has_them() -> None:
    block = header(magic=GNU, prefix=b"00000000001\0" + b"00000000002\0" + b"more")
    after = patched(replace(entry_of(block), atime=(5, 0), ctime=(6, 0)))

    assert ((5, 0), (6, 0)) == (read_entry(after).atime, read_entry(after).ctime)
    assert changed(block, after) <= {*range(345, 369), *range(148, 156)}


def test_a_size_changes_where_it_is_said() -> None:
    after = patched(replace(entry_of(header(), record(b"size", b"10")), size=9))

    assert 9 == read_entry(after[2 * BLOCK :]).size
    assert record(b"size", b"9") == after[BLOCK : BLOCK + 9]


def test_what_follows_a_header_stays_behind_it() -> None:
    entry = replace(entry_of(header(magic=GNU, kind=b"S")), trailer=b"t" * BLOCK)

    assert entry.trailer == patched(entry)[-BLOCK:]


def test_global_headers_stay() -> None:
    data = record(b"comment", b"abc")

    assert before(data, b"g") == patched(read_global(Extension(before(data, b"g")[:BLOCK], data)))
