import pytest

from regclient.errors import Incomplete, ManifestNotFound, Mismatch, Unsupported, UnsupportedMediaType
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.checkbase import BASE_DIGEST, BASE_NAME
from regclient.ops.edit.rebase import Rebase
from tests.fakes import images
from tests.fakes.editing import HOST, Studio, child_of, config_in, reaches_all

PLATFORMS = ("linux/amd64", "linux/arm64")


def reference(name: str) -> Reference:
    return Reference.parse(f"{HOST}/base:{name}")


def pushed(
    home: MemoryRepository, name: str | None, texts: tuple[str, ...], architecture: str = "amd64", steps: int = -1
) -> ImageManifest:
    """Push an image with a layer for each text, and an empty step after the first."""
    layers = [images.blob(home, text.encode(), mediatype.OCI_LAYER) for text in texts]
    history = [History(created_by=text) for text in texts]
    history.insert(1, History(created_by="CMD", empty_layer=True))
    config = ImageConfig.build(
        platform=Platform("linux", architecture),
        history=history[: len(history) if steps < 0 else steps],
        diff_ids=[str(layer.digest) for layer in layers],
    )
    manifest = ImageManifest.build(config=images.blob(home, config.raw, mediatype.OCI_CONFIG), layers=layers)
    home.put_manifest(manifest, name)
    return manifest


def for_all(home: MemoryRepository, name: str, texts: tuple[str, ...], annotations: dict[str, str] = {}) -> IndexManifest:  # noqa: B006 - never changed
    entries = []
    for platform in PLATFORMS:
        child = pushed(home, None, texts, platform.partition("/")[2])
        entries.append(child.descriptor.replace(platform=Platform.parse(platform)))
    index = IndexManifest.build(manifests=entries, annotations=annotations)
    home.put_manifest(index, name)
    return index


@pytest.fixture
def studio() -> Studio:
    """A base that moved from ``old`` to ``new``, and an image built on what it was."""
    studio = Studio()
    base = studio.home("base")
    old = for_all(base, "old", ("os",))
    for_all(base, "new", ("newer os", "patch"))
    for_all(studio.app, "v1", ("os", "app"), {BASE_NAME: f"{HOST}/base:new", BASE_DIGEST: str(old.digest)})
    return studio


def test_the_layers_and_history_of_the_base_are_replaced(studio: Studio) -> None:
    index = studio.edit("v1", Rebase(reference("old"), reference("new"))).manifest

    for position in (0, 1):
        child = child_of(studio.app, index, position)
        assert isinstance(child, ImageManifest)
        config = config_in(studio.app, child)
        digests = [str(Descriptor.of(text).digest) for text in (b"newer os", b"patch", b"app")]
        assert digests == [str(layer.digest) for layer in child.layers] == list(config.diff_ids)
        assert ["newer os", "CMD", "patch", "app"] == [entry.created_by for entry in config.history]
    assert reaches_all(studio.app, index)


def test_the_annotations_name_the_base(studio: Studio) -> None:
    by_hand = studio.plan("v1", Rebase(reference("old"), reference("new")))

    assert by_hand.manifest == studio.edit("v1", Rebase()).manifest
    assert by_hand.manifest.annotations == studio.app.get_manifest("v1").annotations


def test_equal_bases_change_nothing(studio: Studio) -> None:
    assert studio.edit("v1", Rebase(reference("old"), reference("old"))).idle


def test_an_image_for_one_platform_is_moved_as_well(studio: Studio) -> None:
    pushed(studio.app, "one", ("os", "app"))
    images.artifact(studio.app, name="artifact")

    image = studio.edit("one", Rebase(reference("old"), reference("new"))).manifest

    assert isinstance(image, ImageManifest)
    assert 3 == len(image.layers)
    assert studio.edit("artifact", Rebase(reference("old"), reference("new"))).idle


def test_an_image_that_names_no_base_cannot_be_rebased_by_annotation(studio: Studio) -> None:
    pushed(studio.app, "one", ("os", "app"))

    with pytest.raises(Incomplete, match=BASE_NAME):
        studio.edit("one", Rebase())
    with pytest.raises(Unsupported, match="or neither"):
        Rebase(reference("old"))


@pytest.mark.parametrize(
    ("texts", "steps", "told"),
    [
        (("os",), -1, "layer 0"),
        (("os", "app", "more", "most"), -1, "it has 4 layers, the image 3"),
        (("app", "app"), 1, "do not belong together"),
    ],
)
def test_an_image_of_another_base_is_left_alone(studio: Studio, texts: tuple[str, ...], steps: int, told: str) -> None:
    pushed(studio.home("base"), "wrong", texts, steps=steps)
    pushed(studio.app, "one", ("app", "app", "x") if told != "layer 0" else ("y", "x"))

    with pytest.raises(Mismatch, match=told):
        studio.edit("one", Rebase(reference("wrong"), reference("new")))


def test_histories_and_unpacked_layers_are_compared(studio: Studio) -> None:
    app, base = studio.app, studio.home("base")
    image = pushed(app, "one", ("os", "app"))
    config = config_in(app, image)
    for told, changed in {
        "its history has 2": config.replace(history=config.history[:1]),
        "entry 1 of the history": config.replace(history=[config.history[0], History(created_by="x"), *config.history[2:]]),
        "unpack to something else": config.replace(diff_ids=[f"sha256:{'0' * 64}", *config.diff_ids[1:]]),
    }.items():
        app.put_manifest(image.replace(config=images.blob(app, changed.raw, mediatype.OCI_CONFIG)), "other")
        with pytest.raises(Mismatch, match=told):
            studio.edit("other", Rebase(reference("old"), reference("new")))
    pushed(base, "odd", ("os", "app"), steps=1)
    with pytest.raises(Mismatch, match="new base"):
        studio.edit("one", Rebase(reference("old"), reference("odd")))


def test_a_base_has_to_be_an_image_that_is_there(studio: Studio) -> None:
    images.schema1(studio.home("base"), "ancient")

    with pytest.raises(ManifestNotFound):
        studio.edit("v1", Rebase(reference("old"), reference("gone")))
    with pytest.raises(UnsupportedMediaType, match="not an image"):
        studio.edit("v1", Rebase(reference("ancient"), reference("new")))


def test_a_rebased_image_goes_to_another_repository_whole(studio: Studio) -> None:
    index = studio.edit("v1", Rebase(), create="third:v1").manifest

    assert reaches_all(studio.home("third"), index)
