"""Artifacts got back: found, chosen from, written."""

from __future__ import annotations

import gzip
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from regclient.concurrency import Workers
from regclient.errors import (
    Corrupt,
    ManifestNotFound,
    NotFound,
    SizeLimitExceeded,
    StorageFault,
    UnsupportedMediaType,
)
from regclient.events import Warned
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.manifest import ImageManifest
from regclient.model.platform import Platform
from regclient.ops.artifact import TITLE
from regclient.ops.fetch import (
    UNPACK,
    ArtifactGetOptions,
    artifact_config,
    choose_layers,
    find_referrer,
    get_artifact,
    is_directory,
    save_artifact,
    save_layers,
)
from tests.claims import claims
from tests.fakes import images


@pytest.fixture
def app() -> MemoryRepository:
    return MemoryRepository()


def layer(app: MemoryRepository, content: bytes, title: str = "", **annotations: str) -> Descriptor:
    titled = {TITLE: title} if title else {}
    return images.blob(app, content, "t/x").replace(annotations=titled | annotations)


def tar_of(name: str, content: bytes = b"1") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def save_layer(app: MemoryRepository, found: Descriptor, place: Path, options: ArtifactGetOptions | None = None) -> Path:
    (path,) = save_layers(app, [found], place, options)
    return path


def test_the_first_referrer_is_used_and_a_choice_is_warned_about(app: MemoryRepository) -> None:
    subject = images.image(app)
    first, second = (images.artifact(app, subject, content=text, annotations={"r": text.decode()}) for text in (b"2", b"1"))
    heard: list[object] = []

    assert first.digest == find_referrer(app, "latest", DescriptorFilter(), observer=heard.append).digest
    assert ["2 referrers match"] == [event.text[:17] for event in heard if isinstance(event, Warned)]
    heard.clear()
    assert second.digest == find_referrer(app, "latest", DescriptorFilter(sort_annotation="r"), observer=heard.append).digest
    assert [] == heard


def test_a_referrer_may_be_kept_elsewhere_and_may_be_missing(app: MemoryRepository) -> None:
    subject, elsewhere = images.image(app), MemoryRepository("memory.example/elsewhere")
    kept = images.artifact(elsewhere, subject)

    assert kept.digest == find_referrer(app, "latest", DescriptorFilter(), source=elsewhere).digest
    with pytest.raises(ManifestNotFound, match="refers to latest"):
        find_referrer(app, "latest", DescriptorFilter())


@claims("ArtifactGetOptions.wanted")
def test_an_index_gives_the_entry_that_fits(app: MemoryRepository) -> None:
    index = images.index(app, "v1")

    assert index.manifests[0].digest == get_artifact(app, "v1").digest
    arm = DescriptorFilter(platform=Platform.parse("linux/arm64"))
    assert index.manifests[1].digest == get_artifact(app, "v1", arm).digest
    with pytest.raises(ManifestNotFound):
        get_artifact(app, "v1", DescriptorFilter(artifact_type="a/b"))
    images.nested_index(app, "nested")
    with pytest.raises(UnsupportedMediaType):
        get_artifact(app, "nested")


def test_only_some_manifests_have_a_config(app: MemoryRepository) -> None:
    image = images.image(app)

    assert image.config == artifact_config(app, image)
    with pytest.raises(UnsupportedMediaType):
        artifact_config(app, images.index(app))


@claims("ArtifactGetOptions.titles", "ArtifactGetOptions.media_types")
def test_layers_are_chosen_by_title_and_type(app: MemoryRepository) -> None:
    layers = [layer(app, b"1", "a"), layer(app, b"2", "b"), layer(app, b"3").replace(media_type="t/y")]
    manifest = ImageManifest.build(config=layers[0], layers=layers)

    assert tuple(layers) == choose_layers(manifest, ArtifactGetOptions())
    assert (layers[1],) == choose_layers(manifest, ArtifactGetOptions(titles=("b",)))
    assert (layers[2],) == choose_layers(manifest, ArtifactGetOptions(media_types=("t/y",)))
    with pytest.raises(NotFound):
        choose_layers(manifest, ArtifactGetOptions(titles=("b",), media_types=("t/y",)))


@claims("ArtifactGetOptions.strip")
def test_a_file_goes_where_its_title_says(app: MemoryRepository, tmp_path: Path) -> None:
    found = layer(app, b"1", "/d/e/../a")

    assert tmp_path / "d" / "a" == save_layer(app, found, tmp_path)
    assert tmp_path / "a" == save_layer(app, found, tmp_path, ArtifactGetOptions(strip=True))
    assert tmp_path / found.digest.hex == save_layer(app, layer(app, b"1"), tmp_path)
    assert b"1" == (tmp_path / "d" / "a").read_bytes()


@pytest.mark.parametrize("annotations", [{TITLE: "d/"}, {TITLE: "d", UNPACK: "true"}])
def test_a_directory_is_unpacked_where_its_title_says(
    app: MemoryRepository, tmp_path: Path, annotations: dict[str, str]
) -> None:
    found = layer(app, gzip.compress(tar_of("x"))).replace(annotations=annotations)

    assert is_directory(found)
    assert tmp_path / "d" == save_layer(app, found, tmp_path)
    assert tmp_path == save_layer(app, found, tmp_path, ArtifactGetOptions(strip=True))
    assert (b"1", b"1") == ((tmp_path / "d" / "x").read_bytes(), (tmp_path / "x").read_bytes())


def test_a_file_whose_title_only_looks_like_a_directory_is_a_file(app: MemoryRepository) -> None:
    assert not is_directory(layer(app, b"", "d", **{UNPACK: "false"}))


@claims("ArtifactGetOptions.unpack_limit")
def test_what_a_directory_unpacks_to_is_limited(app: MemoryRepository, tmp_path: Path) -> None:
    bomb = layer(app, gzip.compress(tar_of("zeros", b"\0" * 1_000_000)), "d/")
    with pytest.raises(SizeLimitExceeded):
        save_layer(app, bomb, tmp_path, ArtifactGetOptions(unpack_limit=500_000))
    assert [] == list((tmp_path / "d").iterdir())
    save_layer(app, bomb, tmp_path)

    assert 1_000_000 == (tmp_path / "d" / "zeros").stat().st_size


@pytest.mark.parametrize("title", ["..", "../x", "a/../../x", "../x/"])
def test_a_title_does_not_lead_out(app: MemoryRepository, tmp_path: Path, title: str) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(Corrupt, match="leads out"):
        save_layer(app, layer(app, tar_of("y"), title), tmp_path / "in")
    assert ["in"] == [path.name for path in tmp_path.iterdir()]


def test_a_title_that_cannot_be_written_is_told(app: MemoryRepository, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for title in ("d", "."):
        with pytest.raises(StorageFault):
            save_layer(app, layer(app, b"1", title), tmp_path)


def test_a_file_that_is_the_directory_of_another_is_refused_before_anything_is_written(
    app: MemoryRepository, tmp_path: Path
) -> None:
    for titles in (("a", "a/b"), ("a/b/c/d", "x", "./a/b")):
        with pytest.raises(StorageFault, match=r"a/b.*: a.* is a file of the artifact, too"):
            save_layers(app, [layer(app, title.encode(), title) for title in titles], tmp_path)
        assert [] == list(tmp_path.iterdir())
    apart = [layer(app, title.encode(), title) for title in ("a/b/c/d", "a/b")]
    save_layers(app, apart, tmp_path, ArtifactGetOptions(strip=True))
    assert {"d", "b"} == {path.name for path in tmp_path.iterdir()}


class Meeting(MemoryRepository):
    """A repository whose blobs can be read only when ``count`` of them are open at once."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._barrier = threading.Barrier(count, timeout=30)

    @contextmanager
    def open_blob(self, blob: Descriptor) -> Iterator[BinaryIO]:
        self._barrier.wait()
        with super().open_blob(blob) as content:
            yield content


def test_files_come_several_at_once(tmp_path: Path) -> None:
    app = Meeting(3)
    layers = [layer(app, title.encode(), title) for title in ("a", "b", "c")]

    with Workers(3) as workers:
        assert ["a", "b", "c"] == [path.name for path in save_layers(app, layers, tmp_path, workers=workers)]


@pytest.mark.parametrize("titles", [("a", "x/../a", "./a"), ("d/", "d/x", "d/")])
def test_layers_that_may_meet_are_written_one_after_the_other(tmp_path: Path, titles: tuple[str, ...]) -> None:
    app = MemoryRepository()
    layers = [
        layer(app, tar_of("x", b"%d" % number) if title.endswith("/") else b"%d" % number, title)
        for number, title in enumerate(titles)
    ]

    with Workers(3) as workers:
        save_layers(app, layers, tmp_path, workers=workers)

    assert [b"2"] == [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]


def test_layers_of_one_title_replace_each_other_beside_directories(app: MemoryRepository, tmp_path: Path) -> None:
    layers = [layer(app, b"1", "a"), layer(app, b"2", "d/b"), layer(app, b"3", "a"), layer(app, tar_of("x"), "t/")]

    saved = save_layers(app, layers, tmp_path)

    assert ("a", "d/b", "a", "t") == tuple(str(path.relative_to(tmp_path)) for path in saved)
    assert (b"3", b"2", True) == ((tmp_path / "a").read_bytes(), (tmp_path / "d/b").read_bytes(), (tmp_path / "t/x").exists())


def test_an_artifact_is_saved_whole(app: MemoryRepository, tmp_path: Path) -> None:
    layers = [layer(app, b"1", "a"), layer(app, b"2", "d/b")]
    app.put_manifest(ImageManifest.build(config=layers[0], layers=layers), "v1")

    assert (tmp_path / "a", tmp_path / "d" / "b") == save_artifact(app, "v1", str(tmp_path))
    assert (tmp_path / "a",) == save_artifact(app, "v1", tmp_path, ArtifactGetOptions(titles=("a",)))
