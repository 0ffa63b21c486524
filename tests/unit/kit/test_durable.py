"""Having files on the disk: each by itself, or many at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from regclient.kit import durable
from regclient.kit.atomicfile import Writing
from regclient.kit.durable import FEW, flush, flush_directory


def files_in(root: Path, count: int) -> list[Path]:
    folder = root / "blobs" / "sha256"
    folder.mkdir(parents=True)
    paths = [folder / str(number) for number in range(count)]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def flushed(files: list[Path], root: Path, *, whole: bool = False) -> list[str]:
    """Flush, and return what was told, by paths below the root."""
    told: list[Path] = []

    def step(kind: str, path: Path) -> None:
        assert kind == "sync" or path == root
        told.append(root / kind if kind == "syncfs" else path)

    flush(files, root, Writing(step=step), whole=whole)
    return [str(path.relative_to(root)) for path in told]


def test_a_few_files_are_each_brought_to_the_disk_and_then_the_directories_that_name_them(tmp_path: Path) -> None:
    files = files_in(tmp_path, 2)

    assert ["blobs/sha256/0", "blobs/sha256/1", ".", "blobs", "blobs/sha256"] == flushed(files, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="others write file by file")
def test_many_files_are_brought_to_the_disk_at_once(tmp_path: Path) -> None:
    files = files_in(tmp_path, FEW + 1)

    assert ["syncfs"] == flushed(files, tmp_path)
    assert ["syncfs"] == flushed(files[:1], tmp_path, whole=True)


def test_where_that_cannot_be_asked_for_they_are_written_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_in(tmp_path, FEW + 1)
    monkeypatch.setattr(durable, "_flush_file_system", lambda root: False)

    assert FEW + 5 == len(flushed(files, tmp_path))
    assert flushed(files, tmp_path) == flushed([], tmp_path, whole=True)


def test_a_file_that_is_gone_does_not_matter(tmp_path: Path) -> None:
    assert ["blobs/sha256/gone", ".", "blobs", "blobs/sha256"] == flushed(
        [*files_in(tmp_path, 0), tmp_path / "blobs/sha256/gone"], tmp_path
    )


def test_what_cannot_be_synced_is_left_to_the_system(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert ["pipe", "."] == flushed([pipe], tmp_path)


def test_a_directory_can_be_brought_to_the_disk_alone(tmp_path: Path) -> None:
    told: list[Path] = []

    flush_directory(tmp_path, Writing(step=lambda kind, path: told.append(path)))

    assert [tmp_path] == told
