"""Artifacts made of files: what each part is called, and what is sent."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from regclient.errors import ManifestNotFound, PlatformNotFound, StorageFault, Unsupported, UnsupportedMediaType
from regclient.events import Event, State, Warned
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest
from regclient.model.platform import Platform
from regclient.observer import Observer
from regclient.ops.artifact import (
    TITLE,
    UNKNOWN_TYPE,
    ArtifactFile,
    ArtifactPutOptions,
    config_of,
    layer_types,
    put_artifact,
    subject_of,
    title_of,
)
from tests.claims import claims
from tests.fakes import images
from tests.tables import table

OCTETS = mediatype.OCTET_STREAM


@pytest.fixture
def app() -> MemoryRepository:
    return MemoryRepository()


def stream(content: bytes = b"x", media_type: str = OCTETS) -> ArtifactFile:
    return ArtifactFile(content=io.BytesIO(content), media_type=media_type)


def put(app: MemoryRepository, options: ArtifactPutOptions, *files: ArtifactFile, name: str | None = "v1") -> ImageManifest:
    manifest = put_artifact(app, name, files or (stream(),), options)
    assert isinstance(manifest, ImageManifest)
    return manifest


def content_of(app: MemoryRepository, layer: Descriptor) -> bytes:
    with app.open_blob(layer) as content:
        return content.read()


@table(
    ("config_type", "config", "artifact_type", "expected"),
    [
        ("", None, "a/b", (mediatype.OCI_EMPTY, b"{}", "a/b", False)),
        ("", None, "", (mediatype.OCI_EMPTY, b"{}", UNKNOWN_TYPE, True)),
        ("", b"c", "a/b", ("a/b", b"c", "a/b", True)),
        ("c/d", None, "", ("c/d", b"{}", "", False)),
        ("c/d", b"c", "", ("c/d", b"c", "", False)),
        ("c/d", None, "a/b", ("c/d", b"{}", "a/b", False)),
        ("c/d", b"c", "a/b", ("c/d", b"c", "a/b", False)),
        ("c/d", b"", "a/b", ("c/d", b"", "a/b", False)),
        (mediatype.OCI_EMPTY, None, "", (mediatype.OCI_EMPTY, b"{}", UNKNOWN_TYPE, True)),
    ],
)
@claims("ArtifactPutOptions.config", "ArtifactPutOptions.config_type", "ArtifactPutOptions.artifact_type")
def test_what_was_not_said_of_a_config_is_filled_in(
    config_type: str, config: bytes | None, artifact_type: str, expected: tuple[str, bytes, str, bool]
) -> None:
    options = ArtifactPutOptions(config_type=config_type, config=config, artifact_type=artifact_type)
    found = config_of(options)

    assert expected == (found.media_type, found.content, found.artifact_type, bool(found.warning))


def test_a_config_needs_a_type() -> None:
    with pytest.raises(Unsupported, match="config-type is required"):
        config_of(ArtifactPutOptions(config=b"c"))


@table(
    ("files", "given", "artifact_type", "expected"),
    [
        (0, (), "", (OCTETS,)),
        (0, (), "a/b", ("a/b",)),
        (1, (), "a/b", ("a/b",)),
        (1, (), UNKNOWN_TYPE, (OCTETS,)),
        (1, (), "", (OCTETS,)),
        (0, ("t/a",), "a/b", ("t/a",)),
        (2, ("t/a", "t/b"), "a/b", ("t/a", "t/b")),
    ],
)
def test_layers_have_the_type_given_or_that_of_the_artifact(
    files: int, given: Sequence[str], artifact_type: str, expected: tuple[str, ...]
) -> None:
    assert expected == layer_types(files, given, artifact_type)


@table(("files", "given"), [(2, ()), (2, ("t/a",)), (1, ("t/a", "t/b")), (0, ("t/a", "t/b"))])
def test_there_are_as_many_types_as_files(files: int, given: Sequence[str]) -> None:
    with pytest.raises(Unsupported, match="one artifact media-type must be set"):
        layer_types(files, given, "a/b")


@table(
    ("path", "is_directory", "whole", "bare"),
    [
        ("a.txt", False, "a.txt", "a.txt"),
        ("./d/a.txt", False, "./d/a.txt", "a.txt"),
        ("d", True, "d/", "d/"),
        ("/x/d/", True, "/x/d/", "d/"),
        (".", True, "./", "./"),
    ],
)
def test_a_title_is_the_path_or_its_last_name(path: str, is_directory: bool, whole: str, bare: str) -> None:  # noqa: FBT001
    assert whole == title_of(path, is_directory=is_directory)
    assert bare == title_of(path, is_directory=is_directory, strip=True)


@table("media_type", ["a", "a/b;c=d", "a/*", "/b", ""])
def test_what_is_no_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        stream(media_type=media_type)
    if media_type:
        with pytest.raises(UnsupportedMediaType):
            ArtifactPutOptions(artifact_type=media_type)
        with pytest.raises(UnsupportedMediaType):
            ArtifactPutOptions(config_type=media_type)


def test_a_layer_is_a_path_or_a_stream() -> None:
    with pytest.raises(Unsupported):
        ArtifactFile()
    with pytest.raises(Unsupported):
        ArtifactFile(Path("a"), io.BytesIO(b"x"))


@claims("ArtifactPutOptions.media_type")
def test_the_withdrawn_kind_has_blobs_and_no_config(app: MemoryRepository) -> None:
    manifest = put_artifact(app, "v1", (stream(),), ArtifactPutOptions("a/b", media_type=mediatype.OCI_ARTIFACT))

    assert isinstance(manifest, ArtifactManifest)
    assert isinstance(put(app, ArtifactPutOptions("a/b")), ImageManifest)
    assert app.stat_blob(manifest.blobs[0])
    for more in {"config": b""}, {"config_type": "a/b"}:
        with pytest.raises(UnsupportedMediaType):
            ArtifactPutOptions(media_type=mediatype.OCI_ARTIFACT, **more)
    with pytest.raises(UnsupportedMediaType):
        ArtifactPutOptions(media_type=mediatype.OCI_INDEX)


@claims("ArtifactPutOptions.annotations", "ArtifactPutOptions.subject")
def test_annotations_and_subject_are_those_of_the_manifest(app: MemoryRepository) -> None:
    subject = subject_of(app, images.image(app).digest)

    found = put(app, ArtifactPutOptions("a/b", annotations={"a": "1"}, subject=subject), name=None)
    assert ({"a": "1"}, subject) == (found.annotations, found.subject)
    assert [found.digest] == [entry.digest for entry in app.referrers(subject.digest).descriptors]
    plain = put(app, ArtifactPutOptions("a/b"))
    assert ({}, None) == (plain.annotations, plain.subject)


@claims("ArtifactPutOptions.by_digest")
def test_by_digest_no_tag_is_written(app: MemoryRepository) -> None:
    manifest = put(app, ArtifactPutOptions("a/b", by_digest=True))

    assert () == app.tags().tags
    assert manifest == app.get_manifest(manifest.digest)
    put(app, ArtifactPutOptions("a/b"))
    assert ("v1",) == app.tags().tags


@claims("ArtifactPutOptions.index", "ArtifactPutOptions.platform")
def test_an_index_is_made_and_then_grows(app: MemoryRepository) -> None:
    arm = Platform.parse("linux/arm64")
    first = put(app, ArtifactPutOptions("a/b", index=True, platform=arm, annotations={"a": "1"}))
    second = put(app, ArtifactPutOptions("a/c", index=True), stream(b"y"))
    index = app.get_manifest("v1")

    assert isinstance(index, IndexManifest)
    assert [(first.digest, "a/b", arm, {"a": "1"}), (second.digest, "a/c", None, {})] == [
        (entry.digest, entry.artifact_type, entry.platform, entry.annotations) for entry in index.manifests
    ]


def test_something_else_gives_way_to_an_index_with_a_warning(app: MemoryRepository) -> None:
    image = images.image(app, "v1")
    heard: list[object] = []
    put_artifact(app, "v1", (stream(),), ArtifactPutOptions("a/b", index=True), observer=heard.append)

    assert [f"v1 was no index ({image.digest}), a new one takes its place"] == [
        event.text for event in heard if isinstance(event, Warned)
    ]


def test_a_stream_has_the_title_it_was_given(app: MemoryRepository) -> None:
    manifest = put(app, ArtifactPutOptions("a/b"), replace(stream(), title="sbom.json"), stream())

    assert [{TITLE: "sbom.json"}, {}] == [layer.annotations for layer in manifest.layers]


def test_files_are_sent_as_they_are_and_in_order(app: MemoryRepository, tmp_path: Path) -> None:
    contents = [b"", b"one", b"two" * 1_000_000]
    for number, content in enumerate(contents):
        (tmp_path / str(number)).write_bytes(content)
    files = [ArtifactFile(tmp_path / str(number), media_type=f"t/{number}", title=f"n{number}") for number in range(3)]
    manifest = put(app, ArtifactPutOptions("a/b"), *files)

    assert contents == [content_of(app, layer) for layer in manifest.layers]
    assert [("t/0", {TITLE: "n0"}), ("t/1", {TITLE: "n1"}), ("t/2", {TITLE: "n2"})] == [
        (layer.media_type, layer.annotations) for layer in manifest.layers
    ]


def test_a_directory_becomes_a_gzip_tar_that_is_always_the_same(app: MemoryRepository, tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "e" / "x").write_text("1")
    layers = [put(app, ArtifactPutOptions("a/b"), ArtifactFile(str(tmp_path / "d"), title="d/")).layers[0] for _ in range(2)]

    assert layers[0] == layers[1]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content_of(app, layers[0])))) as tar:
        assert ["e", "e/x"] == tar.getnames()


def test_a_stream_is_hashed_on_its_way(app: MemoryRepository) -> None:
    layer = put(app, ArtifactPutOptions("a/b"), stream(b"some bytes", "t/x")).layers[0]

    assert (Digest.of(b"some bytes"), 10, "t/x", {}) == (layer.digest, layer.size, layer.media_type, layer.annotations)


def test_what_is_sent_is_told(app: MemoryRepository, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    events: list[object] = []
    observer: Observer = events.append
    for _ in range(2):
        put_artifact(app, "v1", (ArtifactFile(tmp_path / "a"),), ArtifactPutOptions("a/b"), observer=observer)
    name = str(Digest.of(b"x" * 100))
    states = [event.state for event in events if isinstance(event, Event) and event.name == name]

    assert [State.STARTED, State.ACTIVE, State.FINISHED, State.STARTED, State.SKIPPED] == states


def test_a_type_that_was_not_given_is_warned_about(app: MemoryRepository) -> None:
    heard: list[object] = []
    put_artifact(app, "v1", (stream(),), observer=heard.append)

    assert Warned("using default value for artifact-type is not recommended") in heard


def test_a_file_that_cannot_be_read_is_named(app: MemoryRepository, tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="nothing: No such file"):
        put(app, ArtifactPutOptions("a/b"), ArtifactFile(tmp_path / "nothing"))
    assert () == app.tags().tags


def test_a_subject_is_found_by_name_and_platform(app: MemoryRepository) -> None:
    index = images.index(app, "v1")

    assert Descriptor(mediatype.OCI_INDEX, index.digest, len(index.raw)) == subject_of(app, "v1")
    assert index.manifests[1].digest == subject_of(app, "v1", Platform.parse("linux/arm64")).digest
    with pytest.raises(ManifestNotFound):
        subject_of(app, "nothing")
    with pytest.raises(PlatformNotFound):
        subject_of(app, "v1", Platform.parse("linux/s390x"))
