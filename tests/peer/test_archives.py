"""Archives between programs: skopeo, buildah and Go's regctl read what we export, and we import what they write."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.model.manifest import ImageManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.archive.read import ImportOptions
from regclient.ops.archive.write import ExportOptions
from tests.fakes.archives import docker_archive, docker_items, files
from tests.programs.world import write_layout

pytestmark = pytest.mark.peer

TAGS = ("single", "v1", "windows", "nested", "annotated", "unknown", "none", "docker", "docker-single", "artifact")
AMD64 = Platform.parse("linux/amd64")
NAME = Reference.parse("example.org/app:v1")


def run(program: str, *arguments: str, cwd: Path) -> bytes:
    """Run a program and return what it says; the test is skipped, with the reason, where it is missing."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    found = shutil.which(program, path=os.pathsep.join([f"{home}/go/bin", os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    environment = {**os.environ, "HOME": str(cwd)}
    done = subprocess.run([found, *arguments], cwd=cwd, capture_output=True, check=False, env=environment)
    assert 0 == done.returncode, done.stderr.decode(errors="replace")
    return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with the layout ``made``, which holds an image by umoci under ``v1``."""
    (tmp_path / "file").write_text("content")
    run("umoci", "init", "--layout", "made", cwd=tmp_path)
    run("umoci", "new", "--image", "made:v1", cwd=tmp_path)
    run("umoci", "insert", "--rootless", "--image", "made:v1", "file", "/file", cwd=tmp_path)
    return tmp_path


def digest_in(place: Path, layout: str, tag: str = "v1") -> str:
    with Client() as client:
        return str(client.digest(f"ocidir://{place}/{layout}:{tag}"))


def exported(place: Path, source: str = "made:v1", **options: object) -> str:
    with Client() as client:
        how = ExportOptions(name=NAME, **options)  # type: ignore[arg-type]  # of any type
        client.export(f"ocidir://{place}/{source}", place / "ours.tar", how)
    return "ours.tar"


def imported(place: Path, tar: str, name: str = "") -> ImageManifest:
    with Client() as client:
        client.import_(place / tar, f"ocidir://{place}/ours:v1", ImportOptions(name))
        found = client.manifest(f"ocidir://{place}/ours:v1")
    assert isinstance(found, ImageManifest)
    return found


def content_of_file(place: Path) -> bytes:
    with Client() as client, client.read_file(f"ocidir://{place}/ours:v1", "/file", AMD64) as found:
        return found.content.read()


@pytest.mark.parametrize("compress", [False, True])
def test_skopeo_reads_what_we_export(place: Path, *, compress: bool) -> None:
    tar = exported(place, compress=compress)
    inspected = json.loads(run("skopeo", "inspect", f"oci-archive:{tar}", cwd=place))
    run("skopeo", "copy", "--preserve-digests", f"oci-archive:{tar}", "oci:theirs:v1", cwd=place)

    assert digest_in(place, "made") == inspected["Digest"] == digest_in(place, "theirs")


def test_skopeo_reads_what_we_export_as_dockers(place: Path) -> None:
    tar = exported(place)
    run("skopeo", "copy", f"docker-archive:{tar}", "dir:theirs", cwd=place)
    run("skopeo", "copy", f"docker-archive:{tar}:example.org/app:v1", "oci:named:v1", cwd=place)
    config = json.loads((place / "theirs" / "manifest.json").read_bytes())["config"]["digest"]

    assert str(image_in(place, "made").config.digest) == config


def image_in(place: Path, layout: str) -> ImageManifest:
    with Client() as client:
        found = client.manifest(f"ocidir://{place}/{layout}:v1")
    assert isinstance(found, ImageManifest)
    return found


def test_we_import_the_layouts_of_skopeo(place: Path) -> None:
    run("skopeo", "copy", "oci:made:v1", "oci-archive:theirs.tar:v1", cwd=place)

    assert digest_in(place, "made") == str(imported(place, "theirs.tar").digest)


def test_we_import_what_skopeo_writes_for_docker(place: Path) -> None:
    run("skopeo", "copy", "oci:made:v1", "docker-archive:theirs.tar:example.org/app:v1", cwd=place)
    found = imported(place, "theirs.tar", "example.org/app:v1")

    assert len(image_in(place, "made").layers) == len(found.layers)
    assert b"content" == content_of_file(place)


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
def test_we_import_what_buildah_writes(tmp_path: Path, kind: str) -> None:
    stores = ["--storage-driver", "vfs", "--root", str(tmp_path / "root"), "--runroot", str(tmp_path / "run")]
    (tmp_path / "file").write_text("content")
    container = run("buildah", *stores, "from", "scratch", cwd=tmp_path).decode().strip()
    run("buildah", *stores, "add", container, "file", "/file", cwd=tmp_path)
    run("buildah", *stores, "commit", container, f"{kind}:theirs.tar:example.org/app:v1", cwd=tmp_path)
    imported(tmp_path, "theirs.tar")

    assert b"content" == content_of_file(tmp_path)


@pytest.mark.parametrize("tag", TAGS)
def test_our_archives_are_byte_for_byte_those_of_go(tmp_path: Path, tag: str) -> None:
    write_layout(tmp_path / "src")
    run("regctl", "image", "export", "--name", str(NAME), f"ocidir://src:{tag}", "go.tar", cwd=tmp_path)

    assert (tmp_path / "go.tar").read_bytes() == (tmp_path / exported(tmp_path, f"src:{tag}")).read_bytes()


@pytest.mark.parametrize("tag", TAGS)
def test_archives_go_round_through_both_programs(tmp_path: Path, tag: str) -> None:
    expected = write_layout(tmp_path / "src").digests[tag]
    run("regctl", "image", "import", "ocidir://theirs:v1", exported(tmp_path, f"src:{tag}"), cwd=tmp_path)
    run("regctl", "image", "export", "--compress", "ocidir://theirs:v1", "go.tgz", cwd=tmp_path)
    with Client() as client:
        client.import_(tmp_path / "go.tgz", f"ocidir://{tmp_path}/back:v1")

    assert expected == digest_in(tmp_path, "theirs") == digest_in(tmp_path, "back")


def test_go_and_we_make_the_same_image_of_what_docker_saved(tmp_path: Path) -> None:
    """The bytes of the layers differ with the compressor; what they unpack to, and everything else, does not."""
    images = (docker_items("one", files(a="1"), files(b="2"), tags=("a:1",)), docker_items("two", files(c="3"), tags=("b:1",)))
    (tmp_path / "docker.tar").write_bytes(docker_archive(*images))
    run("regctl", "image", "import", "--name", "b:1", "ocidir://theirs:v1", "docker.tar", cwd=tmp_path)
    ours, theirs = imported(tmp_path, "docker.tar", "b:1"), image_in(tmp_path, "theirs")

    assert (theirs.config, theirs.media_type) == (ours.config, ours.media_type)
    assert [layer.media_type for layer in theirs.layers] == [layer.media_type for layer in ours.layers]


def test_an_image_of_any_program_can_be_exported_again(place: Path) -> None:
    run("skopeo", "copy", "oci:made:v1", "docker-archive:theirs.tar:example.org/app:v1", cwd=place)
    imported(place, "theirs.tar")
    tar = exported(place, "ours:v1")
    run("skopeo", "copy", f"docker-archive:{tar}", "dir:again", cwd=place)

    assert (
        str(image_in(place, "ours").config.digest)
        == json.loads((place / "again" / "manifest.json").read_bytes())["config"]["digest"]
    )
