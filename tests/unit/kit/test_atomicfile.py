"""Files that are whole or not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regclient.kit.atomicfile import AtomicFile, Writing, make_directory, remove_file, write_file
from tests.claims import claims


class Killed(BaseException):
    """What stands for the end of the process in these tests."""


def counting(seen: list[str], stop_at: int | None = None) -> Writing:
    """Note each step by its kind; end the work at step number ``stop_at``."""

    def step(kind: str, path: Path) -> None:
        if len(seen) == stop_at:
            raise Killed
        seen.append(kind)

    return Writing(step=step)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)

    def change(mask: int) -> None:
        os.umask(mask)

    yield change
    os.umask(before)


def test_a_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "index.json"

    write_file(path, b"{}")

    assert b"{}" == path.read_bytes()
    assert ["index.json"] == names(tmp_path)


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(b"old")
    opened = path.open("rb")

    write_file(path, b"new")

    with opened:
        assert b"old" == opened.read()
    assert b"new" == path.read_bytes()


def test_writing_through_a_link_replaces_the_link_and_not_its_target(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"kept")
    link = tmp_path / "link"
    link.symlink_to(target)

    write_file(link, b"new")

    assert b"kept" == target.read_bytes()
    assert not link.is_symlink()


def test_the_facts_returned_are_those_of_the_named_file(tmp_path: Path) -> None:
    facts = write_file(tmp_path / "file", b"12345")

    found = (tmp_path / "file").stat()
    assert (5, facts.st_ino, facts.st_mtime_ns) == (found.st_size, found.st_ino, found.st_mtime_ns)


@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_umask_decides_the_mode(tmp_path: Path, umask: Callable[[int], None], mask: int, expected: int) -> None:
    umask(mask)

    write_file(tmp_path / "file", b"")

    assert expected == stat.S_IMODE((tmp_path / "file").stat().st_mode)


def test_a_secret_file_can_ask_for_less(tmp_path: Path) -> None:
    write_file(tmp_path / "file", b"", mode=0o600)

    assert 0o600 == stat.S_IMODE((tmp_path / "file").stat().st_mode)


def test_what_is_not_committed_is_removed(tmp_path: Path) -> None:
    with AtomicFile(tmp_path) as file:
        file.write(b"half")

    assert [] == names(tmp_path)


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path) -> None:
    def stop_at_the_second(kind: str, path: Path) -> None:
        if kind == "write" and path.stat().st_size:
            raise OSError(28, "no space left")

    with AtomicFile(tmp_path, writing=Writing(step=stop_at_the_second)) as file:
        file.write(b"half")
        with pytest.raises(OSError, match="no space left"):
            file.write(b"rest")

    assert [] == names(tmp_path)


def test_a_failed_rename_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(OSError, match="taken"):
        write_file(tmp_path / "taken", b"x")

    assert ["taken"] == names(tmp_path)


def test_the_size_written_is_returned_in_bytes(tmp_path: Path) -> None:
    with AtomicFile(tmp_path) as file:
        assert 8 == file.write(memoryview(b"12345678").cast("I"))
        file.commit(tmp_path / "file")

    assert b"12345678" == (tmp_path / "file").read_bytes()


def test_temporary_files_carry_the_prefix_and_a_common_ending(tmp_path: Path) -> None:
    with AtomicFile(tmp_path, prefix="index.json.") as file:
        assert file.path.name.startswith("index.json.")
        assert file.path.name.endswith(".tmp")


@claims("Writing.step")
def test_every_change_is_announced_in_order(tmp_path: Path) -> None:
    seen: list[str] = []

    write_file(tmp_path / "file", b"x", writing=counting(seen))
    remove_file(tmp_path / "file", counting(seen))
    make_directory(tmp_path / "a" / "b", counting(seen))

    assert ["create", "write", "sync", "rename", "remove", "mkdir"] == seen


@claims("Writing.sync")
def test_without_sync_the_bytes_are_left_to_the_system(tmp_path: Path) -> None:
    seen: list[str] = []

    write_file(tmp_path / "file", b"x", writing=Writing(sync=False, step=counting(seen).step))

    assert ["create", "write", "rename"] == seen


@pytest.mark.parametrize("stop_at", range(4))
def test_stopped_before_any_step_the_old_file_is_whole(tmp_path: Path, stop_at: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    with pytest.raises(Killed):
        write_file(path, b"new", writing=counting([], stop_at))

    assert b"old" == path.read_bytes()


def test_removing_says_whether_there_was_something(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    assert remove_file(tmp_path / "file")
    assert not remove_file(tmp_path / "file")


def test_making_a_directory_twice_is_fine(tmp_path: Path) -> None:
    make_directory(tmp_path / "a" / "b")
    make_directory(tmp_path / "a" / "b")

    assert (tmp_path / "a" / "b").is_dir()


def adopted(tmp_path: Path, seen: list[str] | None = None, mode: int = 0o644) -> tuple[bool, Path, Path]:
    """Try to give a file a second name."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"content")
    first.chmod(mode)
    with first.open("rb") as source, AtomicFile(tmp_path, mode=0o644, writing=counting([] if seen is None else seen)) as file:
        done = file.adopt(source.fileno())
        if not done:
            file.write(b"written")
        file.commit(second)
    return done, first, second


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system has no names for open files")
def test_an_open_file_can_get_a_second_name(tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(0o022)
    seen: list[str] = []
    done, first, second = adopted(tmp_path, seen)

    assert done
    assert first.samefile(second)
    assert ["first", "second"] == names(tmp_path)
    assert ["create", "link", "rename", "sync", "rename"] == seen


def test_a_file_with_another_mode_is_not_taken_over(tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(0o022)
    done, first, second = adopted(tmp_path, mode=0o600)

    assert not done
    assert not first.samefile(second)
    assert b"written" == second.read_bytes()


def test_a_file_without_a_name_is_not_taken_over(tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(0o022)
    gone = tmp_path / "gone"
    gone.write_bytes(b"content")
    with gone.open("rb") as source, AtomicFile(tmp_path, mode=0o644) as file:
        gone.unlink()
        assert not file.adopt(source.fileno())

    assert [] == names(tmp_path)


def test_a_file_can_be_named_before_it_is_on_the_disk(tmp_path: Path) -> None:
    seen: list[str] = []

    with AtomicFile(tmp_path, writing=counting(seen)) as file:
        file.write(b"x")
        file.commit(tmp_path / "file", later=True)

    assert ["create", "write", "rename"] == seen
    assert b"x" == (tmp_path / "file").read_bytes()


def test_a_long_file_is_whole_though_the_disk_begins_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regclient.kit.atomicfile._PART", 1 << 20)
    piece = os.urandom(1 << 18)

    with AtomicFile(tmp_path) as file:
        for _ in range(9):
            file.write(piece)
        file.commit(tmp_path / "file", later=True)

    assert piece * 9 == (tmp_path / "file").read_bytes()
