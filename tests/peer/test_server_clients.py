"""Other programs push to the embedded registry and pull from it again: what went in comes out, digest for digest."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository
from regclient.server.server import Server
from regclient.server.tree import LayoutTree
from tests.fakes import images

pytestmark = pytest.mark.peer

# {src} and {dst} are layouts, {host} is the registry; every program copies the index tagged v1, its images and their blobs.
PROGRAMS = {
    "regctl": [
        "registry set {host} --tls disabled --skip-check --blob-max 1000 --blob-chunk 700",
        "image copy --referrers --digest-tags ocidir://{src}:v1 {host}/team/app:v1",
        "image copy {host}/team/app:v1 {host}/other:v1",
        "image copy --referrers --digest-tags {host}/other:v1 ocidir://{dst}:v1",
    ],
    "skopeo": [
        "copy --all --preserve-digests --dest-tls-verify=false oci:{src}:v1 docker://{host}/other:v1",
        "copy --all --preserve-digests --src-tls-verify=false docker://{host}/other:v1 oci:{dst}:v1",
    ],
    "oras": [
        "cp -r --from-oci-layout --to-plain-http {src}:v1 {host}/team/app:v1",
        "cp -r --from-plain-http --to-plain-http {host}/team/app:v1 {host}/other:v1",
        "cp -r --from-plain-http --to-oci-layout {host}/other:v1 {dst}:v1",
    ],
    "crane": [
        "push --insecure --index {src} {host}/all:v1",
        "pull --insecure --format oci {host}/all:v1 {dst}",
    ],
}


@dataclass(frozen=True, slots=True)
class Place:
    """A registry with a directory to work in."""

    host: str
    tree: LayoutTree
    directory: Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "store").mkdir()
    tree = LayoutTree(tmp_path / "store", writing=Writing(sync=False))
    with Server(tree, ("127.0.0.1", 0)) as server:
        yield Place(server.address, tree, tmp_path)
    tree.close()


def run(program: str, line: str, place: Place) -> str:
    home = pwd.getpwuid(os.getuid()).pw_dir
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), f"{home}/go/bin"]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    words = [word.format(src=place.directory / "src", dst=place.directory / "dst", host=place.host) for word in line.split()]
    environment = {**os.environ, "HOME": str(place.directory)}
    done = subprocess.run([found, *words], capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_program_pushes_it_can_pull(program: str, place: Place) -> None:
    source = LayoutRepository(place.directory / "src")
    manifest = images.index(source, "v1", seed="x" * 100)
    for line in PROGRAMS[program]:
        run(program, line, place)

    target = LayoutRepository(place.directory / "dst")
    assert manifest.raw == target.get_manifest(manifest.digest).raw
    for entry in manifest.manifests:
        child = target.get_manifest(entry.digest)
        assert source.get_manifest(entry.digest).raw == child.raw
    for repository in (source, target):
        repository.close()


def test_referrers_and_digest_tags_come_along(place: Place) -> None:
    source = LayoutRepository(place.directory / "src")
    manifest = images.index(source, "v1")
    attached = images.artifact(source, manifest)
    signature = images.digest_tag(source, manifest)
    for line in PROGRAMS["regctl"][:2]:
        run("regctl", line, place)

    pushed = place.tree.create("team/app")
    assert [attached.digest] == [entry.digest for entry in pushed.referrers(manifest.digest).descriptors]
    assert signature.raw == pushed.get_manifest(signature.digest).raw
    listed = run("regctl", "tag ls {host}/team/app", place).split()
    assert ["v1"] == [tag for tag in listed if not tag.endswith(".sig")]
    assert 2 == len(listed)
    source.close()
