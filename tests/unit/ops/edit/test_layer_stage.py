import io
import json
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from regclient.errors import Corrupt, Incomplete, SideError, StorageFault, Unsupported, UnsupportedMediaType
from regclient.kit.compression import open_decompressed
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.manifest import Manifest
from regclient.model.reference import Reference
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.conversions import ToDocker
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.layer_steps import AddLayer, CompressLayers, MakeReproducible, RemoveLayer, StripLayerFile
from regclient.ops.edit.manifest_edits import InlineContent, RemoveExternalUrls, SetDigestAlgorithm
from regclient.ops.edit.rebase import Rebase
from regclient.ops.edit.time_edits import SetLayerTime, SetTarTime, TimeOptions
from tests.fakes import images
from tests.fakes.editing import ARM64, HOST, Studio, child_of, config_in, config_of, reaches_all

NEW = "2024-05-06T07:08:09Z"
SECONDS = 1714979289


def tar_of(*names: str, inner: bytes = b"") -> bytes:
    """Return a tar of small files of root's."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            content = inner or name.encode()
            member.size, member.mtime, member.uname = len(content), 1_600_000_000, "root"
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


BASE, APP = tar_of("etc/os", "etc/motd"), tar_of("app/run", "app/doc")


def open_tar(stored: BinaryIO) -> io.BytesIO:
    """Return the tar in what is stored of a layer."""
    return io.BytesIO(open_decompressed(stored).readall())


class Layers(Studio):
    """A studio whose images have real layers, ``BASE`` and ``APP``."""

    def push(
        self, name: str | None = "v1", architecture: str = "amd64", *, tars: tuple[bytes, ...] = (BASE, APP)
    ) -> ImageManifest:
        layers = [images.blob(self.app, tar, mediatype.OCI_LAYER) for tar in tars]
        document = {**config_of(architecture), "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(tar)) for tar in tars]}}
        return self.pushed(name, document, layers)

    def pushed(self, name: str | None, document: Mapping[str, object], layers: list[Descriptor]) -> ImageManifest:
        config = images.blob(self.app, json.dumps(document, separators=(",", ":")).encode(), mediatype.OCI_CONFIG)
        manifest = ImageManifest.build(config=config, layers=layers)
        self.app.put_manifest(manifest, name)
        return manifest

    def entries(self, manifest: Manifest, position: int, home: str = "app") -> dict[str, tarfile.TarInfo]:
        """Return the entries of a layer; what is stored is checked against the manifest and the config."""
        assert isinstance(manifest, ImageManifest)
        repository = self.home(home)
        with repository.open_blob(manifest.layers[position]) as stored:
            content = open_decompressed(stored).readall()
        assert str(Digest.of(content)) == config_in(repository, manifest).diff_ids[position]
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            return {member.name: member for member in tar}


class Counting(MemoryRepository):
    """A repository that notes which blobs are opened; it begins with what another one has."""

    def __init__(self, other: MemoryRepository) -> None:
        super().__init__(other.reference)
        self.__dict__.update(vars(other))
        self.opened: list[Descriptor] = []

    @contextmanager
    def open_blob(self, blob: Descriptor) -> Iterator[BinaryIO]:
        self.opened.append(blob)
        with super().open_blob(blob) as content:
            yield content


class Refusing(MemoryRepository):
    """A repository that takes no blob."""

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        del content
        raise Corrupt(f"{expect}")


@pytest.fixture
def studio() -> Layers:
    found = Layers()
    found.push()
    return found


def options(**more: object) -> TimeOptions:
    return TimeOptions(set=NEW, **more)  # type: ignore[arg-type]  # options of the class


def test_the_times_of_files_are_set(studio: Layers) -> None:
    image = studio.edit("v1", SetLayerTime(options())).manifest

    assert {SECONDS} == {int(entry.mtime) for at in (0, 1) for entry in studio.entries(image, at).values()}
    assert studio.edit("v1", SetLayerTime(options(after=NEW))).idle
    assert {1577934245} == {
        int(entry.mtime)
        for entry in studio.entries(studio.edit("v1", SetLayerTime(TimeOptions(from_label="time"))).manifest, 0).values()
    }


def test_what_is_the_bases_stays_as_it_is(studio: Layers) -> None:
    base = studio.push("base", tars=(BASE,))
    studio.home("other").put_manifest(images.index(studio.home("other"), None, platforms=(), children=(base,)), "v1")
    studio.home("other").put_manifest(base, None)

    for kept in (options(base_layers=1), options(base=Reference.parse(f"{HOST}/other:v1"))):
        image = studio.edit("v1", SetLayerTime(kept)).manifest
        assert base.layers == image.layers[:1]  # type: ignore[attr-defined]
        assert {SECONDS} == {int(entry.mtime) for entry in studio.entries(image, 1).values()}


def test_the_times_inside_a_tar_are_set(studio: Layers) -> None:
    studio.push("nested", tars=(tar_of("dir/inner.tar", inner=APP), APP))

    image = studio.edit("nested", SetTarTime("/dir/inner.tar", options())).manifest

    assert isinstance(image, ImageManifest)
    assert images.blob(studio.app, APP, mediatype.OCI_LAYER) == image.layers[1]
    assert {1_600_000_000} == {int(entry.mtime) for entry in studio.entries(image, 0).values()}
    assert studio.edit("nested", SetTarTime("inner.tar", options())).idle


def test_a_time_has_to_be_said_by_some_image(studio: Layers) -> None:
    artifact = ImageManifest.build(
        config=images.blob(studio.app, b"{}", mediatype.OCI_EMPTY), layers=[images.blob(studio.app, APP, mediatype.OCI_LAYER)]
    )
    studio.app.put_manifest(artifact, "artifact")

    for edit in (SetLayerTime(TimeOptions(from_label="x")), SetTarTime("x", TimeOptions(from_label="x"))):
        with pytest.raises(Incomplete, match="label x"):
            studio.edit("artifact", edit)
        with pytest.raises(Incomplete, match="label x"):
            studio.edit("v1", edit)


def test_files_are_stripped_and_a_layer_without_any_goes(studio: Layers) -> None:
    image = studio.edit("v1", StripLayerFile("etc/os")).manifest
    less = studio.edit("v1", StripLayerFile("app")).manifest

    assert ["etc/motd"] == list(studio.entries(image, 0))
    assert ["etc/os", "etc/motd"] == list(studio.entries(less, 0))
    config = config_in(studio.app, less)
    assert (1, ["ADD base", "ENV A=1"]) == (len(config.diff_ids), [entry.created_by for entry in config.history])


def test_names_of_users_are_removed(studio: Layers) -> None:
    image = studio.edit("v1", MakeReproducible()).manifest

    assert {""} == {entry.uname for at in (0, 1) for entry in studio.entries(image, at).values()}


@pytest.mark.parametrize(("how", "kind"), [("gzip", mediatype.OCI_LAYER_GZIP), ("zstd", mediatype.OCI_LAYER_ZSTD)])
def test_layers_are_compressed_and_back(studio: Layers, how: str, kind: str) -> None:
    before = studio.app.get_manifest("v1")

    packed = studio.edit("v1", CompressLayers(how), create="packed").manifest
    plain = studio.edit("packed", CompressLayers("none")).manifest

    assert isinstance(packed, ImageManifest)
    assert {kind} == {layer.media_type for layer in packed.layers}
    assert studio.entries(packed, 1).keys() == studio.entries(before, 1).keys()
    assert before == plain
    assert studio.edit("packed", CompressLayers(how)).idle
    with pytest.raises(Unsupported, match="bzip2"):
        studio.edit("v1", CompressLayers("bzip2"))


def test_what_is_compressed_anew_and_edited_is_of_the_new_type(studio: Layers) -> None:
    image = studio.edit("v1", CompressLayers("zstd"), SetLayerTime(options()), ToDocker()).manifest

    assert isinstance(image, ImageManifest)
    assert {mediatype.DOCKER_LAYER_ZSTD} == {layer.media_type for layer in image.layers}
    assert {SECONDS} == {int(entry.mtime) for entry in studio.entries(image, 0).values()}


def test_everything_is_named_by_another_algorithm_and_back(studio: Layers) -> None:
    before = studio.app.get_manifest("v1")
    images.artifact(studio.app, name="artifact")

    other = studio.edit("v1", SetDigestAlgorithm("sha512"), create="other").manifest

    assert isinstance(other, ImageManifest)
    assert {"sha512"} == {part.digest.algorithm for part in (other.descriptor, other.config, *other.layers)}
    assert reaches_all(studio.app, other)
    assert before.raw == studio.edit("other", SetDigestAlgorithm("sha256")).manifest.raw
    artifact = studio.edit("artifact", SetDigestAlgorithm("sha512")).manifest
    assert isinstance(artifact, ImageManifest)
    assert ("sha512", "sha256") == (artifact.layers[0].digest.algorithm, artifact.config.digest.algorithm)


def test_a_layer_is_added_on_top(studio: Layers, tmp_path: Path) -> None:
    (tmp_path / "new.tar").write_bytes(tar_of("new"))
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "file").write_text("x")

    image = studio.edit("v1", AddLayer(tmp_path / "new.tar"), AddLayer(tmp_path / "dir", mediatype.OCI_LAYER)).manifest

    assert isinstance(image, ImageManifest)
    assert [mediatype.OCI_LAYER_GZIP, mediatype.OCI_LAYER] == [layer.media_type for layer in image.layers[2:]]
    assert [["new"], ["file"]] == [list(studio.entries(image, at)) for at in (2, 3)]
    assert ["regclient", "regclient"] == [entry.comment for entry in config_in(studio.app, image).history[-2:]]


def test_what_else_is_done_goes_for_an_added_layer_as_well(studio: Layers, tmp_path: Path) -> None:
    (tmp_path / "new.tar").write_bytes(tar_of("new", "gone"))
    (tmp_path / "old.tar").write_bytes(tar_of("gone"))
    (tmp_path / "empty").mkdir()

    image = studio.edit(
        "v1",
        AddLayer(tmp_path / "new.tar"),
        AddLayer(tmp_path / "old.tar"),
        SetLayerTime(options()),
        StripLayerFile("gone"),
        CompressLayers("zstd"),
        SetDigestAlgorithm("sha512", manifests=False),
        RemoveLayer(0),
        create="other:v1",
    ).manifest
    plain = studio.edit("v1", AddLayer(tmp_path / "new.tar"), StripLayerFile("none"), create="plain").manifest
    nothing = studio.edit("v1", AddLayer(tmp_path / "empty")).manifest

    assert isinstance(image, ImageManifest)
    assert [(mediatype.OCI_LAYER_ZSTD, "sha512")] * 2 == [(layer.media_type, layer.digest.algorithm) for layer in image.layers]
    with studio.home("other").open_blob(image.layers[1]) as stored, tarfile.open(fileobj=open_tar(stored)) as tar:
        assert [("new", SECONDS)] == [(entry.name, int(entry.mtime)) for entry in tar]
    assert ["new", "gone"] == list(studio.entries(plain, 2))
    assert [] == list(studio.entries(nothing, 2))


def test_layers_are_added_to_the_images_that_are_meant(studio: Layers, tmp_path: Path) -> None:
    (tmp_path / "new.tar").write_bytes(tar_of("new"))
    children = [studio.push(None, name) for name in ("amd64", "arm64")]
    unknown = {"architecture": "unknown", "os": "unknown", "rootfs": {"type": "layers", "diff_ids": []}}
    children += [studio.pushed(None, unknown, []), images.artifact(studio.app)]
    images.index(studio.app, "all", platforms=(), children=children)
    images.image(studio.app, "docker", docker=True, layers=0)
    images.artifact(studio.app, name="artifact")

    def layers(*edits: Edit) -> list[int]:
        index = studio.edit("all", *edits).manifest
        return [len(child_of(studio.app, index, at).layers) for at in range(4)]  # type: ignore[attr-defined]

    assert [3, 3, 0, 1] == layers(AddLayer(tmp_path / "new.tar"))
    assert [2, 3, 0, 1] == layers(AddLayer(tmp_path / "new.tar", platforms=(ARM64,)))
    docker, artifact = (studio.edit(name, AddLayer(tmp_path / "new.tar")).manifest for name in ("docker", "artifact"))
    assert [mediatype.DOCKER_LAYER_GZIP] == [layer.media_type for layer in docker.layers]  # type: ignore[attr-defined]
    assert 2 == len(artifact.layers)  # type: ignore[attr-defined]


def test_what_cannot_become_a_layer_is_refused(studio: Layers, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x" * 600)

    with pytest.raises(UnsupportedMediaType):
        studio.edit("v1", AddLayer(tmp_path / "text", "text/plain"))
    with pytest.raises(Corrupt):
        studio.edit("v1", AddLayer(tmp_path / "text"))
    with pytest.raises(StorageFault):
        studio.edit("v1", AddLayer(tmp_path / "missing"))
    assert ("v1",) == studio.app.tags().tags


def test_a_damaged_layer_is_told_with_its_digest(studio: Layers) -> None:
    broken = images.blob(studio.app, b"\x1f\x8b\x08 this is no gzip", mediatype.OCI_LAYER_GZIP)
    studio.pushed("broken", config_of("amd64"), [broken])

    with pytest.raises(Corrupt, match=str(broken.digest)):
        studio.edit("broken", SetLayerTime(options()))


def test_a_layer_that_images_share_is_worked_on_once(studio: Layers) -> None:
    children = [studio.push(None, name) for name in ("amd64", "arm64")]
    images.index(studio.app, "all", platforms=(), children=children)
    studio.homes["app"] = studio.app = counting = Counting(studio.app)
    counting.opened.clear()
    studio.edit("all", SetLayerTime(options()))

    assert 2 == len([blob for blob in counting.opened if blob.media_type == mediatype.OCI_LAYER])


def test_external_layers_are_rewritten_once_they_are_kept_here(studio: Layers) -> None:
    here = images.blob(studio.app, APP, mediatype.OCI_FOREIGN_LAYER)
    studio.pushed("far", config_of("amd64"), [here.replace(urls=("https://files.example/l",))])

    assert studio.edit("far", SetLayerTime(options())).idle
    image = studio.edit("far", RemoveExternalUrls(), SetLayerTime(options()), create="other:v1").manifest

    assert isinstance(image, ImageManifest)
    assert {SECONDS} == {int(entry.mtime) for entry in studio.entries(image, 0, "other").values()}


def test_content_carried_along_is_that_of_the_new_layer(studio: Layers) -> None:
    image = studio.edit("v1", InlineContent(1 << 20), SetLayerTime(options()), create="inline").manifest
    again = studio.edit("inline", MakeReproducible()).manifest

    for each in (image, again):
        assert isinstance(each, ImageManifest)
        assert all(layer.inline is not None for layer in each.layers)


def test_a_plan_with_layers_sends_none_and_tells_what_the_push_does(studio: Layers) -> None:
    plan = studio.plan("v1", SetLayerTime(options()), create="other:v1")

    assert () == studio.home("other").tags().tags
    lines = str(plan).splitlines()
    assert [2, 2] == [sum(line.startswith("layer ") and f" {word} " in line for line in lines) for word in ("becomes", "to")]
    assert [studio.home("other").stat_blob(layer) for layer in plan.manifest.layers] == [None, None]  # type: ignore[attr-defined]
    assert plan.manifest == studio.edit("v1", SetLayerTime(options()), create="other:v1").manifest
    assert reaches_all(studio.home("other"), plan.manifest)


def test_a_rebased_image_is_worked_on_as_a_whole(studio: Layers) -> None:
    history = config_of("amd64")["history"]
    assert isinstance(history, list)
    base, other = tar_of("etc/newer"), studio.home("base")
    for name, tar in (("old", BASE), ("new", base)):
        document = {
            **config_of("amd64"),
            "history": history[:2],
            "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(tar))]},
        }
        made = studio.pushed(name, document, [images.blob(studio.app, tar, mediatype.OCI_LAYER)])
        for blob in (made.config, *made.layers):
            with studio.app.open_blob(blob) as content:
                other.put_blob(content, blob)
        other.put_manifest(made, name)

    bases = (Reference.parse(f"{HOST}/base:{name}") for name in ("old", "new"))
    image = studio.edit("v1", Rebase(*bases), SetLayerTime(options()), SetLabel("a", "b"), create="third:v1").manifest

    assert [["etc/newer"], ["app/run", "app/doc"]] == [list(studio.entries(image, at, "third")) for at in (0, 1)]
    assert {SECONDS} == {int(entry.mtime) for at in (0, 1) for entry in studio.entries(image, at, "third").values()}
    assert reaches_all(studio.home("third"), image)


def test_a_target_that_refuses_a_layer_is_told(studio: Layers) -> None:
    studio.homes["other"] = Refusing(f"{HOST}/other")
    with pytest.raises(SideError, match="blob"):
        studio.edit("v1", SetLayerTime(options()), create="other:v1")
    assert () == studio.home("other").tags().tags


def test_no_room_for_temporary_files_is_told(studio: Layers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such place"))

    with pytest.raises(StorageFault, match="no such place"):
        studio.edit("v1", SetLayerTime(options()))
