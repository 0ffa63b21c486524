import pytest

from regclient.concurrency import Workers
from regclient.errors import Unsupported
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.index import IndexManifest
from regclient.model.mediatype import OCI_LAYER
from regclient.ops.edit.tree import open_image
from tests.fakes import images


def test_the_manifests_below_an_index_come_when_they_are_asked_for() -> None:
    home = MemoryRepository()
    images.nested_index(home)
    with Workers(2) as workers:
        image = open_image(home, "latest", workers)
        assert [True] == [node.top for node in image.nodes()]
        image.fetch_children()

    kinds = [(type(node.origin).__name__, node.position, len(node.layers)) for node in image.nodes()]
    assert [("ImageManifest", 0, 2), ("ImageManifest", 1, 2), ("IndexManifest", 0, 0)] == kinds[:3]
    assert [("ImageManifest", 1, 2), ("IndexManifest", -1, 0)] == kinds[3:]


def test_blobs_in_an_index_are_nobodys_to_edit() -> None:
    home = MemoryRepository()
    image = images.image(home)
    index = IndexManifest.build(manifests=(Descriptor.of(b"cache", OCI_LAYER), image.descriptor))
    home.put_manifest(index, "cache")
    with Workers(1) as workers:
        opened = open_image(home, "cache", workers)
        opened.fetch_children()

    assert [1] == [node.position for node in opened.top.children]


def test_a_config_is_fetched_once_and_only_of_images() -> None:
    home = MemoryRepository()
    images.image(home, "image")
    images.artifact(home, name="artifact")
    with Workers(2) as workers:
        image, artifact = open_image(home, "image", workers), open_image(home, "artifact", workers)
        image.fetch_configs()
        first = image.top.config

        assert first is not None
        assert image.config(image.top) is first is image.top.was
        assert artifact.config(artifact.top) is None


def test_indexes_that_nest_without_end_are_refused() -> None:
    home = MemoryRepository()
    inner = images.index(home, None, platforms=())
    for _ in range(130):
        inner = images.index(home, "deep", platforms=(), children=(inner,))
    with Workers(1) as workers:
        image = open_image(home, "deep", workers)
        with pytest.raises(Unsupported, match="nest deeper"):
            image.fetch_children()
