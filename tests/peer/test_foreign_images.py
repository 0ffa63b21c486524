"""Images that umoci, skopeo, buildah and Go's regctl made, worked on by Go's program and by us: the same lines and outcomes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from regclient.server.server import Server
from regclient.server.tree import LayoutTree
from tests.peer.test_go_regctl import go as go  # noqa: PLC0414 - the fixture
from tests.peer.test_layouts import WRITERS
from tests.programs.ours import in_process
from tests.programs.places import by_process
from tests.programs.transcript import HOMES, Program, fill, normal, snapshot, split

pytestmark = pytest.mark.peer

LINES = """
image digest {at}:v1
manifest get {at}:v1
manifest get {at}:v1 --format body
manifest get {at}:v1 --format '{{ jsonPretty . }}'
manifest head {at}:v1 --format '{{ .GetDescriptor.Size }}'
image inspect {at}:v1
image inspect {at}:v1 --format '{{ json .History }} {{ .Architecture }} {{ .Config.Env }}'
image inspect {at}:v1 --platform linux/s390x --format '{{ .OS }}'
image get-file {at}:v1 /file
image get-file {at}:v1 none
blob get {at} {config}
blob head {at} {config}
blob diff-config {at} {config} {at} {config}
tag ls {at}
artifact list {at}:v1
artifact tree {at}:v1
image check-base {at}:v1 --base {at}:v1
image copy {at}:v1 {to}:v1
image copy {at}:v1 {to}:plain --platform linux/amd64
image copy --referrers --digest-tags {to}:v1 {to}:again
index create {to}:index --ref {at}:v1 --annotation a=b
manifest get {to}:index --format body
index add {to}:index --ref {to}:plain --desc-platform linux/arm64
manifest diff {to}:v1 {to}:index
image export {to}:v1 {dir}/v1.tar --name example.org/app:v1
image import {to}:imported {dir}/v1.tar
image digest {to}:imported
repo copy {at} {to} --include 'v.*'
tag delete {to}:again
tag ls {to}
"""


@pytest.fixture(scope="module", params=WRITERS)
def layout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layout of another program with the image v1 in it."""
    place = tmp_path_factory.mktemp(request.param)
    WRITERS[request.param](place)
    return place / "layout"


def config_of(layout: Path) -> str:
    """Return the digest of the image's config, read without our code."""
    entry = json.loads((layout / "index.json").read_text())["manifests"][0]
    manifest = json.loads((layout / "blobs" / entry["digest"].replace(":", "/")).read_text())
    return str(manifest["config"]["digest"])


def worked_on(program: Program, layout: Path, home: str, root: Path) -> tuple[list[tuple[str, bytes, int]], dict[str, object]]:
    """Run every line on a copy of the layout, on disk and behind a registry; return outcomes and what stayed behind."""
    shutil.copytree(layout, root / "src")
    shutil.copytree(layout, root / "registry" / "app")
    outcomes = []
    with Server(LayoutTree(root / "registry"), listen=("127.0.0.1", 0)) as server:
        names = {"dir": str(root), "reg": server.address, "config": config_of(layout)}
        for text in LINES.strip().splitlines():
            line = fill(text, HOMES[home])
            words = [fill(word, names) for word in split(line)]
            found = program(["--host", f"reg={server.address},tls=disabled", *words], b"", root)
            outcomes.append((line, normal(found.stdout, names), found.code))
    return outcomes, snapshot(root)


@pytest.mark.parametrize("home", HOMES)
def test_both_programs_do_the_same_with_the_images_of_others(go: Path, layout: Path, home: str, tmp_path: Path) -> None:
    theirs = worked_on(by_process(str(go)), layout, home, tmp_path / "go")
    ours = worked_on(in_process, layout, home, tmp_path / "ours")

    assert theirs[0] == ours[0]
    assert sum(code == 0 for _, _, code in ours[0]) > 20
    assert theirs[1] == ours[1]
