"""The files under ``blobs/``."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest

from regclient.errors import BlobNotFound, DigestMismatch, SizeLimitExceeded, SizeMismatch, StorageFault
from regclient.kit.atomicfile import Writing
from regclient.layout.blobs import BUFFER, Blobs, pieces
from regclient.layout.repository import LayoutRepository
from regclient.layout.settings import LayoutSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.expectation import Expectation

CONTENT = b"content"
BLOB = Descriptor.of(CONTENT)
KNOWN = Expectation.of(BLOB)


def at(root: Path, seen: list[str] | None = None) -> Blobs:
    return Blobs(root, Writing(step=lambda kind, path: (seen if seen is not None else []).append(kind)))


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def test_a_blob_gets_the_name_of_its_digest(tmp_path: Path) -> None:
    at(tmp_path).write(io.BytesIO(CONTENT), KNOWN)

    assert [f"blobs/sha256/{BLOB.digest.hex}"] == files(tmp_path)


def test_a_blob_is_named_at_once_and_synced_when_things_are_settled(tmp_path: Path) -> None:
    seen: list[str] = []
    blobs = at(tmp_path, seen)

    blobs.write(io.BytesIO(CONTENT), KNOWN)
    assert ["mkdir", "create", "write", "rename"] == seen
    blobs.settle()
    blobs.settle()

    # The file, and the directories down to it.
    assert ["mkdir", "create", "write", "rename", *["sync"] * 4] == seen


@pytest.mark.parametrize("look", ["size", "write", "write_bytes"])
def test_what_is_found_is_synced_too_for_its_writer_may_not_have_come_to_that(tmp_path: Path, look: str) -> None:
    Blobs(tmp_path, Writing(sync=False)).write(io.BytesIO(CONTENT), KNOWN)
    seen: list[str] = []
    blobs = at(tmp_path, seen)
    blobs.settle()
    seen.clear()

    if look == "size":
        blobs.size_of(BLOB.digest)
    elif look == "write":
        blobs.write(io.BytesIO(CONTENT), KNOWN)
    else:
        blobs.write_bytes(BLOB.digest, CONTENT)
    blobs.finish()
    assert [] == seen
    blobs.settle()

    assert ["sync"] * 4 == seen


def test_what_comes_while_the_disk_is_busy_is_synced_at_the_end(tmp_path: Path) -> None:
    seen: list[Path] = []

    def step(kind: str, path: Path) -> None:
        if kind == "sync":
            if not seen:
                seen.append(path)
                blobs.write_bytes(Digest.of(b"late"), b"late")
            seen.append(path)

    blobs = Blobs(tmp_path, Writing(step=step))
    blobs.write(io.BytesIO(CONTENT), KNOWN)
    blobs.settle()
    late = Path(blobs.path_of(Digest.of(b"late")))
    assert late not in seen

    blobs.finish()

    assert late in seen


def test_other_algorithms_have_their_own_directory(tmp_path: Path) -> None:
    blob = Descriptor.of(CONTENT, algorithm="sha512")

    at(tmp_path).write(io.BytesIO(CONTENT), Expectation.of(blob))

    assert [f"blobs/sha512/{blob.digest.hex}"] == files(tmp_path)


def test_a_blob_is_readable_by_whom_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o027)
    at(tmp_path).write(io.BytesIO(CONTENT), KNOWN)
    os.umask(before)

    assert 0o640 == stat.S_IMODE(Path(at(tmp_path).path_of(BLOB.digest)).stat().st_mode)


def test_a_blob_that_is_there_is_neither_read_nor_written_again(tmp_path: Path) -> None:
    at(tmp_path).write(io.BytesIO(CONTENT), KNOWN)
    seen: list[str] = []
    source = io.BytesIO(CONTENT)

    assert BLOB == at(tmp_path, seen).write(source, KNOWN)
    assert ([], 0) == (seen, source.tell())


def test_a_file_of_another_size_is_replaced(tmp_path: Path) -> None:
    blobs = at(tmp_path)
    blobs.write(io.BytesIO(CONTENT), KNOWN)
    Path(blobs.path_of(BLOB.digest)).write_bytes(b"cut")

    blobs.write(io.BytesIO(CONTENT), KNOWN)

    assert CONTENT == blobs.read(BLOB.digest, 100)


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        (Descriptor.of(b"CONTENT"), DigestMismatch),
        (BLOB.replace(size=8), SizeMismatch),
        (BLOB.replace(size=6), SizeMismatch),
    ],
)
def test_what_is_not_expected_leaves_nothing(tmp_path: Path, expected: Descriptor, error: type[Exception]) -> None:
    with pytest.raises(error):
        at(tmp_path).write(io.BytesIO(CONTENT), Expectation.of(expected))

    assert [] == files(tmp_path)


def test_too_many_bytes_are_refused_before_all_are_written(tmp_path: Path) -> None:
    source = io.BytesIO(b"x" * (8 * BUFFER))

    with pytest.raises(SizeMismatch):
        at(tmp_path).write(source, KNOWN)

    assert source.tell() <= BUFFER


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    def step(kind: str, path: Path) -> None:
        if kind == "write":
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageFault, match="No space left"):
        Blobs(tmp_path, Writing(step=step)).write(io.BytesIO(CONTENT), KNOWN)

    assert [] == files(tmp_path)


def test_a_directory_that_leads_out_of_the_layout_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "layout" / "blobs").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "layout" / "blobs" / "sha256").symlink_to(tmp_path / "outside")
    (tmp_path / "outside" / BLOB.digest.hex).write_bytes(b"precious")

    blobs = at(tmp_path / "layout")
    with pytest.raises(StorageFault, match="leads out of the layout"):
        blobs.write(io.BytesIO(CONTENT), KNOWN)
    with pytest.raises(StorageFault, match="leads out of the layout"):
        blobs.remove(BLOB.digest)

    assert [BLOB.digest.hex] == files(tmp_path / "outside")


def test_a_directory_in_the_place_of_a_blob_is_no_blob(tmp_path: Path) -> None:
    blobs = at(tmp_path)
    Path(blobs.path_of(BLOB.digest)).mkdir(parents=True)

    assert blobs.size_of(BLOB.digest) is None
    with pytest.raises(BlobNotFound):
        blobs.read(BLOB.digest, 100)
    with pytest.raises(BlobNotFound), blobs.open(BLOB.digest):
        pass


def test_a_pipe_in_the_place_of_a_blob_is_refused_at_once(tmp_path: Path) -> None:
    blobs = at(tmp_path)
    blobs.make_room("sha256")
    os.mkfifo(blobs.path_of(BLOB.digest))

    with pytest.raises(StorageFault, match="not a regular file"):
        blobs.size_of(BLOB.digest)


def test_a_file_in_the_place_of_the_directory_holds_no_blob(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"")

    assert at(tmp_path).size_of(BLOB.digest) is None
    with pytest.raises(StorageFault):
        at(tmp_path).write(io.BytesIO(CONTENT), KNOWN)


def test_reading_is_limited(tmp_path: Path) -> None:
    at(tmp_path).write(io.BytesIO(CONTENT), KNOWN)

    with pytest.raises(SizeLimitExceeded):
        at(tmp_path).read(BLOB.digest, 6)


def test_a_manifest_with_wrong_bytes_on_the_disk_is_written_again(tmp_path: Path) -> None:
    blobs = at(tmp_path)
    blobs.write_bytes(BLOB.digest, CONTENT)
    Path(blobs.path_of(BLOB.digest)).write_bytes(b"CONTENT")

    blobs.write_bytes(BLOB.digest, CONTENT)

    assert CONTENT == blobs.read(BLOB.digest, 100)


def test_a_manifest_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    at(tmp_path).write_bytes(BLOB.digest, CONTENT)
    seen: list[str] = []

    at(tmp_path, seen).write_bytes(BLOB.digest, CONTENT)

    assert [] == seen


def test_removing_says_whether_there_was_something(tmp_path: Path) -> None:
    blobs = at(tmp_path)
    blobs.write_bytes(BLOB.digest, CONTENT)

    assert [True, False] == [blobs.remove(BLOB.digest), blobs.remove(BLOB.digest)]
    assert not blobs.remove(Digest.of(b"", "sha512"))


def test_a_stream_that_checks_itself_against_the_digest_is_believed(tmp_path: Path) -> None:
    class Checked(io.BytesIO):
        verifies = BLOB.digest

    at(tmp_path).write(Checked(b"CONTENT"), KNOWN)  # a lie, which shows that nobody hashed it again

    assert b"CONTENT" == at(tmp_path).read(BLOB.digest, 100)


@pytest.mark.parametrize("expected", [BLOB.replace(size=0), BLOB.replace(size=9)])
def test_a_checked_stream_is_only_believed_when_its_size_shows_that_it_was_read_whole(
    tmp_path: Path, expected: Descriptor
) -> None:
    class Checked(io.BytesIO):
        verifies = BLOB.digest

    with pytest.raises((DigestMismatch, SizeMismatch)):
        at(tmp_path).write(Checked(b"tail"), Expectation.of(expected))


def test_blobs_are_verified_as_they_move_between_layouts(tmp_path: Path) -> None:
    source, target = LayoutRepository(tmp_path / "source"), LayoutRepository(tmp_path / "target")
    source.put_blob(io.BytesIO(CONTENT), BLOB)
    Path(at(tmp_path / "source").path_of(BLOB.digest)).write_bytes(b"CONTENT")

    with source.open_blob(BLOB) as stream, pytest.raises(DigestMismatch):
        target.put_blob(stream, BLOB)

    assert target.stat_blob(BLOB) is None


def test_a_stream_without_readinto_is_read_too() -> None:
    class Old:
        def __init__(self) -> None:
            self.pieces = [b"con", b"tent"]

        def read(self, size: int) -> bytes:
            return self.pieces.pop(0) if self.pieces else b""

    assert b"content" == b"".join(bytes(piece) for piece in pieces(Old()))  # type: ignore[arg-type]


class Noted(io.BytesIO):
    """A stream that notes how large the buffers are that it is asked to fill."""

    asked: list[int]

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # what pieces() hands over
        self.asked = [*getattr(self, "asked", []), len(buffer)]
        return super().readinto(buffer)


def test_the_buffer_is_no_larger_than_what_is_expected() -> None:
    for expected, largest in ((5, 6), (-1, 1), (1 << 40, BUFFER), (None, BUFFER)):
        content = Noted(b"bytes")

        assert b"bytes" == b"".join(bytes(piece) for piece in pieces(content, expected))
        assert {largest} == set(content.asked)


def moved(tmp_path: Path, *, link: bool = True, mode: int | None = None) -> tuple[Path, Path]:
    """Move a blob from one layout to another; return the two files."""
    source = LayoutRepository(tmp_path / "source")
    target = LayoutRepository(tmp_path / "target", LayoutSettings(link=link))
    source.put_blob(io.BytesIO(CONTENT), BLOB)
    files = Path(at(tmp_path / "source").path_of(BLOB.digest)), Path(at(tmp_path / "target").path_of(BLOB.digest))
    if mode is not None:
        files[0].chmod(mode)
    with source.open_blob(BLOB) as stream:
        target.put_blob(stream, BLOB)
    return files


@pytest.mark.skipif(not hasattr(os, "link") or not Path("/proc/self/fd").exists(), reason="the system has no such links")
def test_layouts_of_one_file_system_share_a_blob_unless_told_not_to(tmp_path: Path) -> None:
    first, second = moved(tmp_path / "shared")
    assert first.samefile(second)

    first, second = moved(tmp_path / "apart", link=False)
    assert not first.samefile(second)
    assert CONTENT == second.read_bytes()


def test_a_file_with_another_mode_than_a_new_one_is_copied(tmp_path: Path) -> None:
    first, second = moved(tmp_path, mode=0o400)

    assert not first.samefile(second)
    assert (CONTENT, at(tmp_path / "target").read(BLOB.digest, 100)) == (second.read_bytes(), CONTENT)
    assert [f"blobs/sha256/{BLOB.digest.hex}"] == [name for name in files(tmp_path / "target") if name.startswith("blobs")]


def test_a_damaged_blob_is_not_shared(tmp_path: Path) -> None:
    source, target = LayoutRepository(tmp_path / "source"), LayoutRepository(tmp_path / "target")
    source.put_blob(io.BytesIO(CONTENT), BLOB)
    Path(at(tmp_path / "source").path_of(BLOB.digest)).write_bytes(b"CONTENT")
    with source.open_blob(BLOB) as stream, pytest.raises(DigestMismatch):
        target.put_blob(stream, BLOB)

    assert [] == [name for name in files(tmp_path / "target") if name.startswith("blobs")]
