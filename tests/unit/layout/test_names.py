"""Changes of an index that wait a moment for each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regclient.errors import StorageFault
from regclient.kit.atomicfile import Writing
from regclient.layout.draft import Draft
from regclient.layout.index import Index
from regclient.layout.names import PAUSE, SHARE, Change, Names
from regclient.model.descriptor import Descriptor
from regclient.model.mediatype import OCI_MANIFEST
from tests.fakes.clock import FakeClock

FIRST = Descriptor.of(b"first", OCI_MANIFEST)


class Disk:
    """A layout whose writings are counted; ``slow`` is how many seconds each takes, ``full`` lets none succeed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = FakeClock()
        self.written = 0
        self.slow = 0.0
        self.full = False
        self.names = self.another()

    def another(self) -> Names:
        """Open the same layout once more."""
        index = Index(self.root, Writing(sync=False, step=self.step))
        index.prepare()
        return Names(index, self.clock)

    def step(self, kind: str, path: Path) -> None:
        if kind == "rename" and path.name == "index.json":
            if self.full:
                raise OSError(28, "No space left on device")
            self.written += 1
            self.clock.advance(self.slow)

    @property
    def tags(self) -> list[str]:
        """The tags in the file."""
        path = self.root / "index.json"
        entries = json.loads(path.read_bytes())["manifests"] if path.exists() else []
        return [entry["annotations"]["org.opencontainers.image.ref.name"] for entry in entries]


def tag(name: str) -> Change:
    return lambda draft: draft.put(FIRST, name, 0.0)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_a_change_is_written_at_once(disk: Disk) -> None:
    for name in ("a", "b", "c"):
        disk.names.update(tag(name))

    assert (["a", "b", "c"], 3) == (disk.tags, disk.written)


def test_changes_shortly_after_one_another_are_written_together(disk: Disk) -> None:
    with disk.names.gathering():
        for name in ("a", "b", "c"):
            disk.names.update(tag(name))
        during = disk.tags

    assert (["a"], ["a", "b", "c"], 2) == (during, disk.tags, disk.written)


def test_many_changes_are_written_twice(disk: Disk) -> None:
    with disk.names.gathering():
        for number in range(200):
            disk.names.update(tag(str(number)))

    assert (200, 2) == (len(disk.tags), disk.written)


def test_a_change_after_a_while_is_written_with_those_that_wait(disk: Disk) -> None:
    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.names.update(tag("b"))
        disk.clock.advance(PAUSE)
        disk.names.update(tag("c"))

        assert (["a", "b", "c"], 2) == (disk.tags, disk.written)


def test_what_waits_is_written_when_it_is_time(disk: Disk) -> None:
    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.names.update(tag("b"))
        disk.names.write_due()
        assert ["a"] == disk.tags

        disk.clock.advance(PAUSE)
        disk.names.write_due()

        assert ["a", "b"] == disk.tags


def test_the_pause_grows_with_what_a_writing_takes(disk: Disk) -> None:
    disk.slow = 2.0
    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.clock.advance(2.0 * SHARE - 1)
        disk.names.update(tag("b"))
        assert ["a"] == disk.tags

        disk.clock.advance(1)
        disk.names.update(tag("c"))

        assert ["a", "b", "c"] == disk.tags


def test_what_waits_is_seen_through_the_same_object(disk: Disk) -> None:
    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.names.update(tag("b"))

        listing = disk.names.load()
        assert listing is not None
        assert ("a", "b") == listing.tags
        assert disk.names.find("b") is not None
        assert disk.names.find(FIRST.digest) is not None
        assert disk.names.find("c") is None
        assert disk.another().find("b") is None


def test_what_others_wrote_meanwhile_stays(disk: Disk) -> None:
    other = disk.another()
    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.names.update(tag("b"))
        other.update(tag("x"))

    assert ["a", "x", "b"] == disk.tags


def test_the_end_of_any_block_writes_everything(disk: Disk) -> None:
    with disk.names.gathering():
        disk.names.update(tag("a"))
        with disk.names.gathering():
            disk.names.update(tag("b"))

        assert ["a", "b"] == disk.tags
        disk.names.update(tag("c"))
        assert ["a", "b"] == disk.tags


def test_a_block_that_fails_keeps_what_was_done(disk: Disk) -> None:
    def work() -> None:
        with disk.names.gathering():
            disk.names.update(tag("a"))
            disk.names.update(tag("b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert ["a", "b"] == disk.tags


def test_what_ended_the_block_is_told_and_not_that_the_rest_could_not_be_written(disk: Disk) -> None:
    def work() -> None:
        with disk.names.gathering():
            disk.names.update(tag("a"))
            disk.names.update(tag("b"))
            disk.full = True
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert ["a"] == disk.tags


def test_the_end_of_a_block_says_what_cannot_be_written(disk: Disk) -> None:
    def work() -> None:
        with disk.names.gathering():
            disk.names.update(tag("a"))
            disk.names.update(tag("b"))
            disk.full = True

    with pytest.raises(StorageFault, match="No space left"):
        work()

    disk.full = False
    disk.names.write()
    assert ["a"] == disk.tags  # whoever put it was told


def test_a_change_that_fails_leaves_the_others(disk: Disk) -> None:
    def broken(draft: Draft) -> None:
        draft.put(FIRST, "half", 0.0)
        raise ZeroDivisionError

    with disk.names.gathering():
        disk.names.update(tag("a"))
        disk.names.update(tag("b"))
        with pytest.raises(ZeroDivisionError):
            disk.names.update(broken)
        assert disk.names.find("half") is None
        assert disk.names.find("b") is not None

    assert ["a", "b"] == disk.tags
