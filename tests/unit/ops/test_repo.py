from __future__ import annotations

from pathlib import Path

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.errors import Cancelled, SideError
from regclient.events import Event, State
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.memory import MemoryRepository
from regclient.model.image import ImageManifest
from regclient.model.reference import Reference
from regclient.ops.copy import copy
from regclient.ops.copyplan import CopyOptions
from regclient.ops.repo import RepositoryCopyOptions, copy_repository
from tests.fakes import images
from tests.fakes.clock import FakeClock

TAGS = ("v1", "v2", "v3", "x")


def home(name: str) -> MemoryRepository:
    return MemoryRepository(Reference.parse(f"example.com/{name}"))


@pytest.fixture
def src() -> MemoryRepository:
    repository = home("src")
    for tag in TAGS:
        images.image(repository, tag, seed=tag)
    return repository


def copied(src: MemoryRepository, dst: MemoryRepository, **options: object) -> tuple[str, ...]:
    with Workers() as workers:
        return copy_repository(src, dst, RepositoryCopyOptions(**options), workers=workers)  # type: ignore[arg-type]


@pytest.mark.parametrize("concurrent", [-1, 0, 1, 2, 100])
def test_every_tag_arrives_however_many_are_copied_at_once(src: MemoryRepository, concurrent: int) -> None:
    dst = home("dst")

    assert TAGS == copied(src, dst, concurrent=concurrent)
    assert [src.resolve(tag).digest for tag in TAGS] == [dst.resolve(tag).digest for tag in TAGS]


def test_only_wanted_tags_are_copied(src: MemoryRepository) -> None:
    dst = home("dst")

    assert ("v1", "v2", "v3") == copied(src, dst, keeps=lambda tag: tag.startswith("v"))
    assert ("v1", "v2", "v3") == dst.tags().tags


def test_tags_the_target_has_can_be_left_as_they_are(src: MemoryRepository) -> None:
    dst = home("dst")
    mine = images.image(dst, "v1", seed="mine")

    assert TAGS[1:] == copied(src, dst, new_tags=True)
    assert mine.digest == dst.resolve("v1").digest
    assert TAGS == copied(src, dst)
    assert src.resolve("v1").digest == dst.resolve("v1").digest


def test_each_tag_is_copied_with_what_the_options_of_a_copy_say(src: MemoryRepository) -> None:
    subject = src.get_manifest("v1")
    images.artifact(src, subject)
    bare, full = home("bare"), home("full")

    copied(src, bare)
    copied(src, full, copy=CopyOptions(referrers=True))
    counts = [len(repository.referrers(subject.digest).descriptors) for repository in (bare, full)]
    assert [0, 1] == counts


def test_a_failure_names_its_side_and_begins_no_other_tag(src: MemoryRepository) -> None:
    dst = home("dst")
    manifest = src.get_manifest("v2")
    assert isinstance(manifest, ImageManifest)
    src.delete_blob(manifest.config.digest)

    with pytest.raises(SideError) as caught:
        copied(src, dst, concurrent=1)
    assert "source" == caught.value.side
    assert ("v1",) == dst.tags().tags


def test_what_the_tags_share_is_moved_once(src: MemoryRepository) -> None:
    src.put_manifest(src.get_manifest("v1"), "again")
    moved: list[str] = []

    def observer(event: object) -> None:
        if isinstance(event, Event) and event.kind == "blob" and event.state is State.FINISHED:
            moved.append(event.name)

    with Workers() as workers:
        copy_repository(src, home("dst"), RepositoryCopyOptions(concurrent=0), workers=workers, observer=observer)
    assert sorted(set(moved)) == sorted(moved)


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = LayoutRepository(Reference.parse(f"ocidir://{tmp_path}/nowhere"))

    with pytest.raises(SideError, match="source"), Workers() as workers:
        copy_repository(nowhere, home("dst"), workers=workers)


def test_new_tags_may_go_where_nothing_is_yet(src: MemoryRepository, tmp_path: Path) -> None:
    dst = LayoutRepository(Reference.parse(f"ocidir://{tmp_path}/new"))

    with Workers() as workers:
        assert TAGS == copy_repository(src, dst, RepositoryCopyOptions(new_tags=True), workers=workers)
    dst.close()


def test_a_cancel_ends_it(src: MemoryRepository) -> None:
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(Cancelled), Workers(cancel=cancel) as workers:
        copy_repository(src, home("dst"), workers=workers)


def test_the_index_of_a_layout_is_written_seldom_and_holds_every_tag(src: MemoryRepository, tmp_path: Path) -> None:
    many = [f"t{number:02}" for number in range(12)]
    for tag in many:
        images.image(src, tag, seed="same")
    written: list[int] = []

    def step(kind: str, path: Path) -> None:
        if kind == "rename" and path.name == "index.json":
            written.append(1)

    clock = FakeClock()
    with Workers() as workers:
        layout = LayoutRepository(tmp_path / "all", LayoutSettings(writing=Writing(sync=False, step=step)), clock=clock)
        copy_repository(src, layout, workers=workers)
        together = len(written)
        for tag in many:
            copy(src, tag, layout, f"single-{tag}", workers=workers)

    assert (2, 2 + len(many)) == (together, len(written))
    assert {*TAGS, *many} <= set(LayoutRepository(tmp_path / "all").tags().tags)
