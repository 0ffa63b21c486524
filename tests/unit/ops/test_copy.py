"""Copy moves what is missing, in an order that never leaves a tag without its content, and says what it does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.errors import (
    BlobNotFound,
    Cancelled,
    DigestMismatch,
    ManifestNotFound,
    RegistryFault,
    SideError,
    SizeMismatch,
    Unreachable,
    Unsupported,
)
from regclient.events import Event, Planned, State, Warned
from regclient.layout.repository import LayoutRepository
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.referrers import fallback_tag
from regclient.ops.copy import CopyOptions, copy, plan_copy, run_copy
from regclient.repository import Name
from tests.claims import claims
from tests.fakes import images
from tests.fakes.journal import JournalRepository


@pytest.fixture
def src() -> MemoryRepository:
    return MemoryRepository("src.example/app")


@pytest.fixture
def dst() -> JournalRepository:
    return JournalRepository("dst.example/app")


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2) as group:
        yield group


def test_an_image_arrives_whole_and_unchanged(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src)
    assert image.descriptor == copy(src, "latest", dst, "v1")
    assert image.raw == dst.get_manifest("v1").raw
    assert dst.missing() == set()


def test_an_index_arrives_with_everything_below_it_and_its_tag_last(src: MemoryRepository, dst: JournalRepository) -> None:
    index = images.nested_index(src)
    copy(src, "latest", dst, "v1")
    assert index.raw == dst.get_manifest("v1").raw
    assert dst.missing() == set()
    assert dst.writes[-1] == "manifest v1"
    kinds = [write.partition(" ")[0] for write in dst.writes]
    assert kinds == sorted(kinds)
    assert len(dst.writes) == len(set(dst.writes))


@pytest.mark.parametrize("signed", [False, True])
def test_docker_schema_1_arrives_with_its_layers(src: MemoryRepository, dst: JournalRepository, *, signed: bool) -> None:
    manifest = images.schema1(src, signed=signed)
    copy(src, "latest", dst, "v1")
    assert manifest.raw == dst.get_manifest("v1").raw
    assert dst.missing() == set()


def test_digests_of_other_algorithms_travel_as_they_are(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src, algorithm="sha512")
    copied = copy(src, image.digest, dst, image.digest)
    assert (image.digest.algorithm, image.digest) == ("sha512", copied.digest)
    assert image.raw == dst.get_manifest(image.digest).raw


def test_a_copy_without_a_target_name_is_a_child_under_the_digest_of_the_tag(
    src: MemoryRepository, dst: JournalRepository
) -> None:
    image = images.image(src)
    assert image.digest == copy(src, "latest", dst).digest
    assert image.raw == dst.get_manifest(image.digest).raw
    assert dst.tags().tags == ()


def test_a_plan_writes_nothing_and_says_everything(src: MemoryRepository, dst: JournalRepository, workers: Workers) -> None:
    index = images.index(src)
    plan = plan_copy(src, "latest", dst, "v1", workers=workers)
    assert dst.writes == []
    assert index.descriptor == plan.top
    assert [2, 1] == [len(wave) for wave in plan.waves]
    assert len(plan.moves) == 5
    assert plan.size == sum(move.blob.size for move in plan.moves)
    sizes = [move.blob.size for move in plan.moves]
    assert sizes == sorted(sizes, reverse=True)
    lines = str(plan).splitlines()
    assert lines[0] == f"5 blobs ({plan.size} bytes), 3 manifests"
    assert lines[-1] == f"manifest {index.digest} ({len(index.raw)} bytes) to dst.example/app as v1"
    run_copy(plan, workers)
    assert len(dst.writes) == 8


def test_what_is_there_is_in_the_plan_as_present(src: MemoryRepository, dst: JournalRepository, workers: Workers) -> None:
    images.index(src)
    copy(src, "latest", dst, "old")
    plan = plan_copy(src, "latest", dst, "v1", workers=workers)
    assert (0, 1, 2) == (len(plan.moves), len(list(plan.pushes)), len(plan.present))
    assert f"manifest {plan.present[0]} is there" in str(plan)


def test_totals_come_before_the_first_byte_and_every_step_has_its_events(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src, layers=1)
    images.blob(dst, images.layer_content(0))
    events = list[Event | Planned | Warned]()
    copy(src, "latest", dst, "v1", observer=events.append)
    layer, config = image.layers[0], image.config
    assert events[0] == Planned(2, 1, layer.size + config.size)
    assert [(State.STARTED, 0), (State.SKIPPED, 0)] == _told(events, str(layer.digest))
    assert [(State.STARTED, 0), (State.ACTIVE, config.size), (State.FINISHED, config.size)] == _told(events, str(config.digest))
    size = len(image.raw)
    assert [Event("manifest", "v1", State.STARTED, 0, size), Event("manifest", "v1", State.FINISHED, size, size)] == events[-2:]
    copy(src, "latest", dst, "v1", observer=events.append)
    assert [Planned(0, 0, 0), Event("manifest", "v1", State.SKIPPED)] == events[-2:]


def _told(events: list[Event | Planned | Warned], name: str) -> list[tuple[State, int]]:
    return [(event.state, event.done) for event in events if isinstance(event, Event) and event.name == name]


@claims("CopyOptions.external")
def test_layers_that_live_elsewhere_stay_there_unless_asked_for(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.external_image(src)
    foreign = image.layers[-1]
    copy(src, "latest", dst, "without")
    assert dst.stat_blob(foreign) is None
    images.blob(src, b"far away")
    other = MemoryRepository("other.example/app")
    copy(src, "latest", other, "with", options=CopyOptions(external=True))
    assert other.stat_blob(foreign) is not None


@claims("CopyOptions.platforms")
def test_platforms_copy_an_unchanged_index_with_some_of_its_content(src: MemoryRepository, dst: JournalRepository) -> None:
    index = images.index(src, platforms=("linux/amd64", "linux/arm64"), children=(images.image(src, None, seed="none"),))
    copy(src, "latest", dst, "some", options=CopyOptions(platforms=(Platform.parse("linux/arm64"), Platform())))
    assert index.raw == dst.get_manifest("some").raw
    assert {index.manifests[0].digest} <= dst.missing()
    assert {index.manifests[1].digest, index.manifests[2].digest}.isdisjoint(dst.missing())
    copy(src, "latest", dst, "some")
    assert dst.missing() == {index.manifests[0].digest}, "an index that is there is trusted"
    copy(src, "latest", dst, "some", options=CopyOptions(recursive=True))
    assert dst.missing() == set()


def test_referrers_come_along_recursively_and_before_their_subject(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src)
    sbom = images.artifact(src, image)
    signature = images.artifact(src, sbom, artifact_type="application/x-sig", content=b"sig")
    copy(src, "latest", dst, "plain")
    assert dst.referrers(image.digest).descriptors == ()
    copy(src, "latest", dst, "v1", options=CopyOptions(referrers=True))
    assert [sbom.digest] == [entry.digest for entry in dst.referrers(image.digest).descriptors]
    assert [signature.digest] == [entry.digest for entry in dst.referrers(sbom.digest).descriptors]
    order = [write.partition(" ")[2] for write in dst.writes[-3:]]
    assert [str(signature.digest), str(sbom.digest), "v1"] == order


@claims("CopyOptions.referrer_filters")
def test_filters_narrow_the_referrers_to_what_one_of_them_lets_through(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src)
    wanted = [images.artifact(src, image, artifact_type=f"application/{name}", content=name.encode()) for name in ("a", "b")]
    images.artifact(src, image, artifact_type="application/c")
    filters = tuple(DescriptorFilter(artifact_type=f"application/{name}") for name in ("a", "b"))
    copy(src, "latest", dst, "v1", options=CopyOptions(referrers=True, referrer_filters=filters))
    assert {manifest.digest for manifest in wanted} == {entry.digest for entry in dst.referrers(image.digest).descriptors}


@claims("CopyOptions.referrers_src", "CopyOptions.referrers_dst")
def test_referrers_may_come_from_and_go_to_other_repositories(src: MemoryRepository, dst: JournalRepository) -> None:
    from_there, to_there = MemoryRepository("src.example/extra"), MemoryRepository("dst.example/extra")
    image = images.image(src)
    images.artifact(src, image, content=b"not this one")
    sbom = images.artifact(from_there, image)
    options = CopyOptions(referrers=True, referrers_src=from_there, referrers_dst=to_there)
    copy(src, "latest", dst, "v1", options=options)
    assert [sbom.digest] == [entry.digest for entry in to_there.referrers(image.digest).descriptors]
    assert dst.referrers(image.digest).descriptors == ()
    assert to_there.tags().tags == ()


def test_digest_tags_come_along_for_every_manifest(src: MemoryRepository, dst: JournalRepository) -> None:
    index = images.index(src)
    child = src.get_manifest(index.manifests[0].digest)
    images.digest_tag(src, index)
    images.digest_tag(src, child, ".att")
    images.image(src, "unrelated")
    copy(src, "latest", dst, "v1", options=CopyOptions(digest_tags=True))
    tags = (f"{fallback_tag(index.digest)}.sig", f"{fallback_tag(child.digest)}.att", "v1")
    assert tuple(sorted(tags)) == dst.tags().tags
    assert dst.missing() == set()
    assert dst.writes[-1] == "manifest v1"


def test_a_fallback_tag_is_a_digest_tag_until_referrers_are_copied(tmp_path: Path, dst: JournalRepository) -> None:
    with_close = LayoutRepository(tmp_path / "layout")
    image = images.image(with_close)
    sbom = images.artifact(with_close, image)
    copy(with_close, "latest", dst, "v1", options=CopyOptions(digest_tags=True))
    assert (fallback_tag(image.digest), "v1") == dst.tags().tags
    other = JournalRepository("other.example/app")
    copy(with_close, "latest", other, "v1", options=CopyOptions(digest_tags=True, referrers=True))
    assert other.tags().tags == ("v1",)
    assert [sbom.digest] == [entry.digest for entry in other.referrers(image.digest).descriptors]
    with_close.close()


def test_a_digest_tag_that_leads_back_to_its_image_is_copied_after_it(src: MemoryRepository, dst: JournalRepository) -> None:
    child, parent = images.cycle(src)
    copy(src, "latest", dst, "v1", options=CopyOptions(digest_tags=True))
    loop = f"{fallback_tag(child.digest)}.loop"
    assert parent.raw == dst.get_manifest(loop).raw
    order = [write.removeprefix("manifest ") for write in dst.writes if write.startswith("manifest")]
    assert str(child.digest) == order[0]
    assert order[-1] == "v1"
    assert order.index(loop) > 0
    assert dst.missing() == set()


def test_a_referrer_whose_digest_tag_is_its_subject_is_copied(src: MemoryRepository, dst: JournalRepository) -> None:
    subject, attached = images.referrer_cycle(src)
    copy(src, "latest", dst, "v1", options=CopyOptions(digest_tags=True, referrers=True))
    assert subject.raw == dst.get_manifest(f"{fallback_tag(attached.digest)}.back").raw
    assert [attached.digest] == [entry.digest for entry in dst.referrers(subject.digest).descriptors]
    assert dst.missing() == set()


def test_entries_of_unknown_type_are_tried_as_manifest_and_then_as_blob(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src, None)
    blob = images.blob(src, b"strange", "application/x-strange")
    entries = (image.descriptor.replace(media_type="application/x-unknown"), blob)
    index = IndexManifest.build(manifests=entries)
    src.put_manifest(index, "odd")
    copy(src, "odd", dst, "odd")
    assert image.raw == dst.get_manifest(image.digest).raw
    assert dst.stat_blob(blob) is not None
    assert dst.stat_blob(image.layers[0]) is not None


def test_a_child_that_is_there_is_trusted_and_force_recursive_mends_it(src: MemoryRepository, dst: JournalRepository) -> None:
    index = images.index(src)
    copy(src, "latest", dst, "v1")
    child = dst.get_manifest(index.manifests[0].digest)
    assert isinstance(child, ImageManifest)
    dst.delete_blob(child.layers[1].digest)
    copy(src, "latest", dst, "v2")
    assert {child.layers[1].digest} == dst.missing()
    copy(src, "latest", dst, "v1", options=CopyOptions(recursive=True))
    assert dst.missing() == set()


def test_inline_data_is_used_in_place_of_a_manifest_that_is_gone(src: MemoryRepository, dst: JournalRepository) -> None:
    child = images.image(src, None)
    index = IndexManifest.build(manifests=(child.descriptor.replace(data=child.raw),))
    src.put_manifest(index, "inline")
    src.delete_manifest(child.digest)
    copy(src, "inline", dst, "v1")
    assert child.raw == dst.get_manifest(child.digest).raw


def test_a_retag_writes_the_manifest_and_nothing_else() -> None:
    repository = JournalRepository()
    images.index(repository)
    repository.writes.clear()
    copy(repository, "latest", repository, "v2", options=CopyOptions(referrers=True, digest_tags=True))
    assert repository.writes == ["manifest v2"]


@claims("CopyOptions.reader")
def test_a_reader_sees_every_blob_that_moves(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src, layers=1)
    images.blob(dst, images.layer_content(0))
    seen = list[Descriptor]()

    def read(blob: Descriptor, content: BinaryIO) -> BinaryIO:
        seen.append(blob)
        return io.BytesIO(content.read())

    copy(src, "latest", dst, "v1", options=CopyOptions(reader=read))
    assert [image.config] == seen


def test_a_reader_that_changes_the_bytes_is_found_out(src: MemoryRepository, dst: JournalRepository) -> None:
    images.image(src)
    options = CopyOptions(reader=lambda _, content: io.BytesIO(content.read().swapcase()))
    with pytest.raises(SideError) as caught:
        copy(src, "latest", dst, "v1", options=options)
    assert isinstance(caught.value.cause, DigestMismatch)
    assert dst.tags().tags == ()


def test_a_missing_source_is_named_as_the_source(src: MemoryRepository, dst: JournalRepository) -> None:
    with pytest.raises(SideError, match=r"^source src\.example/app \(manifest nope\): ") as caught:
        copy(src, "nope", dst, "v1")
    assert isinstance(caught.value.cause, ManifestNotFound)
    with pytest.raises(SideError, match=r"^source"):
        copy(src, "nope", dst)


def test_a_missing_blob_is_named_with_its_side_and_leaves_no_tag(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src)
    src.delete_blob(image.layers[0].digest)
    with pytest.raises(SideError, match=rf"^source src\.example/app \(blob {image.layers[0].digest}\)") as caught:
        copy(src, "latest", dst, "v1")
    assert isinstance(caught.value.cause, BlobNotFound)
    assert dst.tags().tags == ()


def test_a_failing_write_is_named_as_the_destination(src: MemoryRepository, dst: JournalRepository) -> None:
    images.image(src)
    dst.fail_at = 1
    with pytest.raises(SideError, match=r"^destination dst\.example/app \(blob sha256:") as caught:
        copy(src, "latest", dst, "v1")
    assert isinstance(caught.value.cause, Unreachable)


def test_a_child_of_another_size_than_its_index_says_is_refused(src: MemoryRepository, dst: JournalRepository) -> None:
    child = images.image(src, None)
    lying = child.descriptor.replace(size=child.descriptor.size + 1)
    src.put_manifest(IndexManifest.build(manifests=(lying,)), "lying")
    with pytest.raises(SideError, match=r"^source") as caught:
        copy(src, "lying", dst, "v1")
    assert isinstance(caught.value.cause, SizeMismatch)


def test_a_blob_of_another_size_at_the_target_is_sent_again(src: MemoryRepository, dst: JournalRepository) -> None:
    image = images.image(src, layers=1)
    dst._blobs[image.layers[0].digest] = b"half a layer"
    copy(src, "latest", dst, "v1")
    assert images.layer_content(0) == dst._blobs[image.layers[0].digest]


def test_a_target_that_cannot_be_reached_ends_the_copy_before_anything_is_read(src: MemoryRepository) -> None:
    class Dead(MemoryRepository):
        def resolve(self, name: Name) -> Descriptor:
            raise Unreachable("dst.example", "no route to host")

    images.image(src)
    with pytest.raises(SideError, match=r"^destination dst\.example/app \(manifest v1\)"):
        copy(src, "latest", Dead("dst.example/app"), "v1")


def test_a_target_that_refuses_the_question_is_asked_to_write() -> None:
    class Shy(JournalRepository):
        def resolve(self, name: Name) -> Descriptor:
            raise RegistryFault("dst.example", 500, "HEAD")

    src, dst = MemoryRepository("src.example/app"), Shy("dst.example/app")
    image = images.image(src)
    assert image.digest == copy(src, "latest", dst, "v1").digest
    assert dst.writes[-1] == "manifest v1"


def test_a_registry_that_forgot_a_child_is_given_the_last_level_once_more(src: MemoryRepository) -> None:
    class Forgetful(JournalRepository):
        refusals = 1

        def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
            if name == "v1" and self.refusals:
                self.refusals -= 1
                raise RegistryFault("dst.example", 404, "PUT", codes=("MANIFEST_BLOB_UNKNOWN",))
            return super().put_manifest(manifest, name)

    index = images.index(src)
    dst = Forgetful("dst.example/app")
    copy(src, "latest", dst, "v1")
    for entry in index.manifests:
        assert dst.writes.count(f"manifest {entry.digest}") == 2
    assert dst.writes[-1] == "manifest v1"

    worse = Forgetful("worse.example/app")
    worse.refusals = 2
    with pytest.raises(SideError, match="MANIFEST_BLOB_UNKNOWN"):
        copy(src, "latest", worse, "v1")


def test_any_other_refusal_of_a_manifest_is_final(src: MemoryRepository) -> None:
    class Strict(JournalRepository):
        def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
            super().put_manifest(manifest, name)
            raise RegistryFault("dst.example", 400, "PUT", codes=("MANIFEST_INVALID",))

    images.image(src)
    dst = Strict("dst.example/app")
    with pytest.raises(SideError, match="MANIFEST_INVALID"):
        copy(src, "latest", dst, "v1")
    assert dst.writes.count("manifest v1") == 1


def test_a_cancel_ends_the_copy_and_leaves_no_tag(src: MemoryRepository, dst: JournalRepository) -> None:
    images.index(src)
    cancel = Cancel()

    def observe(event: Event | Planned | Warned) -> None:
        if isinstance(event, Event) and event.state is State.FINISHED:
            cancel.cancel()

    with Workers(2, cancel) as workers, pytest.raises(Cancelled):
        copy(src, "latest", dst, "v1", workers=workers, observer=observe)
    assert dst.tags().tags == ()


def test_indexes_nested_deeper_than_anyone_means_are_refused(src: MemoryRepository, dst: JournalRepository) -> None:
    inner: Manifest = images.image(src, None)
    for _ in range(130):
        inner = IndexManifest.build(manifests=(inner.descriptor,))
        src.put_manifest(inner, "deep")
    with pytest.raises(Unsupported, match="128 levels"):
        copy(src, "deep", dst, "v1")
    assert dst.writes == []


def test_an_entry_that_is_no_digest_we_know_is_no_traceback(src: MemoryRepository, dst: JournalRepository) -> None:
    entry = Descriptor(mediatype.OCI_MANIFEST, Digest.of(b"nowhere"), 7)
    src.put_manifest(IndexManifest.build(manifests=(entry,)), "hole")
    with pytest.raises(SideError, match=r"^source"):
        copy(src, "hole", dst, "v1")
