import pytest

from regclient.errors import NotFound, ParseError, Unsupported
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.layer_steps import RemoveLayer, RemoveLayersCreatedBy
from tests.fakes import images
from tests.fakes.editing import Studio, child_of, config_in
from tests.tables import table


def removed(studio: Studio, name: str, *edits: Edit) -> tuple[ImageManifest, ImageConfig]:
    manifest = studio.edit(name, *edits).manifest
    assert isinstance(manifest, ImageManifest)
    return manifest, config_in(studio.app, manifest)


def test_a_layer_goes_with_its_digest_and_its_history() -> None:
    studio = Studio()
    before = studio.image()
    was = config_in(studio.app, before)

    manifest, config = removed(studio, "v1", RemoveLayer(0))

    assert before.layers[1:] == manifest.layers
    assert was.diff_ids[1:] == config.diff_ids
    assert ["ENV A=1", "RUN |2 X=1 Y=2 make"] == [entry.created_by for entry in config.history]


def test_places_are_those_of_the_image_as_it_was() -> None:
    studio = Studio()
    studio.image()

    manifest, config = removed(studio, "v1", RemoveLayer(1), RemoveLayer(0))

    assert ((), (), ["ENV A=1"]) == (manifest.layers, config.diff_ids, [entry.created_by for entry in config.history])
    assert b'"layers":[]' in manifest.raw


@table("place", [2, -1])
def test_a_layer_that_is_not_there_cannot_be_removed(place: int) -> None:
    studio = Studio()
    studio.image()

    with pytest.raises(NotFound, match="an image of 2 layers"):
        studio.edit("v1", RemoveLayer(place))


def test_layers_are_removed_by_place_from_one_image_only() -> None:
    studio = Studio()
    studio.multi()
    images.artifact(studio.app, name="artifact")

    for name in ("multi", "artifact"):
        with pytest.raises(Unsupported, match="single image"):
            studio.edit(name, RemoveLayer(0))


def test_layers_are_removed_by_their_step_from_every_image() -> None:
    studio = Studio()
    studio.multi()

    index = studio.edit("multi", RemoveLayersCreatedBy("^ADD")).manifest

    for position in (0, 1):
        child = child_of(studio.app, index, position)
        assert isinstance(child, ImageManifest)
        assert 1 == len(child.layers) == len(config_in(studio.app, child).diff_ids)


def test_it_is_enough_when_the_step_is_one_of_some_image() -> None:
    studio = Studio()
    index = images.index(
        studio.app, "beside", platforms=(), children=(studio.image(), images.artifact(studio.app), images.image(studio.app))
    )

    changed = studio.edit("beside", RemoveLayersCreatedBy("make")).manifest

    found = [child_of(studio.app, changed, at).digest == index.manifests[at].digest for at in range(3)]
    assert [False, True, True] == found


def test_a_step_of_no_image_is_a_mistake() -> None:
    studio = Studio()
    studio.multi()

    with pytest.raises(NotFound, match="nothing like this"):
        studio.edit("multi", RemoveLayersCreatedBy("nothing like this"))
    with pytest.raises(ParseError):
        studio.edit("multi", RemoveLayersCreatedBy("("))
