"""Images we changed, in the hands of others: skopeo loads them, umoci unpacks them, and Go's regctl packs the same layers."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.edits import (
    AddLayer,
    CompressLayers,
    Edit,
    InlineContent,
    MakeReproducible,
    Rebase,
    RemoveLayersCreatedBy,
    SetAnnotation,
    SetEnv,
    SetLabel,
    SetLayerTime,
    StripLayerFile,
    TimeOptions,
    ToOCI,
)
from regclient.model.reference import Reference
from tests.programs.edited import write_layout

pytestmark = pytest.mark.peer

NEW = "2022-01-01T00:00:00Z"


def run(program: str, *arguments: str, cwd: Path) -> str:
    """Run a program and return what it says; the test is skipped, with the reason, where it is missing."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    found = shutil.which(program, path=os.pathsep.join([f"{home}/go/bin", os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    environment = {**os.environ, "HOME": str(cwd), "SOURCE_DATE_EPOC": "1700000000"}
    done = subprocess.run([found, *arguments], cwd=cwd, capture_output=True, check=False, env=environment, text=True)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with the layout ``lay``, full of images to edit, and a directory ``new`` to make a layer of."""
    write_layout(tmp_path / "lay")
    (tmp_path / "new" / "sub").mkdir(parents=True)
    (tmp_path / "new" / "sub" / "file").write_text("content")
    return tmp_path


def edits_in(place: Path) -> dict[str, tuple[str, tuple[Edit, ...]]]:
    """Return the edits that are tried, each with its image and a name."""
    bases = [Reference.parse(f"ocidir://{place}/lay:{tag}") for tag in ("base-old", "base")]
    return {
        "time": ("plain", (SetLayerTime(TimeOptions(set=NEW)), SetLabel("a", "b"))),
        "tars": ("tars", (SetLayerTime(TimeOptions(set=NEW)), MakeReproducible())),
        "strip": ("plain", (StripLayerFile("app/doc"), SetAnnotation("a", "b"))),
        "zstd": ("plain", (CompressLayers("zstd"),)),
        "none": ("plain", (CompressLayers("none"),)),
        "added": ("plain", (AddLayer(place / "new"),)),
        "removed": ("plain", (RemoveLayersCreatedBy("COPY"),)),
        "rebased": ("built-plain", (Rebase(*bases), SetLayerTime(TimeOptions(set=NEW)))),
        "converted": ("docker-plain", (ToOCI(), MakeReproducible())),
        "inline": ("plain", (InlineContent(100_000),)),
    }


def test_skopeo_loads_and_umoci_unpacks_every_edited_image(place: Path) -> None:
    with Client() as client:
        for name, (source, edits) in edits_in(place).items():
            # One of the images has a variable without a value, on purpose, which umoci refuses.
            client.edit(f"ocidir://{place}/lay:{source}", *edits, SetEnv("B")).push(name)
            run("skopeo", "copy", "--insecure-policy", f"oci:lay:{name}", f"oci:copied:{name}", cwd=place)
            if name != "zstd":  # docker's archives know no zstd; skopeo would have to pack it anew
                run(
                    "skopeo", "copy", "--insecure-policy", f"oci:lay:{name}", f"docker-archive:{name}.tar:app:{name}", cwd=place
                )
            if name != "zstd":  # nor does umoci
                run("umoci", "unpack", "--rootless", "--image", f"lay:{name}", f"unpacked-{name}", cwd=place)
    assert "content" == (place / "unpacked-added" / "rootfs" / "sub" / "file").read_text()
    assert not (place / "unpacked-strip" / "rootfs" / "app" / "doc").exists()
    assert (place / "unpacked-rebased" / "rootfs" / "etc" / "new").exists()


@pytest.mark.parametrize(
    "flags",
    [
        "--layer-add dir=new",
        "--layer-add dir=new,mediaType=application/vnd.oci.image.layer.v1.tar+zstd",
        "--layer-add dir=new,platform=linux/arm64 --time set=2022-01-01T00:00:00Z,base-layers=1",
        "--layer-time from-label=org.example.time --reproducible",
        "--layer-strip-file etc --layer-strip-file app/run",
    ],
)
def test_the_digests_of_unpacked_layers_are_those_of_the_go_program(place: Path, flags: str) -> None:
    with Client() as client:
        found = []
        for program in ("regctl", str(Path(sys.executable).parent / "regctl")):
            run(program, "image", "mod", "ocidir://lay:multi", "--create", "new", *flags.split(), cwd=place)
            index = json.loads(client.manifest(f"ocidir://{place}/lay:new").raw)
            configs = [client.config(f"ocidir://{place}/lay@{entry['digest']}") for entry in index["manifests"]]
            found.append([(config.diff_ids, config.history) for config in configs])

    assert found[0] == found[1]
