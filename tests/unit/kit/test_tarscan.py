from __future__ import annotations

import io
import subprocess
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from regclient.errors import Corrupt, SizeLimitExceeded
from regclient.kit.tarscan import MAX_EXTENSION, NO_TIME, scan
from tests.tables import table
from tests.vectors.tar.samples import before, record


def tar_of(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def info(name: str, **fields: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    return member


def read(raw: bytes, *, seek: bool = False) -> list[tuple[str, str, bytes]]:
    return [(entry.header.name, entry.header.kind, entry.content.read()) for entry in scan(io.BytesIO(raw), seek=seek)]


SOME = ((info("a"), b"first"), (info("d/", type=tarfile.DIRTYPE), b""), (info("d/b", mtime=7, mode=0o600), b"x" * 2000))


@table("seek", [False, True])
def test_entries_come_in_order_with_their_bytes(*, seek: bool) -> None:
    expected = [("a", "0", b"first"), ("d", "5", b""), ("d/b", "0", b"x" * 2000)]

    assert expected == [(name.rstrip("/"), kind, content) for name, kind, content in read(tar_of(*SOME), seek=seek)]


@table("seek", [False, True])
def test_bytes_may_be_left_unread_and_offsets_say_where_they_are(*, seek: bool) -> None:
    raw = tar_of(*SOME)
    found = {entry.header.name: (entry.offset, entry.header.stored) for entry in scan(io.BytesIO(raw), seek=seek)}
    offset, size = found["d/b"]

    assert b"x" * 2000 == raw[offset : offset + size]


@table("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_and_links_are_whole(form: int) -> None:
    name, target = "n" * 300, "../" * 50 + "t" * 100
    raw = tar_of((info(name, type=tarfile.SYMTYPE, linkname=target), b""), form=form)
    (entry,) = scan(io.BytesIO(raw))

    assert (name, target) == (entry.header.name, entry.header.link)


def test_a_ustar_prefix_is_part_of_the_name() -> None:
    name = "d" * 90 + "/" + "f" * 90

    assert [(name, "0", b"1")] == read(tar_of((info(name), b"1"), form=tarfile.USTAR_FORMAT))


@table("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_large_and_negative_numbers_are_read(form: int) -> None:
    (entry,) = scan(io.BytesIO(tar_of((info("a", uid=1 << 40, gid=5, mtime=-3), b""), form=form)))

    assert (1 << 40, 5, -3) == (entry.header.uid, entry.header.gid, entry.header.mtime)


@pytest.mark.parametrize(
    "options", [("--format=gnu",), *[("--format=pax", f"--sparse-version={v}") for v in ("0.0", "0.1", "1.0")]]
)
def test_sparse_files_have_zeros_for_holes(tmp_path: Path, options: tuple[str, ...]) -> None:
    with (tmp_path / "s").open("wb") as file:
        for position in range(30):
            file.seek(position * 100_000)
            file.write(b"data")
        file.truncate(3_500_000)
    raw = subprocess.run(["tar", "cSf", "-", *options, "-C", tmp_path, "s"], capture_output=True, check=True).stdout
    entry = next(scan(io.BytesIO(raw)))

    assert (tmp_path / "s").read_bytes() == entry.content.read()
    assert "s" == entry.header.name
    assert 3_500_000 == entry.header.size > entry.header.stored


def test_an_empty_stream_is_an_empty_tar() -> None:
    assert [] == read(b"") == read(bytes(1024))


def test_a_missing_end_mark_is_forgiven() -> None:
    raw = tar_of((info("a"), b"first"))

    assert [("a", "0", b"first")] == read(raw[:1024]) == read(raw[: 512 + 5])


@table("seek", [False, True])
@table("cut", [100, 700, 3000])
def test_a_tar_that_ends_early_is_refused(*, seek: bool, cut: int) -> None:
    raw = tar_of((info("a"), b"x" * 4000))[:cut]

    with pytest.raises(Corrupt, match="ends"):
        list(scan(io.BytesIO(raw), seek=seek))


def test_a_changed_header_is_refused() -> None:
    raw = bytearray(tar_of((info("a"), b"first")))
    raw[0] ^= 1

    with pytest.raises(Corrupt, match="checksum"):
        read(bytes(raw))


def test_what_is_no_tar_is_refused() -> None:
    with pytest.raises(Corrupt):
        read(b"hello world" * 100)


@table("value", ["-5", "9223372036854775808", "many", "1e3"])
def test_impossible_sizes_are_refused(value: str) -> None:
    member = info("a")
    member.pax_headers = {"size": value}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member)

    with pytest.raises(Corrupt):
        read(out.getvalue())


def test_a_negative_size_in_base_256_is_refused() -> None:
    raw = bytearray(tar_of((info("a"), b"first")))
    raw[124:136] = b"\xff" * 12
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])

    with pytest.raises(Corrupt, match="negative size"):
        read(bytes(raw))


def test_a_huge_extended_header_is_refused_before_it_is_read() -> None:
    member = info("a")
    member.pax_headers = {"comment": "x" * (MAX_EXTENSION + 1)}

    with pytest.raises(SizeLimitExceeded):
        read(tar_of((member, b"")))


def test_bytes_of_an_entry_that_has_passed_are_gone() -> None:
    entries = scan(io.BytesIO(tar_of((info("a"), b"first"), (info("b"), b"second"))))
    first = next(entries)
    next(entries)

    with pytest.raises(Corrupt, match="next one"):
        first.content.read()


SHARED = record(b"path", b"other") + record(b"size", b"0") + record(b"GNU.sparse.name", b"sparse")


def test_global_headers_change_no_entry_and_are_shown_when_asked_for() -> None:
    raw = before(SHARED, b"g") + tar_of((info("etc/passwd"), b"one"), (info("b"), b"two"))
    shown = list(scan(io.BytesIO(raw), shared=True))

    assert [("etc/passwd", "0", b"one"), ("b", "0", b"two")] == read(raw)
    assert [("other", "g", 0, NO_TIME), ("etc/passwd", "0", 3, 0)] == [
        (entry.header.name, entry.header.kind, entry.header.size, entry.header.mtime) for entry in shown[:2]
    ]
    with pytest.raises(Corrupt):
        read(before(b"hello", b"g") + tar_of((info("b"), b"two")))


def test_the_last_header_of_a_kind_counts_and_a_global_one_ends_what_stood_before_it() -> None:
    one, other = record(b"path", b"one") + record(b"uname", b"somebody"), record(b"gname", b"group")
    (last,) = scan(io.BytesIO(before(one) + before(other) + tar_of((info("a"), b""))))
    (ended,) = scan(io.BytesIO(before(one) + before(other, b"g") + tar_of((info("a"), b""))))

    assert ("a", "", "group") == (last.header.name, last.header.user, last.header.group)
    assert ("a", "", "") == (ended.header.name, ended.header.user, ended.header.group)


def test_many_extended_headers_are_not_all_remembered() -> None:
    for kind in (b"x", b"g"):
        many = b"".join(before(b"20000 %03d=%s\n" % (number, b"x" * 19_989), kind) for number in range(100))
        raw = io.BytesIO(many + tar_of((info("a"), b"1")))
        tracemalloc.start()
        try:
            (entry,) = scan(raw)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert "a" == entry.header.name
        assert most < 300_000


def test_a_name_of_a_sparse_file_is_that_of_sparse_files_only() -> None:
    named = record(b"GNU.sparse.name", b"sparse") + record(b"GNU.sparse.major", b"2")

    assert [("a", "0", b"1")] == read(before(named) + tar_of((info("a"), b"1")))
