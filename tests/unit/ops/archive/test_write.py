from __future__ import annotations

import gzip
import io
import json

import pytest

from regclient.errors import BlobNotFound, Cancelled, ManifestNotFound, RegistryClientError, SizeMismatch, UnsupportedMediaType
from regclient.events import Event, Planned, State, Warned
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.index import IndexManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.archive.write import ExportOptions, export_image, path_of
from regclient.remote.repository import RemoteRepository
from tests.claims import claims
from tests.fakes import images
from tests.fakes.archives import names_in, read_from
from tests.fakes.registry import FakeRegistry

APP = Reference.parse("registry.example/app:v1")


def exported(repository: MemoryRepository, name: str = "latest", **options: object) -> bytes:
    out = io.BytesIO()
    export_image(repository, name, out, called=APP, options=ExportOptions(**options))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository()


def test_documents_come_first_and_then_each_content_once(repository: MemoryRepository) -> None:
    image = images.image(repository)
    expected = ["oci-layout", "index.json", "manifest.json", "blobs", "blobs/sha256"]
    expected += [path_of(entry.digest) for entry in (image.descriptor, image.config, *image.layers)]

    assert expected == names_in(exported(repository))


def test_an_index_goes_depth_first_without_a_document_for_docker(repository: MemoryRepository) -> None:
    index = images.index(repository, layers=1)
    first, second = (repository.get_manifest(entry.digest) for entry in index.manifests)
    names = names_in(exported(repository))

    assert ["oci-layout", "index.json", "blobs"] == names[:3]
    assert [path_of(index.digest), path_of(first.digest)] == names[4:6]
    assert len(names) == len(set(names))
    assert names.index(path_of(second.digest)) > names.index(path_of(first.digest)) + 2


def test_the_index_names_the_image(repository: MemoryRepository) -> None:
    image = images.image(repository)
    index = json.loads(read_from(exported(repository), "index.json"))
    (entry,) = index["manifests"]

    assert str(image.digest) == entry["digest"]
    assert {
        "io.containerd.image.name": "registry.example/app:v1",
        "org.opencontainers.image.ref.name": "v1",
    } == entry["annotations"]


def test_docker_finds_config_layers_and_name(repository: MemoryRepository) -> None:
    image = images.image(repository)
    (entry,) = json.loads(read_from(exported(repository), "manifest.json"))

    assert path_of(image.config.digest) == entry["Config"]
    assert ["registry.example/app:v1"] == entry["RepoTags"]
    assert [path_of(layer.digest) for layer in image.layers] == entry["Layers"]
    assert {str(layer.digest) for layer in image.layers} == set(entry["LayerSources"])


def test_an_image_without_layers_has_an_empty_list_for_docker(repository: MemoryRepository) -> None:
    images.image(repository, layers=0)
    (entry,) = json.loads(read_from(exported(repository), "manifest.json"))

    assert {"Config", "RepoTags", "Layers"} == set(entry)
    assert [] == entry["Layers"]


@claims("ExportOptions.name")
def test_another_name_is_written_where_one_is_given(repository: MemoryRepository) -> None:
    images.image(repository)
    plain, named = exported(repository), exported(repository, name="latest")
    assert plain == named
    out = io.BytesIO()
    export_image(repository, "latest", out, options=ExportOptions(name=Reference.parse("ocidir://a/B:x")))

    assert "localhost/a/b:x" == json.loads(read_from(out.getvalue(), "manifest.json"))[0]["RepoTags"][0]


@claims("ExportOptions.platform")
def test_a_platform_exports_one_image_and_pins_the_name(repository: MemoryRepository) -> None:
    index = images.index(repository)
    raw = exported(repository, platform=Platform.parse("linux/arm64"))
    (entry,) = json.loads(read_from(raw, "index.json"))["manifests"]

    assert str(index.manifests[1].digest) == entry["digest"]
    assert f"{APP}@{entry['digest']}" == entry["annotations"]["io.containerd.image.name"]
    assert "platform" not in entry
    assert path_of(index.digest) not in names_in(raw)


@claims("ExportOptions.compress")
def test_compressed_it_is_the_same_tar(repository: MemoryRepository) -> None:
    images.index(repository)

    assert exported(repository) == gzip.decompress(exported(repository, compress=True))


def test_manifests_are_fetched_once() -> None:
    registry = FakeRegistry()
    images.index(registry.repository("app"))
    export_image(RemoteRepository(APP, registry.transport), "latest", io.BytesIO())

    assert {"GET manifests": 3, "GET blobs": 5} == registry.counts()


def test_an_entry_of_an_unknown_type_is_tried_as_a_manifest_and_then_as_a_blob(repository: MemoryRepository) -> None:
    image = images.image(repository, None)
    odd = images.blob(repository, b"odd", "application/x-odd")
    entries = (odd, image.descriptor.replace(media_type="application/x-unknown"))
    repository.put_manifest(IndexManifest.build(manifests=entries), "latest")
    names = names_in(exported(repository))

    assert path_of(odd.digest) in names
    assert path_of(image.digest) in names


def test_missing_parts_and_names_are_errors(repository: MemoryRepository) -> None:
    with pytest.raises(ManifestNotFound):
        exported(repository)
    images.sparse_index(repository)
    with pytest.raises(ManifestNotFound):
        exported(repository)
    images.external_image(repository, "external")
    with pytest.raises(BlobNotFound):
        exported(repository, "external")
    images.schema1(repository, "old")
    with pytest.raises(UnsupportedMediaType):
        exported(repository, "old")


def test_a_blob_of_another_size_is_an_error(repository: MemoryRepository) -> None:
    image = images.image(repository, None)
    short = image.layers[0].replace(size=image.layers[0].size + 5)
    repository.put_manifest(image.replace(layers=(short,)), "latest")

    with pytest.raises(SizeMismatch):
        exported(repository)


def test_an_index_of_itself_ends(repository: MemoryRepository) -> None:
    """A digest cannot hold itself, but an entry may be listed as often as one likes."""
    image = images.image(repository, None)
    index = IndexManifest.build(manifests=(image.descriptor,) * 3)
    repository.put_manifest(index, "latest")

    assert len(names_in(exported(repository))) == 4 + 1 + 1 + 3


def test_progress_is_told_and_cancelling_ends_it(repository: MemoryRepository) -> None:
    images.image(repository, layers=1)
    seen: list[Event | Planned | Warned] = []
    export_image(repository, "latest", io.BytesIO(), observer=seen.append)
    states = [event.state for event in seen if isinstance(event, Event)]

    assert [State.STARTED, State.ACTIVE, State.FINISHED] * 2 == states

    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        export_image(repository, "latest", io.BytesIO(), check=cancelled)


def test_indexes_that_nest_without_end_are_refused() -> None:
    class Endless(MemoryRepository):
        """Every index holds another one."""

    repository = Endless()
    inner = Descriptor.of(b"x", mediatype.OCI_MANIFEST)
    for _ in range(140):
        manifest = IndexManifest.build(manifests=(inner,))
        repository.put_manifest(manifest, None)
        inner = manifest.descriptor

    with pytest.raises(RegistryClientError, match="nest deeper"):
        export_image(repository, inner.digest, io.BytesIO())
