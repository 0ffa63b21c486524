"""Tars made of directories."""

from __future__ import annotations

import io
import os
import socket
import tarfile
from pathlib import Path

import pytest

from regclient.errors import StorageFault, Unsupported
from regclient.kit.tarfiles import pack_directory


def packed(root: Path) -> bytes:
    out = io.BytesIO()
    pack_directory(root, out)
    return out.getvalue()


def read(content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    """Read a tar with the standard library, which shares no code with what wrote its names."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return [(member, file.read() if member.isreg() and (file := tar.extractfile(member)) else b"") for member in tar]


def headers_of(content: bytes) -> list[tarfile.TarInfo]:
    return [header for header, _ in read(content)]


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
    found = {header.name: (header, held) for header, held in read(packed(tree))}

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
    found = {header.name: held for header, held in read(packed(tree))}

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
