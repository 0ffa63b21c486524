"""``index.json`` and ``oci-layout`` on the disk."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from regclient.errors import InvalidManifest, SizeLimitExceeded, StorageFault, Unsupported
from regclient.kit.atomicfile import Writing
from regclient.layout.index import LIMIT, Index
from regclient.model.descriptor import Descriptor
from regclient.model.mediatype import OCI_MANIFEST

MARKER = b'{"imageLayoutVersion":"1.0.0"}'
FIRST = Descriptor.of(b"first", OCI_MANIFEST)
SECOND = Descriptor.of(b"second", OCI_MANIFEST)


def at(root: Path, writing: Writing | None = None) -> Index:
    return Index(root, writing or Writing(sync=False))


def made(root: Path, *tags: str) -> Index:
    index = at(root)
    index.prepare()
    index.update(lambda draft: None)
    for tag in tags:
        add(index, tag)
    return index


def add(index: Index, tag: str, descriptor: Descriptor = FIRST) -> None:
    index.update(lambda draft: draft.put(descriptor, tag, 0.0))


def tags_of(index: Index) -> tuple[str, ...]:
    listing = index.load()
    assert listing is not None
    return listing.tags


def test_there_is_nothing_where_nothing_is(tmp_path: Path) -> None:
    assert at(tmp_path / "missing").load() is None
    assert at(tmp_path).load() is None


def test_preparing_makes_a_layout_go_would_read(tmp_path: Path) -> None:
    at(tmp_path / "a" / "b").prepare()

    assert MARKER == (tmp_path / "a" / "b" / "oci-layout").read_bytes()
    assert (tmp_path / "a" / "b" / "blobs").is_dir()


def test_preparing_keeps_a_marker_that_is_spelt_differently(tmp_path: Path) -> None:
    spelt = b'{\n  "imageLayoutVersion": "1.0.0"\n}'
    (tmp_path / "oci-layout").write_bytes(spelt)

    at(tmp_path).prepare()

    assert spelt == (tmp_path / "oci-layout").read_bytes()


@pytest.mark.parametrize(
    ("marker", "error"),
    [
        (b'{"imageLayoutVersion":"2.0.0"}', Unsupported),
        (b"{}", Unsupported),
        (b"[]", Unsupported),
        (b"", InvalidManifest),
        (b"[" * 50_000, InvalidManifest),
        (b" " * 100_000, SizeLimitExceeded),
    ],
)
def test_a_marker_of_no_layout_we_know_is_refused(tmp_path: Path, marker: bytes, error: type[Exception]) -> None:
    made(tmp_path, "v1")
    (tmp_path / "oci-layout").write_bytes(marker)

    with pytest.raises(error):
        at(tmp_path).load()
    with pytest.raises(error):
        at(tmp_path).prepare()


def test_an_update_is_seen_by_others(tmp_path: Path) -> None:
    index = made(tmp_path)
    other = at(tmp_path)
    before = tags_of(other)

    add(index, "v1")

    assert ((), ("v1",)) == (before, tags_of(other))


def test_an_unchanged_index_is_not_written(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    before = index.path.stat()

    add(index, "v1")

    assert before == index.path.stat()


def test_an_update_without_change_makes_an_index_where_there_is_none(tmp_path: Path) -> None:
    made(tmp_path)

    assert (
        b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
        == (tmp_path / "index.json").read_bytes()
    )


def test_a_broken_index_is_an_error_and_is_not_replaced(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    index.path.write_bytes(b'{"manifests": [')

    with pytest.raises(InvalidManifest):
        add(index, "v2")

    assert b'{"manifests": [' == index.path.read_bytes()


def test_a_marker_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    index.marker.write_bytes(b'{"imageLayoutVersion":"1.0.0" }')
    os.utime(index.marker, (1, 1))
    assert ("v1",) == tags_of(index) == tags_of(index)

    index.marker.write_bytes(b'{"imageLayoutVersion":"2.0.0"}')

    with pytest.raises(Unsupported):
        index.load()
    index.marker.unlink()
    assert index.load() is None


def test_an_index_without_its_marker_keeps_its_entries(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    index.marker.unlink()

    index.prepare()
    add(index, "v2")

    assert ("v1", "v2") == tags_of(index)


def test_a_file_changed_in_place_at_once_is_read_again(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    assert ("v1",) == tags_of(index)
    facts = index.path.stat()

    index.path.write_bytes(index.path.read_bytes().replace(b'"v1"', b'"v2"'))
    os.utime(index.path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    assert ("v2",) == tags_of(index)


def test_a_file_that_has_settled_is_read_once(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    os.utime(index.path, (1_000_000, 1_000_000))

    assert index.load() is index.load()


def test_a_replaced_file_is_read_again(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    os.utime(index.path, (1_000_000, 1_000_000))
    assert ("v1",) == tags_of(index)

    add(at(tmp_path), "v2")
    os.utime(index.path, (1_000_000, 1_000_000))

    assert ("v1", "v2") == tags_of(index)


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    made(tmp_path)
    expected = {f"t{thread}-{number}" for thread in range(4) for number in range(10)}

    def work(thread: int) -> None:
        index = at(tmp_path)
        for number in range(10):
            add(index, f"t{thread}-{number}")

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert expected == set(tags_of(at(tmp_path)))


def test_a_failed_update_leaves_the_index_and_no_temporary_file(tmp_path: Path) -> None:
    made(tmp_path, "v1")

    def step(kind: str, path: Path) -> None:
        if kind == "rename":
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageFault, match="No space left"):
        add(at(tmp_path, Writing(sync=False, step=step)), "v2")

    assert ("v1",) == tags_of(at(tmp_path))
    assert ["blobs", "index.json", "oci-layout"] == sorted(path.name for path in tmp_path.iterdir())


def test_an_index_too_large_to_read_is_refused(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    with index.path.open("r+b") as file:
        file.truncate(LIMIT + 1)

    with pytest.raises(SizeLimitExceeded):
        index.load()


@pytest.mark.parametrize("name", ["index.json", "oci-layout"])
def test_files_that_lead_out_of_the_layout_are_not_written(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b'{"schemaVersion":2,"manifests":[]}')
    index = made(tmp_path / "layout", "v1")
    (tmp_path / "layout" / name).unlink()
    (tmp_path / "layout" / name).symlink_to(outside if name == "index.json" else tmp_path / "dangling")

    with pytest.raises(StorageFault, match="leads out of the layout"):
        index.prepare() if name == "oci-layout" else add(index, "v2")

    assert b'{"schemaVersion":2,"manifests":[]}' == outside.read_bytes()


def test_a_pipe_for_an_index_is_refused_at_once(tmp_path: Path) -> None:
    index = made(tmp_path, "v1")
    index.path.unlink()
    os.mkfifo(index.path)

    with pytest.raises(StorageFault, match="not a regular file"):
        index.load()
