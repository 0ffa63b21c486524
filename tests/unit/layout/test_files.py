"""Reading and writing the files of a layout without trusting them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from regclient.errors import SizeLimitExceeded, StorageFault
from regclient.layout.files import check_inside, faults, is_own_directory, open_regular, read_whole, regular_size


def test_a_plain_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")

    with open_regular(tmp_path / "file") as file:
        assert b"content" == file.read()


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)


def test_a_pipe_that_never_answers_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "pipe")


def test_the_size_of_a_plain_file_is_told_without_opening_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")

    assert [5, 5] == [regular_size(tmp_path / "file"), regular_size(tmp_path / "link")]


def test_what_is_no_plain_file_has_no_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="not a regular file"):
        regular_size(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        regular_size(tmp_path)
    with pytest.raises(FileNotFoundError):
        regular_size(tmp_path / "missing")


def test_a_link_to_a_directory_is_not_a_directory_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path)

    assert is_own_directory(tmp_path)
    assert [False] * 3 == [is_own_directory(tmp_path / name) for name in ("file", "link", "missing")]


def test_a_file_of_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")

    content, facts = read_whole(tmp_path / "file", 5)

    assert (b"12345", 5) == (content, facts.st_size)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456")

    with pytest.raises(SizeLimitExceeded, match="limit of 5 bytes"):
        read_whole(tmp_path / "file", 5)


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises((SizeLimitExceeded, OSError)):
        read_whole(Path("/dev/zero"), 5)


def test_the_systems_errors_name_the_path_and_the_reason(tmp_path: Path) -> None:
    with pytest.raises(StorageFault) as caught, faults(tmp_path):
        (tmp_path / "missing").read_bytes()

    assert (str(tmp_path / "missing"), "No such file or directory") == (caught.value.path, caught.value.reason)


def test_an_error_without_a_path_gets_the_one_of_the_block(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="No space left") as caught, faults(tmp_path):
        raise OSError(28, "No space left on device")

    assert str(tmp_path) == caught.value.path


def test_a_link_out_of_the_layout_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "layout"
    root.mkdir()
    (root / "blobs").symlink_to(tmp_path)

    with pytest.raises(StorageFault, match="leads out of the layout"):
        check_inside(root / "blobs" / "sha256", root)


def test_a_link_within_the_layout_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "blobs").symlink_to("real")

    check_inside(tmp_path / "blobs" / "sha256", tmp_path)
    check_inside(tmp_path, tmp_path)
