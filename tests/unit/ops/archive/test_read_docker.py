from __future__ import annotations

import gzip
import json

import pytest

from regclient.concurrency import Workers
from regclient.errors import Corrupt, DigestMismatch, FileNotFound, InvalidManifest, ManifestNotFound, SideError, root_cause
from regclient.events import Event, State
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import ImageManifest
from regclient.observer import silent
from regclient.ops.archive.contents import Contents
from regclient.ops.archive.read_docker import Saved, choose, images_of, import_docker
from regclient.ops.archive.write import path_of
from tests.fakes.archives import Item, docker_archive, docker_config, docker_items, files, stream, symlink, tar_of
from tests.tables import table

LOWER, UPPER = files(a="lower"), files(b="upper")


def contents_of(raw: bytes) -> Contents:
    return Contents(stream(raw), "test.tar", lambda: None)


def imported(raw: bytes, target: MemoryRepository, name: str = "") -> ImageManifest:
    contents = contents_of(raw)
    with Workers() as workers:
        import_docker(contents, choose(images_of(contents), name), target, "v1", workers, silent)
    manifest = target.get_manifest("v1")
    assert isinstance(manifest, ImageManifest)
    return manifest


def layer_of(target: MemoryRepository, blob: Descriptor) -> bytes:
    with target.open_blob(blob) as content:
        return gzip.decompress(content.read())


@table("packed", [False, True])
def test_layers_are_compressed_and_the_config_is_kept(*, packed: bool) -> None:
    target = MemoryRepository()
    manifest = imported(docker_archive(docker_items("one", LOWER, UPPER, packed=packed)), target)

    assert mediatype.DOCKER_MANIFEST == manifest.media_type
    assert Descriptor.of(docker_config(LOWER, UPPER), mediatype.DOCKER_CONFIG) == manifest.config
    assert [mediatype.DOCKER_LAYER_GZIP] * 2 == [layer.media_type for layer in manifest.layers]
    assert [LOWER, UPPER] == [layer_of(target, layer) for layer in manifest.layers]


def test_equal_archives_are_equal_images_whoever_compressed_them() -> None:
    archives = [docker_archive(docker_items("one", LOWER, UPPER, packed=packed)) for packed in (False, True)]

    assert 1 == len({imported(raw, MemoryRepository()).digest for raw in archives})


def test_several_images_are_chosen_by_name_and_the_first_without() -> None:
    raw = docker_archive(docker_items("one", LOWER, tags=("a:1",)), docker_items("two", UPPER, tags=("b:1", "b:2")))

    assert docker_config(LOWER) != docker_config(UPPER)
    assert Descriptor.of(docker_config(LOWER)).digest == imported(raw, MemoryRepository()).config.digest
    assert Descriptor.of(docker_config(UPPER)).digest == imported(raw, MemoryRepository(), "b:2").config.digest
    with pytest.raises(ManifestNotFound, match="which has 'a:1', 'b:1', 'b:2'"):
        imported(raw, MemoryRepository(), "c:1")
    with pytest.raises(ManifestNotFound):
        choose((), "")


def test_links_stand_for_layers_that_images_share() -> None:
    line, items = docker_items("one", LOWER)
    line["Layers"] = ["link/layer.tar"]
    raw = docker_archive((line, [*items, symlink("link/layer.tar", "../one0/layer.tar")]))
    target = MemoryRepository()

    assert LOWER == layer_of(target, imported(raw, target).layers[0])


def test_a_layer_kept_as_it_was_pushed_keeps_its_digest() -> None:
    packed = gzip.compress(LOWER, 1, mtime=5)
    known = Descriptor.of(packed, mediatype.OCI_LAYER_GZIP)
    config = docker_config(LOWER)
    line: dict[str, object] = {"Config": "c.json", "Layers": [path_of(known.digest)]}
    items = [Item("c.json", config), Item(path_of(known.digest), packed)]
    without = imported(docker_archive((line, items)), MemoryRepository())
    line["LayerSources"] = {str(known.digest): json.loads(known.to_json())}
    target = MemoryRepository()

    assert (known,) == imported(docker_archive((line, items)), target).layers
    assert known.digest != without.layers[0].digest
    assert LOWER == layer_of(target, known)


def test_a_layer_that_is_not_the_one_of_the_config_is_refused_and_nothing_is_tagged() -> None:
    line, items = docker_items("one", LOWER)
    changed = [Item(item.name, UPPER) if item.name.endswith("layer.tar") else item for item in items]
    target = MemoryRepository()
    with pytest.raises(SideError) as caught:
        imported(docker_archive((line, changed)), target)

    assert isinstance(root_cause(caught.value), DigestMismatch)
    assert () == target.tags().tags


def test_another_number_of_layers_than_the_config_tells_of_is_refused() -> None:
    line, items = docker_items("one", LOWER, UPPER)
    line["Layers"] = ["one0/layer.tar"]

    with pytest.raises(Corrupt, match="1 layers"):
        imported(docker_archive((line, items)), MemoryRepository())


def test_a_config_that_tells_of_no_layers_is_believed() -> None:
    line, items = docker_items("one", LOWER)
    bare = [Item(item.name, b"{}") if item.name == "one.json" else item for item in items]
    target = MemoryRepository()

    assert LOWER == layer_of(target, imported(docker_archive((line, bare)), target).layers[0])


def test_a_missing_part_shows_before_anything_is_pushed() -> None:
    line, items = docker_items("one", LOWER, UPPER)
    target = MemoryRepository()
    with pytest.raises(FileNotFound, match="one1/layer"):
        imported(docker_archive((line, [item for item in items if item.name != "one1/layer.tar"])), target)

    assert target.stat_blob(Descriptor.of(docker_config(LOWER, UPPER))) is None


@table(
    "raw",
    [
        b"{}",
        b"[",
        b"[1]",
        b'[{"Config":""}]',
        b'[{"Config":"a","Layers":"b"}]',
        b'[{"Config":"a","LayerSources":{"x":{}}}]',
        b"[],{}",
    ],
)
def test_a_broken_manifest_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidManifest):
        images_of(contents_of(tar_of(Item("manifest.json", raw))))


def test_an_image_is_read_with_everything_it_says() -> None:
    line = {"Config": "c", "RepoTags": ["a:1"], "Layers": ["l"]}

    assert (Saved("c", ("l",), ("a:1",)),) == images_of(contents_of(tar_of(Item("manifest.json", json.dumps([line]).encode()))))


def test_progress_is_told_in_bytes_of_the_archive() -> None:
    contents = contents_of(docker_archive(docker_items("one", LOWER)))
    seen: list[object] = []
    with Workers() as workers:
        import_docker(contents, images_of(contents)[0], MemoryRepository(), "v1", workers, seen.append)
    states = [(event.state, event.done) for event in seen if isinstance(event, Event)]

    assert (State.STARTED, 0) == states[0]
    assert (State.FINISHED, len(LOWER)) == states[-1]
