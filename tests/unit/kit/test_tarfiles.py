"""Tars made of directories, and tars read without trust."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import stat
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regclient.errors import Corrupt, SizeLimitExceeded, StorageFault, Unsupported
from regclient.kit.tarfiles import pack_directory, scan_tar


def packed(root: Path) -> bytes:
    out = io.BytesIO()
    pack_directory(root, out)
    return out.getvalue()


def headers_of(content: bytes) -> list[tarfile.TarInfo]:
    return [entry.header for entry in scan_tar(io.BytesIO(content))]


def made(*entries: tuple[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:  # noqa: A002 - tarfile's name
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as tar:
        for name, content in entries:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return out.getvalue()


def raw_header(name: str = "x", size: bytes = b"00000000001\0", kind: bytes = b"0") -> bytes:
    header = tarfile.TarInfo(name)
    header.type = kind
    block = bytearray(header.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "b.txt").write_text("hi")
    (root / "sub" / "run").write_text("#!")
    (root / "sub" / "run").chmod(0o755)
    (root / "sub-side").write_text("")
    (root / "link").symlink_to("sub/run")
    os.utime(root / "b.txt", (1_600_000_000.75, 1_600_000_000.75))
    return root


def test_a_directory_is_packed_by_name_with_relative_names(tree: Path) -> None:
    assert ["b.txt", "link", "sub", "sub/deep", "sub/run", "sub-side"] == [header.name for header in headers_of(packed(tree))]


def test_modes_times_links_and_contents_are_kept(tree: Path) -> None:
    found = {entry.header.name: (entry.header, entry.content.read()) for entry in scan_tar(io.BytesIO(packed(tree)))}

    assert (0o755, b"#!") == (found["sub/run"][0].mode, found["sub/run"][1])
    assert (1_600_000_000, b"hi") == (found["b.txt"][0].mtime, found["b.txt"][1])
    assert ("sub/run", b"") == (found["link"][0].linkname, found["link"][1])
    assert found["sub"][0].isdir()
    assert tree.stat().st_uid == found["sub"][0].uid


def test_the_same_directory_is_the_same_tar(tree: Path) -> None:
    assert packed(tree) == packed(tree)
    assert {} == headers_of(packed(tree))[0].pax_headers


def test_a_file_with_two_names_is_stored_under_both(tree: Path) -> None:
    (tree / "again").hardlink_to(tree / "b.txt")
    found = {entry.header.name: entry.content.read() for entry in scan_tar(io.BytesIO(packed(tree)))}

    assert found["again"] == found["b.txt"] == b"hi"


def test_names_that_are_no_text_and_long_ones_survive(tmp_path: Path) -> None:
    names = [os.fsdecode(b"caf\xe9"), "n" * 200, "ünï"]
    for name in names:
        (tmp_path / name).write_text("x")

    assert sorted(names, key=os.fsencode) == [header.name for header in headers_of(packed(tmp_path))]


def test_a_pipe_is_packed_and_a_socket_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert [tarfile.FIFOTYPE] == [header.type for header in headers_of(packed(tmp_path))]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "sock"))
        with pytest.raises(Unsupported, match="sock is a socket"):
            packed(tmp_path)


def test_what_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="nothing-here: No such file"):
        packed(tmp_path / "nothing-here")


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_entries_come_with_their_bytes_or_are_passed_over(format: int) -> None:  # noqa: A002 - tarfile's name
    content = made(("a" * 150, b"first" * 999), ("b", b""), ("c", b"last"), format=format)
    read = {entry.header.name: entry.content.read() for entry in scan_tar(io.BytesIO(content))}

    assert {"a" * 150: b"first" * 999, "b": b"", "c": b"last"} == read
    assert ["a" * 150, "b", "c"] == [header.name for header in headers_of(content)]


def test_the_stream_is_read_to_its_end_whatever_follows_the_tar() -> None:
    content = io.BytesIO(made(("a", b"x")) + b"more" * 1000)
    assert 1 == len(list(scan_tar(content)))
    assert b"" == content.read()


def test_an_empty_stream_is_a_tar_without_entries() -> None:
    assert [] == headers_of(b"\0" * 1024)
    assert [] == headers_of(b"")


def test_a_stream_that_trickles_is_read_all_the_same() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(100, size or 100))

    assert [b"y" * 3000] == [entry.content.read() for entry in scan_tar(Trickle(made(("a", b"y" * 3000))))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no tar at all" * 100, "damaged tar"),
        (made(("a", b"x"))[:100], "damaged tar"),
        (made(("a", b"x"))[:513], "damaged tar"),
        (made(("a", b"x"), ("b", b"y"))[:1024] + b"\xff" * 512, "damaged tar header"),
        (made(("a", b"x"), ("b", b"y"))[:1300], "damaged tar header"),
        (raw_header(size=b"\xff" * 12), "negative size|before its header|damaged"),
        (raw_header(size=b"\x80" + b"\xff" * 11), "damaged tar"),
        (raw_header("x", b"77777777777\0"), "damaged tar"),
    ],
)
def test_damage_is_an_error_not_the_end(content: bytes, said: str) -> None:
    with pytest.raises(Corrupt, match=said):
        headers_of(content)


def test_an_entry_that_ends_early_is_an_error_where_it_is_read() -> None:
    entries = scan_tar(io.BytesIO(made(("a", b"x" * 2000))[:1000]))

    with pytest.raises(Corrupt, match="damaged tar"):
        next(entries).content.read()


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"])
def test_an_extended_header_is_not_read_when_it_is_huge(kind: bytes) -> None:
    with pytest.raises(SizeLimitExceeded, match="header of a tar entry"):
        headers_of(raw_header(size=b"77777777777\0", kind=kind))


def test_extended_headers_of_extended_headers_end() -> None:
    with pytest.raises(Corrupt):
        headers_of(raw_header(size=b"00000000000\0", kind=b"L") * 5000)


def test_what_passed_is_forgotten() -> None:
    block = raw_header(size=b"00000000000\0")
    held = [entry.header for entry in scan_tar(io.BytesIO(block * 50)) if stat.S_IMODE(entry.header.mode)]

    assert 50 == len(held)


@given(st.binary(max_size=200), st.integers(0, 600), st.integers(0, 300))
def test_hostile_bytes_end_in_errors_of_ours(noise: bytes, place: int, size: int) -> None:
    content = bytearray(made(("a", b"x" * size), ("b" * 120, b"y")))
    content[place : place + len(noise)] = noise
    with contextlib.suppress(Corrupt):
        for entry in scan_tar(io.BytesIO(bytes(content))):
            entry.content.read()
