"""No edit and no field of one is without effect: each is compared with an edit that differs in that alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from regclient import edits as e
from regclient.client import Client
from regclient.model.digest import Digest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from tests.programs.edited import tar_of, write_layout

ARM64 = (Platform("linux", "arm64"),)
NEW, NEWER = "2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"


def alike(place: Path) -> dict[str, tuple[str, e.Edit, e.Edit]]:
    """Return for each field of each edit an image, and two edits of it that differ in that field alone."""
    lay = f"ocidir://{place}/lay"
    b1, b2, b3 = (Reference.parse(f"{lay}:{tag}") for tag in ("base-old", "base", "base-old"))
    name, other = Reference.parse("alpine:3"), Reference.parse("alpine:4")
    tar, more = place / "a.tar", place / "b.tar"
    zstd, time = "application/vnd.oci.image.layer.v1.tar+zstd", e.TimeOptions(set=NEW)
    return {
        "AddLayer.path": ("multi", e.AddLayer(tar), e.AddLayer(more)),
        "AddLayer.media_type": ("multi", e.AddLayer(tar), e.AddLayer(tar, zstd)),
        "AddLayer.platforms": ("multi", e.AddLayer(tar), e.AddLayer(tar, "", ARM64)),
        "AddPort.port": ("multi", e.AddPort("1"), e.AddPort("2")),
        "AddVolume.path": ("multi", e.AddVolume("/1"), e.AddVolume("/2")),
        "CompressLayers.how": ("multi", e.CompressLayers("none"), e.CompressLayers("zstd")),
        "InlineContent.limit": ("plain", e.InlineContent(0), e.InlineContent(100_000)),
        "Rebase.old": ("built", e.Rebase(b1, b2), e.Rebase(b2, b2)),
        "Rebase.new": ("built", e.Rebase(b1, b2), e.Rebase(b1, b3)),
        "RemoveBuildArg.name": ("args", e.RemoveBuildArg("VERSION", "1.2"), e.RemoveBuildArg("OTHER", "1.2")),
        "RemoveBuildArg.value": ("args", e.RemoveBuildArg("OTHER", "x"), e.RemoveBuildArg("OTHER", "y")),
        "RemoveBuildArg.pattern": (
            "args",
            e.RemoveBuildArg("VERSION", "1..", pattern=True),
            e.RemoveBuildArg("VERSION", "1.."),
        ),
        "RemoveLayer.index": ("plain", e.RemoveLayer(0), e.RemoveLayer(1)),
        "RemoveLayersCreatedBy.pattern": ("multi", e.RemoveLayersCreatedBy("ADD"), e.RemoveLayersCreatedBy("COPY")),
        "RemovePort.port": ("multi", e.RemovePort("80/tcp"), e.RemovePort("81")),
        "RemoveVolume.path": ("multi", e.RemoveVolume("/data"), e.RemoveVolume("/x")),
        "SetAnnotation.name": ("multi", e.SetAnnotation("a", "1"), e.SetAnnotation("b", "1")),
        "SetAnnotation.value": ("multi", e.SetAnnotation("a", "1"), e.SetAnnotation("a", "2")),
        "SetAnnotation.platforms": ("multi", e.SetAnnotation("a", "1"), e.SetAnnotation("a", "1", ARM64)),
        "SetAnnotation.everywhere": ("multi", e.SetAnnotation("a", "1"), e.SetAnnotation("a", "1", everywhere=True)),
        "SetAuthor.author": ("multi", e.SetAuthor("A"), e.SetAuthor("B")),
        "SetBase.name": ("multi", e.SetBase(name, Digest.of(b"")), e.SetBase(other, Digest.of(b""))),
        "SetBase.digest": ("multi", e.SetBase(name, Digest.of(b"")), e.SetBase(name, Digest.of(b"1"))),
        "SetCmd.words": ("multi", e.SetCmd(("a",)), e.SetCmd(("b",))),
        "SetConfigTime.options": ("multi", e.SetConfigTime(time), e.SetConfigTime(e.TimeOptions(set=NEWER))),
        "SetDigestAlgorithm.algorithm": ("plain", e.SetDigestAlgorithm("sha512"), e.SetDigestAlgorithm("sha384")),
        "SetDigestAlgorithm.manifests": (
            "plain",
            e.SetDigestAlgorithm("sha512"),
            e.SetDigestAlgorithm("sha512", manifests=False),
        ),
        "SetDigestAlgorithm.contents": (
            "plain",
            e.SetDigestAlgorithm("sha512"),
            e.SetDigestAlgorithm("sha512", contents=False),
        ),
        "SetEntrypoint.words": ("multi", e.SetEntrypoint(("a",)), e.SetEntrypoint(("b",))),
        "SetEnv.name": ("multi", e.SetEnv("X", "1"), e.SetEnv("Y", "1")),
        "SetEnv.value": ("multi", e.SetEnv("X", "1"), e.SetEnv("X", "2")),
        "SetEnv.platforms": ("multi", e.SetEnv("X", "1"), e.SetEnv("X", "1", ARM64)),
        "SetLabel.name": ("multi", e.SetLabel("x", "1"), e.SetLabel("y", "1")),
        "SetLabel.value": ("multi", e.SetLabel("x", "1"), e.SetLabel("x", "2")),
        "SetLabel.platforms": ("multi", e.SetLabel("x", "1"), e.SetLabel("x", "1", ARM64)),
        "SetLayerTime.options": ("multi", e.SetLayerTime(time), e.SetLayerTime(e.TimeOptions(set=NEWER))),
        "SetPlatform.platform": ("plain", e.SetPlatform(Platform("linux", "s390x")), e.SetPlatform(*ARM64)),
        "SetTarTime.path": ("tars", e.SetTarTime("dir/inner.tar", time), e.SetTarTime("x", time)),
        "SetTarTime.options": (
            "tars",
            e.SetTarTime("dir/inner.tar", time),
            e.SetTarTime("dir/inner.tar", e.TimeOptions(set=NEWER)),
        ),
        "SetUser.user": ("multi", e.SetUser("1"), e.SetUser("2")),
        "SetUser.platforms": ("multi", e.SetUser("1"), e.SetUser("1", ARM64)),
        "SetWorkdir.path": ("multi", e.SetWorkdir("/1"), e.SetWorkdir("/2")),
        "SetWorkdir.platforms": ("multi", e.SetWorkdir("/1"), e.SetWorkdir("/1", ARM64)),
        "StripLayerFile.path": ("multi", e.StripLayerFile("app/doc"), e.StripLayerFile("etc/os")),
        "TimeOptions.set": ("multi", e.SetConfigTime(time), e.SetConfigTime(e.TimeOptions(set=NEWER))),
        "TimeOptions.after": ("multi", e.SetConfigTime(time), e.SetConfigTime(e.TimeOptions(set=NEW, after=NEW))),
        "TimeOptions.from_label": (
            "multi",
            e.SetConfigTime(time),
            e.SetConfigTime(e.TimeOptions(from_label="org.example.time")),
        ),
        "TimeOptions.base": ("built", e.SetConfigTime(time), e.SetConfigTime(e.TimeOptions(set=NEW, base=b1))),
        "TimeOptions.base_layers": ("multi", e.SetConfigTime(time), e.SetConfigTime(e.TimeOptions(set=NEW, base_layers=1))),
    }


def plain() -> dict[str, tuple[str, e.Edit]]:
    """Return an image for each edit without fields, which changes it."""
    return {
        "LabelsToAnnotations": ("multi", e.LabelsToAnnotations()),
        "MakeReproducible": ("multi", e.MakeReproducible()),
        "PromoteAnnotations": ("multi", e.PromoteAnnotations()),
        "RemoveExternalUrls": ("foreign", e.RemoveExternalUrls()),
        "ToDocker": ("multi", e.ToDocker()),
        "ToOCI": ("docker", e.ToOCI()),
        "ToOCIReferrers": ("attested", e.ToOCIReferrers()),
    }


def test_no_edit_and_no_field_of_one_is_inert(tmp_path: Path) -> None:
    write_layout(tmp_path / "lay")
    for name in ("a", "b"):
        (tmp_path / f"{name}.tar").write_bytes(tar_of(name))
    kinds = {name: getattr(e, name) for name in e.__all__ if name != "Edit"}
    fields = {f"{name}.{field.name}" for name, kind in kinds.items() for field in dataclasses.fields(kind)}
    pairs, alone = alike(tmp_path), plain()

    assert fields == set(pairs)
    assert {name for name, kind in kinds.items() if not dataclasses.fields(kind)} == set(alone)
    with Client() as client:

        def made(tag: str, *edits: e.Edit) -> Digest:
            return client.edit(f"ocidir://{tmp_path}/lay:{tag}", *edits).plan().manifest.digest

        for name, (tag, first, second) in pairs.items():
            assert made(tag, first) != made(tag, second), name
        for name, (tag, edit) in alone.items():
            assert made(tag) != made(tag, edit), name
