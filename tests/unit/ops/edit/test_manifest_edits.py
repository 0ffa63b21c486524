import pytest

from regclient.errors import Unsupported, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import parse_manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.manifest_edits import (
    InlineContent,
    LabelsToAnnotations,
    PromoteAnnotations,
    RemoveExternalUrls,
    SetAnnotation,
    SetBase,
    SetDigestAlgorithm,
)
from tests.fakes import images
from tests.fakes.editing import ARM64, EARLY, Studio, child_of, config_in

BASE = Descriptor.of(b"base")


def test_an_annotation_is_that_of_the_top_unless_it_says_otherwise() -> None:
    studio = Studio()
    studio.multi()

    def found(edit: SetAnnotation) -> list[str | None]:
        index = studio.edit("multi", edit).manifest
        return [index.annotations.get("a"), *(child_of(studio.app, index, at).annotations.get("a") for at in (0, 1))]

    assert ["b", None, None] == found(SetAnnotation("a", "b"))
    assert ["b", "b", "b"] == found(SetAnnotation("a", "b", everywhere=True))
    assert [None, None, "b"] == found(SetAnnotation("a", "b", (ARM64,)))
    assert [None, None, None] == found(SetAnnotation("a", "b", (Platform("linux", "s390x"),)))


def test_an_empty_value_removes_an_annotation() -> None:
    studio = Studio()
    studio.multi(annotations=({"a": "1", "b": "2"}, {}))

    index = studio.edit("multi", SetAnnotation("a", everywhere=True)).manifest

    assert {"b": "2"} == child_of(studio.app, index, 0).annotations


def test_only_the_top_is_fetched_to_annotate_it() -> None:
    studio = Studio()
    index = studio.multi()
    for entry in index.manifests:
        studio.app.delete_manifest(entry.digest)

    assert "b" == studio.edit("multi", SetAnnotation("a", "b")).manifest.annotations["a"]


def test_the_base_is_noted_on_every_manifest() -> None:
    studio = Studio()
    studio.multi()

    index = studio.edit("multi", SetBase(Reference.parse("alpine:3"), BASE.digest)).manifest

    wanted = {
        "org.opencontainers.image.base.name": "docker.io/library/alpine:3",
        "org.opencontainers.image.base.digest": str(BASE.digest),
    }
    assert wanted == index.annotations == child_of(studio.app, index, 1).annotations


def test_what_all_images_say_is_promoted_and_they_keep_what_they_say() -> None:
    studio = Studio()
    studio.multi(annotations=({"common": "1", "other": "1"}, {"common": "1", "other": "2"}))

    index = studio.edit("multi", SetAnnotation("extra", "x", (ARM64,)), PromoteAnnotations()).manifest

    assert {"common": "1"} == index.annotations
    assert {"common": "1", "other": "1"} == child_of(studio.app, index, 0).annotations
    assert {"common": "1", "other": "2", "extra": "x"} == child_of(studio.app, index, 1).annotations


def test_nothing_is_promoted_from_nothing() -> None:
    studio = Studio()
    empty = images.index(studio.app, "empty", platforms=())

    assert empty == studio.edit("empty", PromoteAnnotations()).manifest


def test_labels_become_annotations_as_they_were_before_the_run() -> None:
    studio = Studio()
    studio.image()
    images.artifact(studio.app, name="artifact")

    image = studio.edit("v1", SetLabel("new", "1"), LabelsToAnnotations()).manifest

    assert {"arch": "amd64", "time": EARLY} == image.annotations
    assert "1" == config_in(studio.app, image).labels["new"]
    assert studio.edit("artifact", LabelsToAnnotations()).idle


def test_manifests_and_configs_are_named_by_another_algorithm() -> None:
    studio = Studio()
    studio.multi()

    index = studio.edit("multi", SetDigestAlgorithm("sha512", contents=False)).manifest
    child = child_of(studio.app, index, 0)

    assert ("sha512", "sha512", "sha256") == (
        index.digest.algorithm,
        child.digest.algorithm,
        config_in(studio.app, child).digest.algorithm,
    )


def test_an_algorithm_nobody_knows_is_refused() -> None:
    studio = Studio()
    studio.image()

    with pytest.raises(Unsupported, match="md5"):
        studio.edit("v1", SetDigestAlgorithm("md5"))


def test_external_layers_become_ordinary_ones() -> None:
    studio = Studio()
    images.external_image(studio.app, "far")

    image = studio.edit("far", RemoveExternalUrls()).manifest

    assert isinstance(image, ImageManifest)
    assert ((), mediatype.OCI_LAYER_GZIP) == (image.layers[1].urls, image.layers[1].media_type)


def test_content_is_carried_along_up_to_a_size() -> None:
    studio = Studio()
    index = studio.multi()
    size = index.manifests[0].size

    everything = studio.edit("multi", InlineContent(1 << 20), create="all").manifest
    some = studio.edit("all", InlineContent(size - 1), create="some").manifest

    assert isinstance(everything, IndexManifest)
    child = child_of(studio.app, everything, 0)
    assert isinstance(child, ImageManifest)
    assert child.raw == everything.manifests[0].inline
    assert all(part.inline is not None for part in (child.config, *child.layers))
    assert isinstance(some, IndexManifest)
    assert [None, None] == [entry.data for entry in some.manifests]


def test_content_carried_along_follows_what_changes() -> None:
    studio = Studio()
    studio.multi()
    studio.edit("multi", InlineContent(1 << 20), create="all")

    index = studio.edit("all", SetLabel("a", "b")).manifest

    assert isinstance(index, IndexManifest)
    child = child_of(studio.app, index, 1)
    assert isinstance(child, ImageManifest)
    assert child.raw == index.manifests[1].inline
    assert config_in(studio.app, child).raw == child.config.inline


def test_what_has_no_annotations_cannot_be_annotated() -> None:
    studio = Studio()
    images.schema1(studio.app, "old")

    with pytest.raises(UnsupportedMediaType):
        studio.edit("old", SetAnnotation("a", "b"))


def test_members_nobody_knows_stay_where_they_were() -> None:
    studio = Studio()
    image = studio.image()
    raw = image.raw.replace(b'"config":{', b'"x-tool":{ "a" : [1.50] },"config":{"x-part":true,', 1)
    studio.app.put_manifest(parse_manifest(raw, media_type=image.media_type), "odd")
    index = images.index(studio.app, None, platforms=(), children=(studio.app.get_manifest("odd"),))
    odd = index.raw.replace(b'"digest"', b'"x-entry":null,"digest"', 1)
    studio.app.put_manifest(parse_manifest(odd, media_type=index.media_type), "index")

    changed = studio.edit("index", SetLabel("a", "b"), SetAnnotation("a", "b", everywhere=True)).manifest

    assert b'"x-entry":null' in changed.raw
    child = child_of(studio.app, changed, 0)
    assert child.raw.startswith(raw[: raw.index(b'"x-part":true,')])
    assert b'"x-part":true' in child.raw
