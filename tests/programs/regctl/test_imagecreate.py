from __future__ import annotations

import json

from regclient.regctl.imagecreate import created_of
from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk


def made(regctl: Console, disk: Disk, *words: str) -> tuple[dict[str, object], dict[str, object]]:
    """Create an image and return its manifest and its config."""
    assert (0, "", "") == regctl("image", "create", f"{disk.target}:x", *words)
    manifest = regctl("manifest", "get", f"{disk.target}:x", "--format", "raw-body").out
    config = regctl("image", "inspect", f"{disk.target}:x", "--format", "body").out
    return json.loads(manifest), json.loads(config)


@claims("regctl image create --annotation", "regctl image create --label", "regctl image create --platform")
@claims("regctl image create --created", "regctl image create --media-type")
def test_an_image_of_nothing_says_what_it_is_told_to(regctl: Console, disk: Disk) -> None:
    bare, config = made(regctl, disk)
    assert {"architecture": "", "os": "", "rootfs": {"type": "layers", "diff_ids": []}} == config
    assert "annotations" not in bare

    words = ("--annotation", "a=b=c", "--label", "l", "--platform", "linux/arm/v7", "--created", "2024-01-02T03:04:05.10Z")
    docker = "application/vnd.docker.distribution.manifest.v2+json"
    manifest, config = made(regctl, disk, *words, "--media-type", docker)
    assert (docker, {"a": "b=c"}) == (manifest["mediaType"], manifest["annotations"])
    assert {"Labels": {"l": ""}} == config["config"]
    assert ("arm", "linux", "v7", "2024-01-02T03:04:05.1Z") == tuple(
        config[key] for key in ("architecture", "os", "variant", "created")
    )


@claims("regctl image create --by-digest", "regctl image create --format")
def test_the_digest_is_its_only_name_when_asked_for(regctl: Console, disk: Disk) -> None:
    digest = "sha256:98d90749727fff1c2b1c7aa74a72afe536bcb05d0074b1d748cd368e9de6dbca"
    template = ("--format", "{{ .Manifest.GetDescriptor.Size }}")

    assert (0, f"{digest}\n", "") == regctl("image", "create", disk.target, "--by-digest")
    assert "" == regctl("tag", "ls", disk.target).out
    assert "249" == regctl("image", "create", f"{disk.target}:x", *template).out


def test_a_layout_named_by_tag_and_digest_gets_the_tag_when_the_digest_is_right(regctl: Console, disk: Disk) -> None:
    digest = "sha256:98d90749727fff1c2b1c7aa74a72afe536bcb05d0074b1d748cd368e9de6dbca"

    assert 1 == regctl("image", "create", f"{disk.target}:x@sha256:{'0' * 64}").code
    assert "" == regctl("tag", "ls", disk.target).out
    assert (0, "", "") == regctl("image", "create", f"{disk.target}:x@{digest}")
    assert "x\n" == regctl("tag", "ls", disk.target).out


def test_a_wrong_type_or_time_writes_nothing(regctl: Console, disk: Disk) -> None:
    assert 1 == regctl("image", "create", f"{disk.target}:x", "--media-type", "x").code
    assert 1 == regctl("image", "create", f"{disk.target}:x", "--created", "x").code
    assert not (disk.root / "new").exists()


def test_now_is_a_time_like_any_other() -> None:
    assert created_of("now").endswith("Z")
    assert "2020-01-02T03:04:05.12+02:00" == created_of("2020-01-02T03:04:05.120+02:00")
    assert "" == created_of("")
