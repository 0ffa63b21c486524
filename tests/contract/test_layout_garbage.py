"""Garbage in a layout: what is removed when a repository is closed, and what stays because somebody works with it."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from regclient.errors import Unsupported
from regclient.events import Event, Planned, Warned
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.model.referrers import fallback_tag
from tests.claims import claims
from tests.contract.samples import CONFIG, image, index_of, push, put, read

QUICK = LayoutSettings(writing=Writing(sync=False))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "layout"


@pytest.fixture
def layout(place: Path) -> LayoutRepository:
    return LayoutRepository(place, QUICK)


def blobs_in(place: Path) -> set[Digest]:
    return {Digest(path.parent.name, path.name) for path in (place / "blobs").rglob("*") if path.is_file()}


def closure(*manifests: Manifest, texts: tuple[str, ...] = ("layer",)) -> set[Digest]:
    return {Digest.of(CONFIG), *(Digest.of(text.encode()) for text in texts), *(manifest.digest for manifest in manifests)}


def test_closing_removes_what_nothing_leads_to(place: Path, layout: LayoutRepository) -> None:
    kept = push(layout, "v1", "kept")
    push(layout, "v2", "garbage")
    layout.delete_tag("v2")

    layout.close()

    assert closure(kept, texts=("kept",)) == blobs_in(place)


def test_collecting_says_what_it_removed(layout: LayoutRepository) -> None:
    blob = put(layout, b"garbage")
    push(layout, "v1")

    assert (blob.digest,) == layout.collect()
    assert () == layout.collect()


def test_a_replaced_tag_leaves_garbage_and_a_shared_layer_is_none(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")
    second = image(layout, annotations={"second": "yes"})
    layout.put_manifest(second, "v1")

    layout.close()

    assert closure(second) == blobs_in(place)


def test_children_of_nested_indexes_and_referrers_are_kept(place: Path, layout: LayoutRepository) -> None:
    child = push(layout, None)
    inner = index_of(child)
    outer = index_of(inner)
    layout.put_manifest(inner, None)
    layout.put_manifest(outer, "v1")
    referrer = push(layout, None, "signature", subject=child.descriptor)

    layout.close()

    index = layout.get_manifest(fallback_tag(child.digest))
    assert closure(child, inner, outer, referrer, index, texts=("layer", "signature")) == blobs_in(place)


def test_nothing_is_collected_where_nothing_was_modified(place: Path, layout: LayoutRepository) -> None:
    blob = put(layout, b"garbage")
    del layout
    reader = LayoutRepository(place, QUICK)
    reader.stat_blob(blob)

    reader.close()

    assert {blob.digest} == blobs_in(place)


@claims("LayoutSettings.collect")
@pytest.mark.parametrize("collect", [False, True])
def test_collecting_can_be_turned_off(place: Path, collect: bool) -> None:  # noqa: FBT001 - a parameter
    layout = LayoutRepository(place, LayoutSettings(collect=collect))
    push(layout, "v1")
    blob = put(layout, b"garbage")

    layout.close()

    assert collect == (blob.digest not in blobs_in(place))


def test_what_another_writer_has_put_stays(place: Path, layout: LayoutRepository) -> None:
    other = LayoutRepository(place, QUICK)
    unfinished = put(other, b"unfinished")
    push(layout, "v1")

    layout.close()

    assert unfinished.digest in blobs_in(place)


def test_what_another_writer_has_found_stays(place: Path, layout: LayoutRepository) -> None:
    old = push(layout, "v1", "old")
    other = LayoutRepository(place, QUICK)
    assert other.stat_blob(Descriptor.of(b"old")) is not None
    layout.delete_tag("v1")

    layout.close()

    assert closure(old, texts=("old",)) == blobs_in(place)
    other.put_manifest(old, "again")
    other.close()
    assert b"old" == read(other, Descriptor.of(b"old"))


def test_what_an_open_blob_still_reads_stays(place: Path, layout: LayoutRepository) -> None:
    blob = put(layout, b"content")
    push(layout, "v1")

    with layout.open_blob(blob) as stream:
        layout.close()
        assert b"content" == stream.read()
        assert blob.digest in blobs_in(place)


def test_the_last_one_out_collects_for_the_others(place: Path, layout: LayoutRepository) -> None:
    reader = LayoutRepository(place, QUICK)
    push(layout, "v1")
    garbage = put(layout, b"garbage")
    reader.tags()

    layout.close()
    assert garbage.digest in blobs_in(place)
    reader.close()
    assert garbage.digest not in blobs_in(place)


def test_a_closed_repository_can_be_used_again(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")
    layout.close()
    manifest = push(layout, "v1", "again")
    layout.close()

    assert closure(manifest, texts=("again",)) == blobs_in(place)


def test_temporary_files_of_dead_writers_are_removed_and_those_of_live_ones_are_not(
    place: Path, layout: LayoutRepository
) -> None:
    push(layout, "v1")
    dead = place / "blobs" / "sha256" / "0123456789abcdef.tmp"
    dead.write_bytes(b"half")
    started, go_on = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            started.set()
            go_on.wait(30)
            return super().readinto(buffer)

    writer = LayoutRepository(place, QUICK)
    thread = threading.Thread(target=writer.put_blob, args=(Slow(b"slow"),))
    thread.start()
    started.wait(30)
    layout.close()
    live = [path for path in (place / "blobs" / "sha256").glob("*.tmp") if path != dead]
    go_on.set()
    thread.join()
    writer.close()

    assert 1 == len(live)
    assert [] == list(place.rglob("*.tmp"))


def test_a_damaged_manifest_keeps_everything_and_is_said_so(place: Path) -> None:
    told: list[Event | Planned | Warned] = []
    layout = LayoutRepository(place, QUICK, observer=told.append)
    manifest = push(layout, "v1")
    (place / "blobs" / "sha256" / manifest.digest.hex).write_bytes(b"damaged")
    before = blobs_in(place)

    layout.close()

    assert before == blobs_in(place)
    assert ["garbage stays"] == [str(event.text)[:13] for event in told if isinstance(event, Warned)]


def test_an_entry_nobody_understands_keeps_everything(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")
    garbage = put(layout, b"garbage")
    path = place / "index.json"
    path.write_bytes(path.read_bytes().replace(b'"sha256:', b'"blake9:'))

    with pytest.raises(Unsupported):
        layout.collect()

    assert garbage.digest in blobs_in(place)


def test_a_layout_without_an_index_is_not_swept(place: Path, layout: LayoutRepository) -> None:
    blob = put(layout, b"content")

    layout.close()

    assert {blob.digest} == blobs_in(place)


def test_no_lock_leaves_a_file(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")
    layout.close()

    assert {"oci-layout", "index.json", "blobs"} == {path.name for path in place.iterdir()}
