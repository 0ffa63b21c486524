"""Layers we write, between programs: others unpack them, and Go's regctl makes the same of the same directory."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import pwd
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from regclient.kit.compressors import GZIP_MEMBER
from regclient.kit.tarfiles import pack_directory
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.mediatype import OCI_LAYER_GZIP, OCI_LAYER_ZSTD
from regclient.ops.edit.layer_edits import EntryTimes
from regclient.ops.edit.tarstream import LayerChange, rewrite_layer
from regclient.ops.edit.times import TimeRule
from tests.programs.world import CONFIG, MANIFEST, Json, Layout
from tests.vectors.tar.samples import member, tar_of

pytestmark = pytest.mark.peer

SECONDS = 1_612_325_106
FILES = {f"folder/file{number}": bytes([number]) * (number * 300_000) + os.fsencode(f"end {number}") for number in range(6)}


def run(program: str, *arguments: str, cwd: Path) -> str:
    """Run a program and return what it says; the test is skipped, with the reason, where it is missing."""
    found = shutil.which(
        program, path=os.pathsep.join([os.environ.get("PATH", ""), f"{pwd.getpwuid(os.getuid()).pw_dir}/go/bin"])
    )
    if found is None:
        pytest.skip(f"{program} is not installed (make peers)")
    done = subprocess.run([found, *arguments], cwd=cwd, capture_output=True, check=False, env={**os.environ, "HOME": str(cwd)})
    assert 0 == done.returncode, done.stderr.decode(errors="replace")
    return done.stdout.decode()


def make(place: Path, media_type: str = OCI_LAYER_GZIP) -> None:
    """Write the layout ``made``, which holds an image of one rewritten layer of several members under ``v1``."""
    tar = tar_of([member("folder/", type=tarfile.DIRTYPE), *(member(name, data, uname="") for name, data in FILES.items())])
    data = gzip.compress(tar, mtime=0)
    source = Descriptor(OCI_LAYER_GZIP, Digest.of(data), len(data))
    out = io.BytesIO()
    change = LayerChange(source, media_type, "sha256", (EntryTimes(TimeRule((SECONDS, 0))),))
    found = rewrite_layer(cast("BinaryIO", io.BytesIO(data)), cast("BinaryIO", out), change, lambda: None)
    assert found is not None
    assert len(tar) > 3 * GZIP_MEMBER

    layout = Layout(place / "made")
    config: Json = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [str(found.diff_id)]},
        "history": [{"created": "2021-02-03T04:05:06Z", "created_by": "test"}],
    }
    parts = {"config": layout.document(CONFIG, config), "layers": [layout.describe(media_type, out.getvalue())]}
    layout.tag("v1", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, **parts}))
    layout.finish()
    (place / "diff_id").write_text(found.diff_id.hex)


def test_skopeo_makes_archives_of_them(tmp_path: Path) -> None:
    make(place := tmp_path)
    run("skopeo", "copy", "oci:made:v1", "docker-archive:docker.tar:example.org/app:v1", cwd=place)
    run("skopeo", "copy", "oci:made:v1", "oci:again:v1", cwd=place)
    with tarfile.open(place / "docker.tar") as archive:
        described = archive.extractfile("manifest.json")
        assert described is not None
        layer = archive.extractfile(json.loads(described.read())[0]["Layers"][0])
        assert layer is not None
        assert (place / "diff_id").read_text() == hashlib.sha256(layer.read()).hexdigest()


def test_umoci_unpacks_them(tmp_path: Path) -> None:
    make(place := tmp_path)
    run("umoci", "unpack", "--rootless", "--image", "made:v1", "bundle", cwd=place)
    unpacked = place / "bundle" / "rootfs"

    assert FILES == {name: (unpacked / name).read_bytes() for name in FILES}
    assert {SECONDS} == {int((unpacked / name).stat().st_mtime) for name in FILES}


@pytest.mark.parametrize("media_type", [OCI_LAYER_GZIP, OCI_LAYER_ZSTD])
def test_go_reads_files_out_of_them(tmp_path: Path, media_type: str) -> None:
    make(tmp_path, media_type)
    found = run("regctl", "image", "get-file", "ocidir://made:v1", "/folder/file5", cwd=tmp_path)

    assert FILES["folder/file5"] == found.encode()


def test_go_packs_a_directory_the_same(tmp_path: Path) -> None:
    """Links aside, which Go has point to themselves."""
    tree = tmp_path / "tree"
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "sub" / "run").write_text("#!")
    (tree / "sub" / "run").chmod(0o4755)
    (tree / "sub-side").write_text("")
    (tree / ("p" * 80)).mkdir()
    (tree / ("p" * 80) / ("q" * 60)).write_text("long")
    for name in ("b.txt", "n" * 150, "ünï"):
        (tree / name).write_text(name)
    (tree / "again").hardlink_to(tree / "b.txt")
    os.mkfifo(tree / "pipe")
    os.utime(tree / "b.txt", (1_600_000_000.75, 1_600_000_000.75))
    os.utime(tree / "sub-side", (-5.5, -5.5))
    run("regctl", "image", "create", "ocidir://made:v1", "--platform", "linux/amd64", cwd=tmp_path)
    run("regctl", "image", "mod", "ocidir://made:v1", "--create", "v2", "--layer-add", "dir=tree", cwd=tmp_path)
    layers = run("regctl", "manifest", "get", "ocidir://made:v2", "--format", "{{(index .Layers 0).Digest}}", cwd=tmp_path)
    packed = io.BytesIO()
    pack_directory(tree, packed)

    assert packed.getvalue() == gzip.decompress((tmp_path / "made" / "blobs" / layers.replace(":", "/")).read_bytes())
