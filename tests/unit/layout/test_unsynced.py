"""What may not be on the disk yet is there before anything leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import StorageFault
from regclient.kit.atomicfile import Writing
from regclient.layout.unsynced import MOST, Unsynced, unsynced_in


class Disk:
    """Notes what is brought to the disk; with ``broken`` nothing can be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.everything = root / "syncfs"
        self.synced: list[Path] = []
        self.broken = False

    def step(self, kind: str, path: Path) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        self.synced.append(self.root / kind if kind == "syncfs" else path)

    def file(self, name: str) -> Path:
        path = self.root / name
        path.write_bytes(b"x")
        return path

    def settle(self, unsynced: Unsynced, *, found: bool = True) -> list[Path]:
        self.synced.clear()
        unsynced.settle(Writing(step=self.step), found=found)
        return [path for path in self.synced if path != self.root]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_what_was_written_and_found_is_synced_once(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.written(str(written := disk.file("a")))
    unsynced.found(str(found := disk.file("b")))

    assert [written, found] == disk.settle(unsynced)
    assert [] == disk.settle(unsynced) == disk.synced


def test_what_was_found_can_stay_for_the_next_time(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.written(str(written := disk.file("a")))
    unsynced.found(str(found := disk.file("b")))

    assert [written] == disk.settle(unsynced, found=False)
    assert [found] == disk.settle(unsynced)


def test_what_is_gone_does_not_matter(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.written(str(path := disk.file("a")))
    path.unlink()

    disk.settle(unsynced)


def test_what_failed_is_tried_again(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.written(str(written := disk.file("a")))
    unsynced.found(str(found := disk.file("b")))
    disk.broken = True
    with pytest.raises(StorageFault, match="Input/output"):
        disk.settle(unsynced)

    disk.broken = False

    assert [written, found] == disk.settle(unsynced)


def test_nothing_is_synced_where_that_is_not_wanted(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.written(str(disk.file("a")))

    unsynced.settle(Writing(sync=False, step=disk.step))

    assert [] == disk.synced


def test_many_found_blobs_are_not_all_kept_in_mind(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    for number in range(MOST + 10):
        unsynced.found(str(disk.root / str(number)))

    assert MOST == len(unsynced._found)
    unsynced._found = {str(disk.file("a"))}
    assert disk.everything in disk.settle(unsynced)


def test_what_is_below_a_manifest_that_nobody_listed_is_synced_too(disk: Disk) -> None:
    unsynced = Unsynced(disk.root)
    unsynced.found_with_all_below(str(found := disk.file("a")))
    unsynced.written(str(written := disk.file("b")))

    assert [written] == disk.settle(unsynced, found=False)
    disk.broken = True
    with pytest.raises(StorageFault):
        disk.settle(unsynced)
    disk.broken = False
    assert disk.everything == disk.settle(unsynced)[0]

    unsynced.found(str(found))
    assert [found] == disk.settle(unsynced)


def test_all_objects_of_a_layout_share_what_they_know(disk: Disk) -> None:
    first, second = unsynced_in(disk.root), unsynced_in(disk.root)
    first.written(str(path := disk.file("a")))

    assert [path] == disk.settle(second)
    assert unsynced_in(disk.root / "other") is not first
