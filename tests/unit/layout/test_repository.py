"""A repository in a directory: what the layout does beyond the contract (see ``tests/contract``)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from regclient.errors import (
    BlobNotFound,
    ManifestNotFound,
    RepositoryNotFound,
    SizeLimitExceeded,
    StorageFault,
    TagNotFound,
    Unsupported,
)
from regclient.kit.atomicfile import Writing
from regclient.layout.entries import CREATED
from regclient.layout.names import PAUSE
from regclient.layout.repository import LARGE, LayoutRepository, LayoutSettings
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest
from regclient.model.mediatype import OCI_INDEX
from regclient.model.reference import Reference
from regclient.model.referrers import fallback_tag
from regclient.repository import Collects, Gathers, Mounts, Name, Pings, ScansReferrers
from tests.claims import claims
from tests.contract.samples import CONFIG, image, index_of, push, put, read
from tests.fakes.clock import FakeClock

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


# Identity and powers


def test_every_way_to_write_a_path_is_one_repository(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    ways = [tmp_path / "real", tmp_path / "link", tmp_path / "real" / ".." / "real"]

    assert 1 == len({LayoutRepository(way).reference for way in ways})


def test_a_reference_opens_the_layout_at_its_path(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")

    other = LayoutRepository(Reference.parse(f"ocidir://{place}:ignored"))

    assert ("v1",) == other.tags().tags
    assert f"ocidir://{place}" == str(other.reference)


def test_a_layout_has_the_powers_of_a_directory(layout: LayoutRepository) -> None:
    assert [False, True, True, True, True] == [
        isinstance(layout, power) for power in (Mounts, Collects, Gathers, Pings, ScansReferrers)
    ]


def test_a_ping_wants_a_directory(place: Path, layout: LayoutRepository) -> None:
    with pytest.raises(RepositoryNotFound):
        layout.ping()
    place.mkdir()
    layout.ping()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda layout: layout.tags(), RepositoryNotFound),
        (lambda layout: layout.get_manifest("v1"), ManifestNotFound),
        (lambda layout: layout.delete_manifest(Digest.of(b"x")), ManifestNotFound),
        (lambda layout: layout.delete_tag("v1"), TagNotFound),
        (lambda layout: layout.delete_blob(Digest.of(b"x")), BlobNotFound),
    ],
)
def test_asking_makes_no_layout(
    place: Path, layout: LayoutRepository, call: Callable[[LayoutRepository], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        call(layout)
    layout.referrers(Digest.of(b"x"))
    layout.close()

    assert not place.exists()


def test_a_layout_of_another_version_is_refused(place: Path, layout: LayoutRepository) -> None:
    push(layout, "v1")
    (place / "oci-layout").write_bytes(b'{"imageLayoutVersion":"9.0.0"}')

    with pytest.raises(Unsupported, match=r"9\.0\.0"):
        layout.get_manifest("v1")


# What is written


def test_new_entries_carry_the_clocks_time(place: Path) -> None:
    push(LayoutRepository(place, QUICK, clock=FakeClock(1_577_880_000)), "v1")

    assert "2020-01-01T12:00:00Z" == LayoutRepository(place).resolve("v1").annotations[CREATED]


@claims("LayoutSettings.created")
def test_new_entries_carry_the_time_that_was_set(place: Path) -> None:
    noon = FakeClock(1_577_880_000)
    push(LayoutRepository(place, LayoutSettings(created=12345), clock=noon), "set")
    push(LayoutRepository(place, LayoutSettings(), clock=noon), "told")

    found = [LayoutRepository(place).resolve(tag).annotations[CREATED] for tag in ("set", "told")]
    assert ["1970-01-01T03:25:45Z", "2020-01-01T12:00:00Z"] == found


@claims("LayoutSettings.push_limit")
def test_the_push_limit_can_be_set_and_lifted(place: Path) -> None:
    manifest = image(LayoutRepository(place))

    with pytest.raises(SizeLimitExceeded):
        LayoutRepository(place, LayoutSettings(push_limit=10)).put_manifest(manifest, "v1")
    LayoutRepository(place, LayoutSettings(push_limit=0)).put_manifest(manifest, "v1")


@claims("LayoutSettings.pull_limit")
def test_the_pull_limit_can_be_set_and_lifted(place: Path, layout: LayoutRepository) -> None:
    manifest = push(layout, "v1")

    with pytest.raises(SizeLimitExceeded):
        LayoutRepository(place, LayoutSettings(pull_limit=10)).get_manifest("v1")
    assert manifest.raw == LayoutRepository(place, LayoutSettings(pull_limit=0)).get_manifest("v1").raw


def test_another_algorithm_is_stored_and_listed_under_the_digest_asked_for(place: Path, layout: LayoutRepository) -> None:
    manifest = image(layout)
    wanted = Digest.of(manifest.raw, "sha512")

    layout.put_manifest(manifest, wanted)

    (entry,) = json.loads((place / "index.json").read_bytes())["manifests"]
    assert (str(wanted), manifest.raw) == (entry["digest"], (place / "blobs" / "sha512" / wanted.hex).read_bytes())
    assert manifest.digest not in blobs_in(place)


def test_tags_of_a_layout_come_with_its_index(place: Path, layout: LayoutRepository) -> None:
    manifest = push(layout, "v1")

    found = layout.tags()

    assert ((place / "index.json").read_bytes(), OCI_INDEX) == (found.raw, found.media_type)
    assert isinstance(found.index, IndexManifest)
    assert [manifest.digest] == [entry.digest for entry in found.index.manifests]


def test_a_full_image_name_is_listed_and_found_but_not_deleted_by_its_tag(place: Path, layout: LayoutRepository) -> None:
    manifest = push(layout, "v1")
    path = place / "index.json"
    path.write_bytes(path.read_bytes().replace(b'"v1"', b'"docker.io/library/app:v1"'))

    assert ("v1",) == layout.tags().tags
    assert manifest.digest == layout.resolve("v1").digest
    with pytest.raises(TagNotFound):
        layout.delete_tag("v1")
    layout.delete_tag("docker.io/library/app:v1")
    assert () == layout.tags().tags


def test_a_truncated_blob_is_not_seen_as_there_and_is_written_again(place: Path, layout: LayoutRepository) -> None:
    blob = put(layout, b"content")
    (place / "blobs" / "sha256" / blob.digest.hex).write_bytes(b"cont")

    assert layout.stat_blob(blob) is None
    put(layout, b"content")
    assert b"content" == read(layout, blob)


# Reading what others may not let us write


@claims("LayoutSettings.writing")
def test_a_layout_that_cannot_be_written_is_read(place: Path, layout: LayoutRepository) -> None:
    manifest = push(layout, "v1")
    layout.close()
    refusing = Writing(step=_refuse)
    reader = LayoutRepository(place, LayoutSettings(writing=refusing))

    assert manifest.raw == reader.get_manifest("v1").raw
    assert b"layer" == read(reader, manifest.layers[0])  # type: ignore[attr-defined]
    with pytest.raises(StorageFault, match="Read-only"):
        reader.put_manifest(image(None, "other"), "v2")
    reader.close()


def _refuse(kind: str, path: Path) -> None:
    raise OSError(30, "Read-only file system", str(path))


# Slow search


def test_referrers_nobody_lists_are_found_by_reading_everything(place: Path, layout: LayoutRepository) -> None:
    subject = push(layout, "v1")
    unlisted = push(layout, "sig", "signature", subject=subject.descriptor)
    layout.delete_tag(fallback_tag(subject.digest))
    listed = push(layout, None, "sbom", subject=subject.descriptor)

    assert [listed.digest] == [found.digest for found in layout.referrers(subject.digest).descriptors]
    found = layout.scan_referrers(subject.digest)
    assert [unlisted.digest, listed.digest] == [descriptor.digest for descriptor in found.descriptors]
    assert ("sig", fallback_tag(subject.digest)) == found.tags
    assert () == layout.scan_referrers(subject.digest, "application/x.other").descriptors


# Names that wait for each other


def tags_on_disk(place: Path) -> tuple[str, ...]:
    return LayoutRepository(place, QUICK).tags().tags


@pytest.mark.parametrize(
    ("then", "seen"),
    [
        (lambda layout, clock: None, ("a",)),
        (lambda layout, clock: put(layout, b"small"), ("a",)),
        (lambda layout, clock: layout.put_blob(io.BytesIO(b"of unknown size")), ("a", "b")),
        (lambda layout, clock: put(layout, b"x" * (LARGE + 1)), ("a", "b")),
        (lambda layout, clock: (clock.advance(PAUSE), put(layout, b"small")), ("a", "b")),
        (lambda layout, clock: layout.close(), ("a", "b")),
        (lambda layout, clock: layout.delete_manifest(layout.resolve("b").digest), ()),
    ],
)
def test_names_wait_until_it_is_time_or_something_long_comes(
    place: Path, then: Callable[[LayoutRepository, FakeClock], object], seen: tuple[str, ...]
) -> None:
    clock = FakeClock()
    layout = LayoutRepository(place, QUICK, clock=clock)
    with layout.gathering():
        push(layout, "a")
        push(layout, "b")

        then(layout, clock)

        assert seen == tags_on_disk(place)
        assert layout.tags().tags == (seen and ("a", "b"))


def test_a_tag_that_waits_can_be_read_and_deleted(place: Path) -> None:
    layout = LayoutRepository(place, QUICK, clock=FakeClock())
    with layout.gathering():
        push(layout, "a")
        manifest = push(layout, "b", "other")
        assert manifest.digest == layout.resolve("b").digest
        layout.delete_tag("b")
        with pytest.raises(TagNotFound):
            layout.delete_tag("b")

    assert ("a",) == tags_on_disk(place)


def test_referrers_that_wait_are_all_listed(place: Path) -> None:
    layout = LayoutRepository(place, QUICK, clock=FakeClock())
    with layout.gathering():
        subject = push(layout, "a")
        for text in ("one", "two", "three"):
            push(layout, None, text, subject=subject.descriptor)
        during = layout.referrers(subject.digest).descriptors

    assert 3 == len(during) == len(LayoutRepository(place, QUICK).referrers(subject.digest).descriptors)


# Power cuts


class Power:
    """A disk that may lose its power at any change: what is not synced by then is lost, for all one knows."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.safe: set[Path] = set()
        self.indexes = 0
        self.settings = LayoutSettings(writing=Writing(step=self.step))

    def step(self, kind: str, path: Path) -> None:
        if kind == "syncfs":
            self.safe |= {file for file in (self.place / "blobs").rglob("*") if file.is_file()}
        elif kind == "sync":
            self.safe.add(path)
        elif kind == "rename":
            if path == self.place / "index.json":
                self.indexes += 1
                assert set() == {file for file in (self.place / "blobs").rglob("*") if file.is_file()} - self.safe
            self.safe.discard(path)


@pytest.mark.parametrize("layers", [1, 20])
def test_the_index_never_leads_to_what_a_power_cut_might_take(place: Path, layers: int) -> None:
    power = Power(place)
    layout, other = LayoutRepository(place, power.settings), LayoutRepository(place, power.settings)
    with layout.gathering():
        for number in range(layers):
            put(layout, f"layer {number}".encode())
        subject = push(layout, "a")
        push(other, "b", "other")
        push(layout, "c", subject=subject.descriptor)

    assert 3 == power.indexes


@pytest.mark.parametrize("look", [LayoutRepository.head_manifest, LayoutRepository.get_manifest])
def test_what_a_killed_process_left_is_on_the_disk_before_the_index_leads_to_it(
    place: Path, look: Callable[[LayoutRepository, Name], object]
) -> None:
    child = push(LayoutRepository(place, QUICK), None)
    power = Power(place)
    layout = LayoutRepository(place, power.settings)
    look(layout, child.digest)

    layout.put_manifest(index_of(child), "v1")

    assert 1 == power.indexes


def test_who_asks_for_what_is_not_there_waits_for_no_more_than_its_own(place: Path) -> None:
    seen: list[str] = []
    layout = LayoutRepository(place, LayoutSettings(writing=Writing(step=lambda kind, path: seen.append(kind))))
    child = image(None, "child")
    with pytest.raises(ManifestNotFound):
        layout.head_manifest(child.digest)

    push(layout, "v1")

    assert "sync" in seen
    assert "syncfs" not in seen


def test_what_nothing_leads_to_yet_is_on_the_disk_when_the_layout_is_closed(place: Path) -> None:
    power = Power(place)
    layout = LayoutRepository(place, replace(power.settings, collect=False))
    blob = put(layout, b"alone")
    path = place / "blobs" / "sha256" / blob.digest.hex
    assert path not in power.safe

    layout.close()

    assert path in power.safe


@pytest.mark.parametrize("left", [b"", b"con"])
def test_a_blob_that_a_power_cut_left_short_is_not_taken_for_present(
    place: Path, layout: LayoutRepository, left: bytes
) -> None:
    blob = put(layout, b"content")
    (place / "blobs" / "sha256" / blob.digest.hex).write_bytes(left)

    assert layout.stat_blob(blob) is None
    put(layout, b"content")

    assert b"content" == read(layout, blob)
