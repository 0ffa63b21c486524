from __future__ import annotations

import os
from pathlib import Path

import pytest

from regclient.errors import StorageFault
from regclient.ops.archive.outfile import writing


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with writing(path) as file:
        file.write(b"some")
        assert not path.exists()
        file.write(b"thing")

    assert b"something" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_what_was_there_stays_when_the_work_fails(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), writing(path) as file:
        file.write(b"new" * (1 // 0))

    assert b"old" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_devices_and_links_are_written_through(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to("file")
    for path in ("/dev/null", tmp_path / "link"):
        with writing(path) as file:
            file.write(b"new")

    assert b"new" == (tmp_path / "file").read_bytes()
    assert (tmp_path / "link").is_symlink()


def test_the_mode_is_the_one_asked_for_less_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with writing(tmp_path / "plain"), writing(tmp_path / "program", mode=lambda: 0o755):
            pass
    finally:
        os.umask(before)

    assert [0o640, 0o750] == [(tmp_path / name).stat().st_mode & 0o777 for name in ("plain", "program")]


def test_a_missing_directory_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="No such file"), writing(tmp_path / "no" / "out"):
        pass
