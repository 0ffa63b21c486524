from __future__ import annotations

import bz2
import gzip
import io
import lzma
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from regclient.errors import Corrupt, FileNotFound, SizeLimitExceeded, StorageFault, Unsupported
from regclient.ops.archive.contents import Contents, open_contents
from tests.fakes.archives import Item, Pipe, directory, files, hard_link, stream, symlink, tar_of
from tests.tables import table

PLAIN = files(a="first", b="second" * 1000)


def unchecked() -> None:
    """Never end early."""


def contents_of(raw: bytes) -> Contents:
    return Contents(stream(raw), "test.tar", unchecked)


def read(raw: bytes, name: str, limit: int = 1 << 20) -> bytes:
    return contents_of(raw).read(name, limit)


@table("prefix", ["", "./", "/", "x/../"])
def test_names_are_compared_without_dots_and_slashes(prefix: str) -> None:
    assert b"1" == read(tar_of(Item(f"{prefix}a/b", b"1")), "a/b")


def test_directories_are_no_files() -> None:
    found = contents_of(tar_of(directory("a/"), Item("a/b")))

    assert ("a" not in found, "a/b" in found) == (True, True)


def test_links_between_entries_are_followed() -> None:
    raw = tar_of(
        symlink("one/layer.tar", "../two/layer.tar"), Item("two/layer.tar", b"x"), hard_link("c/three", "one/layer.tar")
    )

    assert [b"x"] * 3 == [read(raw, name) for name in ("one/layer.tar", "two/layer.tar", "c/three")]


@table("target", ["../../etc/passwd", "/etc/passwd", "../.."])
def test_links_out_of_the_archive_are_refused(target: str) -> None:
    with pytest.raises(Corrupt, match="out of the archive"):
        read(tar_of(symlink("a/b", target)), "a/b")


def test_links_in_a_circle_are_refused() -> None:
    raw = tar_of(symlink("a", "b"), hard_link("b", "a"), symlink("c", "c"))

    for name in ("a", "b", "c"):
        with pytest.raises(Corrupt, match="circle"):
            read(raw, name)


def test_of_two_files_with_one_name_the_later_counts_but_documents_may_not_come_twice() -> None:
    assert b"2" == read(tar_of(Item("a", b"1"), Item("a", b"2")), "a")
    with pytest.raises(Corrupt, match="two entries called index"):
        contents_of(tar_of(Item("index.json", b"1"), Item("./index.json", b"2")))


def test_a_missing_file_and_a_large_document_are_errors() -> None:
    with pytest.raises(FileNotFound):
        read(PLAIN, "c")
    with pytest.raises(SizeLimitExceeded):
        read(PLAIN, "b", 5999)
    assert 6000 == contents_of(PLAIN).size("b")


def test_an_archive_of_countless_files_is_refused() -> None:
    raw = tar_of(*(Item(str(number)) for number in range(5)))
    assert "4" in Contents(stream(raw), "test.tar", unchecked, most=5)

    with pytest.raises(Corrupt, match="no image has"):
        Contents(stream(raw), "test.tar", unchecked, most=4)


def test_files_can_be_read_again_and_by_many_at_once() -> None:
    found = contents_of(PLAIN)
    one, other = found.open("b"), found.open("b")
    assert b"sec" == one.read(3)
    assert b"second" * 1000 == other.read()
    assert (3, 0) == (one.tell(), one.seek(0))
    assert b"second" * 1000 == one.read()
    with pytest.raises(Unsupported):
        one.seek(5)
    with ThreadPoolExecutor(4) as pool:
        assert {b"second" * 1000} == set(pool.map(lambda _: found.open("b").read(), range(20)))


def test_what_is_cut_off_is_refused() -> None:
    with pytest.raises(Corrupt):
        contents_of(PLAIN[:3000])


@table("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_archives_are_unpacked(compress: object) -> None:
    assert callable(compress)
    with opened(io.BytesIO(compress(PLAIN))) as stack:
        assert b"second" * 1000 == stack.read("b", 10_000)


def opened(raw: io.BytesIO | Pipe, limit: int = 1 << 20) -> Opened:
    return Opened(raw, limit)


class Opened(ExitStack):
    """An archive that is open for a block."""

    def __init__(self, raw: io.BytesIO | Pipe, limit: int) -> None:
        super().__init__()
        self._found = self.enter_context(open_contents(raw, "test.tar", limit=limit, check=unchecked))  # type: ignore[arg-type]

    def read(self, name: str, limit: int) -> bytes:
        return self._found.read(name, limit)


def test_a_pipe_is_as_good_as_a_file() -> None:
    with opened(Pipe(PLAIN)) as found:
        assert b"first" == found.read("a", 5)


def test_unpacking_stops_at_the_limit_and_keeps_zeros() -> None:
    raw = tar_of(Item("zeros", bytes(3 << 18)), Item("a", b"1"))
    with opened(io.BytesIO(gzip.compress(raw, 1)), 1 << 20) as found:
        assert (bytes(3 << 18), b"1") == (found.read("zeros", 1 << 20), found.read("a", 1))
    with pytest.raises(SizeLimitExceeded):
        opened(io.BytesIO(gzip.compress(raw, 1)), 1 << 18)


def test_a_file_that_cannot_be_read_is_an_error_of_ours() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageFault):
        opened(Broken(PLAIN))
