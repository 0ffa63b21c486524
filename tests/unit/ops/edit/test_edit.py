import pytest

from regclient.concurrency import Workers
from regclient.errors import InvalidReference
from regclient.model.descriptor import Descriptor
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.edit.edit import Edit, LayerJob, Work, among, target_of
from regclient.ops.edit.tree import open_image
from tests.fakes.editing import ARM64, HOST, Studio, config_in


def test_an_edit_does_nothing_by_itself() -> None:
    studio = Studio()
    manifest = studio.image()
    edit = Edit()
    with Workers(1) as workers:
        image = open_image(studio.app, "v1", workers)
        work = Work(image, studio.open)
        config = work.config(image.top)
        assert config is not None
        edit.begin(work)
        edit.on_manifest(image.top, work)
        job = LayerJob("a/b", "sha256")
        edit.on_layer(image.top, image.top.layers[0], job, work)

        assert config is edit.on_config(config, work)
    assert manifest == image.top.manifest
    assert LayerJob("a/b", "sha256") == job


def test_what_a_run_needs_of_other_images_is_fetched_once() -> None:
    studio = Studio()
    index = studio.multi()
    studio.image()
    reference = Reference.parse(f"{HOST}/app:multi")
    opened: list[Reference] = []

    def opener(name: Reference) -> object:
        opened.append(name)
        return studio.open(name)

    with Workers(1) as workers:
        work = Work(open_image(studio.app, "v1", workers), opener)  # type: ignore[arg-type]  # a repository all the same
        for _ in range(2):
            assert index == work.named(reference)
            assert index.manifests[1].digest == work.entry(reference, index.manifests[1]).digest
        assert "found" == work.once("key", lambda: "found") == work.once("key", lambda: "other") == work.recall("key")
        assert work.recall("other") is None
    assert 2 == len(opened)


def test_a_reference_needs_a_tag_or_a_digest() -> None:
    assert "v1" == target_of(Reference.parse(f"{HOST}/app:v1"))
    assert Descriptor.of(b"").digest == target_of(Reference.parse(f"{HOST}/app@{Descriptor.of(b'').digest}"))
    with pytest.raises(InvalidReference):
        target_of(Reference.parse(f"{HOST}/app:v1").with_tag(""))


def test_platforms_are_those_of_the_config() -> None:
    studio = Studio()
    config = config_in(studio.app, studio.image())

    assert [True, True, False, False] == [
        among((), None),
        among((ARM64, Platform("linux", "amd64")), config),
        among((ARM64,), config),
        among((ARM64,), None),
    ]
