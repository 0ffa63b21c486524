from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from regclient.errors import Corrupt, ManifestNotFound, RegistryClientError, SideError, SizeLimitExceeded, StorageFault
from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.model.index import IndexManifest
from regclient.model.reference import Reference
from regclient.ops.archive.read import ImportOptions, import_image, opened
from regclient.ops.archive.write import export_image, path_of
from regclient.remote.repository import RemoteRepository
from tests.claims import claims
from tests.fakes import images
from tests.fakes.archives import Item, Pipe, docker_archive, docker_items, files, repacked, stream, tar_of
from tests.fakes.registry import FakeRegistry
from tests.tables import table


def archive_of(source: MemoryRepository, name: str = "latest") -> bytes:
    out = io.BytesIO()
    export_image(source, name, out)
    return out.getvalue()


def imported(raw: bytes, name: str = "", tag: str = "v1") -> MemoryRepository:
    target = MemoryRepository()
    import_image(stream(raw), target, tag, options=ImportOptions(name))
    return target


@pytest.fixture
def source() -> MemoryRepository:
    found = MemoryRepository()
    images.nested_index(found)
    return found


def test_what_was_exported_is_imported_with_its_digest(source: MemoryRepository) -> None:
    target = imported(archive_of(source))

    assert source.get_manifest("latest").digest == target.get_manifest("v1").digest
    assert archive_of(source, "latest")[2048:] != b""
    for shape in (images.image, images.index, images.artifact):
        home = MemoryRepository()
        shape(home, name="latest")
        assert home.get_manifest("latest").digest == imported(archive_of(home)).get_manifest("v1").digest


@pytest.mark.parametrize("prefix", ["", "./"])
@pytest.mark.parametrize("reverse", [False, True])
def test_entries_may_come_in_any_order_under_any_spelling(source: MemoryRepository, prefix: str, *, reverse: bool) -> None:
    raw = repacked(archive_of(source), reverse=reverse, prefix=prefix)

    assert source.get_manifest("latest").digest == imported(raw).get_manifest("v1").digest


def test_an_archive_may_be_compressed_or_come_through_a_pipe(source: MemoryRepository) -> None:
    raw = archive_of(source)
    for content in (Pipe(raw), Pipe(gzip.compress(raw)), io.BytesIO(gzip.compress(raw))):
        target = MemoryRepository()
        import_image(cast("BinaryIO", content), target, "v1")
        assert source.get_manifest("latest").digest == target.get_manifest("v1").digest


@claims("ImportOptions.limit")
def test_unpacking_ends_at_the_limit(source: MemoryRepository) -> None:
    raw = gzip.compress(archive_of(source))
    import_image(stream(raw), MemoryRepository(), "v1")

    with pytest.raises(SizeLimitExceeded):
        import_image(stream(raw), MemoryRepository(), "v1", options=ImportOptions(limit=1000))


@claims("ImportOptions.name")
def test_one_image_of_several_is_chosen_by_name() -> None:
    raw = docker_archive(docker_items("one", files(a="1"), tags=("a:1",)), docker_items("two", files(b="2"), tags=("b:1",)))

    assert imported(raw).get_manifest("v1").digest == imported(raw, "a:1").get_manifest("v1").digest
    assert imported(raw).get_manifest("v1").digest != imported(raw, "b:1").get_manifest("v1").digest


def test_a_layout_that_is_also_dockers_is_read_as_a_layout() -> None:
    home = MemoryRepository()
    image = images.image(home)

    assert image.digest == imported(archive_of(home), "any").get_manifest("v1").digest


def test_what_is_there_already_is_not_sent_again() -> None:
    registry, home = FakeRegistry(), MemoryRepository()
    images.image(home, layers=3)
    target = RemoteRepository(Reference.parse("registry.example/app"), registry.transport)
    import_image(stream(archive_of(home)), target, "v1")
    registry.forget()
    import_image(stream(archive_of(home)), target, "v2")

    assert {"HEAD blobs": 4, "PUT manifests": 1} == registry.counts()


@table("missing", ["config", "layer"])
def test_nothing_is_tagged_when_a_part_is_missing(missing: str) -> None:
    home = MemoryRepository()
    image = images.image(home)
    lost = image.config if missing == "config" else image.layers[1]
    raw = repacked(archive_of(home), without=[path_of(lost.digest)])
    target = MemoryRepository()
    with pytest.raises(SideError, match=str(lost.digest)):
        import_image(stream(raw), target, "v1")

    assert () == target.tags().tags


@table("raw", [b"", b"hello", bytes(2048), tar_of(), tar_of(Item("index.json", b"{}")), files(a="b")])
def test_what_is_no_archive_of_images_is_refused(raw: bytes) -> None:
    with pytest.raises(Corrupt):
        imported(raw)


def test_an_index_that_lists_itself_by_a_wrong_digest_is_refused() -> None:
    home = MemoryRepository()
    images.index(home)
    top = home.get_manifest("latest")
    assert isinstance(top, IndexManifest)
    raw = archive_of(home)
    child = top.manifests[0].digest
    looped = repacked(raw, without=[path_of(child)])
    looped = looped[:-1024].rstrip(b"\0")
    items = tar_of(Item(path_of(child), top.raw))
    joined = looped + bytes(-len(looped) % 512) + items
    target = MemoryRepository()
    with pytest.raises(RegistryClientError):
        import_image(stream(joined), target, "v1")

    assert () == target.tags().tags


def test_several_images_need_a_name() -> None:
    home = MemoryRepository()
    images.image(home)
    raw = archive_of(home)
    listed = json.dumps({"manifests": [entry(Digest.of(b"1")), entry(Digest.of(b"2"))]}).encode()
    doubled = repacked(raw, without=["index.json"])[:-1024].rstrip(b"\0")
    joined = doubled + bytes(-len(doubled) % 512) + tar_of(Item("index.json", listed))

    with pytest.raises(ManifestNotFound):
        imported(joined)


def entry(digest: Digest) -> dict[str, object]:
    return {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": str(digest), "size": 1}


def test_files_are_opened_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"x")
    with opened(tmp_path / "a.tar") as (content, where):
        assert (b"x", str(tmp_path / "a.tar")) == (content.read(), where)
    with opened(io.BytesIO(b"y")) as (content, where):
        assert (b"y", "archive") == (content.read(), where)
    with pytest.raises(StorageFault, match="No such file"), opened(str(tmp_path / "b.tar")):
        pass
