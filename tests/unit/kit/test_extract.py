"""Nothing an archive says leads out of the directory it is unpacked into."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from regclient.errors import Corrupt, SizeLimitExceeded, StorageFault
from regclient.kit.extract import extract_tar, parts_of, place_in
from regclient.kit.tarfiles import pack_directory


@dataclass(frozen=True)
class Entry:
    """One entry of a tar to be made."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644
    mtime: int = 1_600_000_000


def tar_of(*entries: Entry) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            header = tarfile.TarInfo(entry.name)
            header.size, header.type, header.linkname = len(entry.content), entry.kind, entry.link
            header.mode, header.mtime = entry.mode, entry.mtime
            tar.addfile(header, io.BytesIO(entry.content))
    out.seek(0)
    return out


def directory(name: str, mode: int = 0o755) -> Entry:
    return Entry(name, kind=tarfile.DIRTYPE, mode=mode)


def symlink(name: str, link: str) -> Entry:
    return Entry(name, kind=tarfile.SYMTYPE, link=link)


def hardlink(name: str, link: str) -> Entry:
    return Entry(name, kind=tarfile.LNKTYPE, link=link)


def everything_below(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): kind_of(path) for path in sorted(root.rglob("*"))}


def kind_of(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return "directory" if path.is_dir() else path.read_text("utf-8", "replace")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    path = tmp_path / "outer" / "target"
    path.mkdir(parents=True)
    return path


@pytest.fixture(autouse=True)
def untouched(tmp_path: Path) -> Iterator[None]:
    yield
    assert {"outer", "secret"} >= {path.name for path in tmp_path.iterdir()}
    if (tmp_path / "outer").exists():
        assert ["target"] == [path.name for path in (tmp_path / "outer").iterdir()]
        assert "secret" == (tmp_path / "secret").read_text()


def test_files_and_directories_are_made(target: Path) -> None:
    found = extract_tar(tar_of(directory("d"), Entry("d/a", b"1"), Entry("/b", b"2"), Entry("./new/c", b"3")), target)

    assert {"d": "directory", "d/a": "1", "b": "2", "new": "directory", "new/c": "3"} == everything_below(target)
    assert 4 == found


def test_permissions_and_times_are_kept_owners_and_special_bits_are_not(target: Path) -> None:
    extract_tar(tar_of(Entry("run", b"#!", mode=0o4755), directory("d", mode=0o500), Entry("d/x")), target)

    assert 0o700 == stat.S_IMODE((target / "d").stat().st_mode) & 0o700
    assert (0o755, 1_600_000_000) == (stat.S_IMODE((target / "run").stat().st_mode), (target / "run").stat().st_mtime)


@pytest.mark.parametrize("mtime", [-5, 1 << 40])
def test_a_time_no_disk_can_hold_is_left_out(target: Path, mtime: int) -> None:
    extract_tar(tar_of(Entry("a", b"1", mtime=mtime)), target)

    assert 1_700_000_000 < (target / "a").stat().st_mtime < 1 << 33


def test_what_is_there_is_replaced_and_never_written_through(target: Path) -> None:
    (target / "a").write_text("old")
    (target / "kept").hardlink_to(target / "a")
    (target / "b").symlink_to(target.parent.parent / "secret")
    extract_tar(tar_of(Entry("a", b"new"), Entry("a", b"newer"), Entry("b", b"mine")), target)

    assert {"a": "newer", "b": "mine", "kept": "old"} == everything_below(target)


def test_links_inside_are_made(target: Path) -> None:
    extract_tar(
        tar_of(Entry("d/a", b"1"), symlink("d/up", "../e"), Entry("e/x", b"2"), hardlink("hard", "d/a"), symlink("d/s", "./a")),
        target,
    )

    assert ("2", "1", "1") == tuple((target / name).read_text() for name in ("d/up/x", "hard", "d/s"))
    assert (target / "hard").samefile(target / "d" / "a")


def test_links_can_be_made_again(target: Path) -> None:
    entries = (Entry("a", b"1"), hardlink("h", "a"), symlink("s", "a"))
    extract_tar(tar_of(*entries, *entries[1:]), target)
    extract_tar(tar_of(*entries), target)

    assert {"a": "1", "h": "1", "s": "-> a"} == everything_below(target)


def test_files_go_through_links_that_stay_inside(target: Path) -> None:
    extract_tar(tar_of(directory("real"), symlink("alias", "real"), Entry("alias/x", b"1"), directory("alias/d")), target)

    assert {"real": "directory", "real/x": "1", "real/d": "directory", "alias": "-> real"} == everything_below(target)


@pytest.mark.parametrize("name", ["../secret", "a/../../secret", "..", "/../secret", "a/../..", "../outer/target/x"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE])
def test_names_that_lead_upwards_are_refused(target: Path, name: str, kind: bytes) -> None:
    with pytest.raises(Corrupt, match="leads out of the directory"):
        extract_tar(tar_of(Entry(name, kind=kind, link="x")), target)
    assert {} == everything_below(target)


@pytest.mark.parametrize("link", ["/etc/passwd", "..", "../secret", "../../secret", "a/../..", "x/..", ".././..", ""])
def test_symbolic_links_that_may_leave_are_refused(target: Path, link: str) -> None:
    with pytest.raises(Corrupt, match="directory"):
        extract_tar(tar_of(symlink("evil", link), Entry("evil", b"!")), target)
    assert {} == everything_below(target)


def test_links_through_links_do_not_leave_either(target: Path) -> None:
    hostile = (directory("a/b/c"), symlink("a/b/c/s", "../../.."), symlink("t", "a/b/c/s/../.."))

    with pytest.raises(Corrupt, match="may leave"):
        extract_tar(tar_of(*hostile), target)


def test_a_link_below_a_link_counts_its_steps_from_where_it_really_is(target: Path) -> None:
    hostile = (directory("a/b"), symlink("a/b/top", "../.."), symlink("a/b/top/evil", "../x"))

    with pytest.raises(Corrupt, match="leads out"):
        extract_tar(tar_of(*hostile), target)


def test_a_link_that_was_there_does_not_lead_out(target: Path) -> None:
    (target / "out").symlink_to(target.parent.parent)

    for entry in (Entry("out/x", b"!"), directory("out/d"), hardlink("h", "out/secret"), symlink("out/l", "x")):
        with pytest.raises(Corrupt, match="leads out of the directory through a link"):
            extract_tar(tar_of(entry), target)


@pytest.mark.parametrize("link", ["../../secret", "/../../secret", "missing", "", "d", "s"])
def test_hard_links_lead_to_files_of_the_archive(target: Path, link: str) -> None:
    with pytest.raises(Corrupt):
        extract_tar(tar_of(directory("d"), Entry("a"), symlink("s", "a"), hardlink("evil", link)), target)
    assert not (target / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"])
def test_devices_pipes_and_the_unknown_are_refused(target: Path, kind: bytes) -> None:
    with pytest.raises(Corrupt, match="device or a pipe"):
        extract_tar(tar_of(Entry("dev", kind=kind)), target)
    assert {} == everything_below(target)


def test_upward_steps_that_stay_inside_are_taken(target: Path) -> None:
    extract_tar(tar_of(Entry("a/../b/./c", b"1")), target)

    assert {"b": "directory", "b/c": "1"} == everything_below(target)


def test_a_place_is_made_below_a_directory_and_nowhere_else(target: Path) -> None:
    (target / "out").symlink_to(target.parent.parent)
    (target / "file").write_text("x")

    assert target.resolve() / "a" / "b" == place_in(target, parts_of("/a//b/"))
    assert target.resolve() == place_in(target, ())
    with pytest.raises(Corrupt):
        parts_of("x\0y")
    for parts in ("out", "new"), ("file", "new"):
        with pytest.raises(Corrupt):
            place_in(target, parts)
    with pytest.raises(StorageFault):
        place_in(target, ("n" * 300,))


def test_who_makes_a_directory_does_not_mind_who_was_first(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = os.mkdir

    def late(path: Path, mode: int) -> None:
        make(path, mode)
        make(path, mode)

    monkeypatch.setattr(os, "mkdir", late)
    assert target.resolve() / "a" / "b" == place_in(target, ("a", "b"))


def test_a_link_made_meanwhile_must_stay_inside(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rival(path: Path, _mode: int) -> None:
        path.symlink_to(target.parent)
        raise FileExistsError(path)

    monkeypatch.setattr(os, "mkdir", rival)
    with pytest.raises(Corrupt, match="leads out"):
        place_in(target, ("a", "b"))


def test_the_directory_itself_is_no_file(target: Path) -> None:
    assert 1 == extract_tar(tar_of(directory("./")), target)
    with pytest.raises(Corrupt, match="the directory itself"):
        extract_tar(tar_of(Entry("a/..", b"x")), target)


def test_a_file_is_no_directory(target: Path) -> None:
    with pytest.raises(Corrupt, match="'a' is not a directory"):
        extract_tar(tar_of(Entry("a", b"1"), Entry("a/b", b"2")), target)


def test_a_directory_is_not_replaced_by_a_file(target: Path) -> None:
    with pytest.raises(StorageFault):
        extract_tar(tar_of(directory("a"), Entry("a", b"2")), target)
    with pytest.raises(StorageFault):
        extract_tar(tar_of(symlink("a", "b")), target)
    assert {"a": "directory"} == everything_below(target)


def test_no_more_is_written_than_the_limit_allows(target: Path) -> None:
    entries = [Entry(f"f{number}", b"x" * 1000) for number in range(5)]

    assert 5 == extract_tar(tar_of(*entries), target, limit=5000)
    with pytest.raises(SizeLimitExceeded, match="4999"):
        extract_tar(tar_of(*entries), target, limit=4999)


def test_empty_files_are_not_free(target: Path) -> None:
    with pytest.raises(SizeLimitExceeded):
        extract_tar(tar_of(*(Entry(f"f{number}") for number in range(5))), target, limit=2000)
    assert 3 == len(everything_below(target))


def test_a_file_that_claims_more_than_the_limit_is_not_begun(target: Path) -> None:
    header = tarfile.TarInfo("huge")
    header.size = 1 << 50

    with pytest.raises(SizeLimitExceeded):
        extract_tar(io.BytesIO(header.tobuf(tarfile.PAX_FORMAT)), target, limit=1 << 30)
    assert {} == everything_below(target)


def test_a_file_that_ends_early_is_not_there(target: Path) -> None:
    whole = tar_of(Entry("a", b"x" * 5000)).getvalue()

    with pytest.raises(Corrupt):
        extract_tar(io.BytesIO(whole[:2000]), target)
    assert {} == everything_below(target)


def test_what_was_packed_comes_back(target: Path) -> None:
    source = target / "source"
    (source / "d" / "e").mkdir(parents=True)
    (source / "d" / "x").write_text("1")
    (source / "l").symlink_to("d/x")
    out = io.BytesIO()
    pack_directory(source, out)
    (target / "copy").mkdir()
    extract_tar(io.BytesIO(out.getvalue()), target / "copy")

    assert everything_below(source) == everything_below(target / "copy")
