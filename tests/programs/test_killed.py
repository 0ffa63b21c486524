"""A copy that is killed at any write leaves no tag on missing content and no file that looks whole but is not."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from regclient.server.exchange import Policy
from regclient.server.server import Server
from regclient.server.tree import LayoutTree
from tests.programs.places import world
from tests.programs.world import INDEX

ROOT = Path(__file__).parents[2]
TARGETS = {
    "layout": "ocidir://{root}/killed/{{}}:single",
    "registry": "{registry}/killed/{{}}:single",
}


def missing_below(folder: Path, digest: str) -> list[str]:
    """Return what a manifest needs, at any depth, that is not there."""
    path = folder / "blobs" / digest.replace(":", "/")
    if not path.exists():
        return [digest]
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return []
    if not isinstance(document, dict):
        return []
    pointed = [
        *document.get("manifests", ()),
        *document.get("layers", ()),
        *([document["config"]] if "layers" in document else ()),
    ]
    return [found for entry in pointed if not entry.get("urls") for found in missing_below(folder, entry["digest"])]


def liars(folder: Path) -> list[str]:
    """Return the blobs whose bytes are not what their name says, files in progress aside."""
    blobs = [path for path in (folder / "blobs").rglob("*") if path.is_file() and path.suffix != ".tmp"]
    return [path.name for path in blobs if hashlib.new(path.parent.name, path.read_bytes()).hexdigest() != path.name]


def make(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("home", TARGETS)
def test_a_copy_killed_at_any_write_leaves_nothing_half_done(home: str) -> None:
    # Without anonymous mounts, or a copy would find in its neighbour what its predecessor pushed before it died.
    alone = Policy(anonymous_mounts=False)
    with world() as (root, _), Server(LayoutTree(make(root / "empty")), policy=alone, listen=("127.0.0.1", 0)) as server:
        registry = server.address
        target = TARGETS[home].format(root=root, registry=registry)
        command = [sys.executable, "-m", "tests.programs.killed", f"ocidir://{root}/src:single", target, registry]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert 0 == done.returncode, done.stderr
        writes = int(done.stdout)
        folders = [path.parent for path in (root / ("killed" if home == "layout" else "empty/killed")).rglob("oci-layout")]
        states = {
            folder.name: json.loads((folder / "index.json").read_text())["manifests"]
            for folder in folders
            if (folder / "index.json").exists()
        }

        assert writes > 20
        assert [] == [lie for folder in folders for lie in liars(folder)]
        assert [] == [
            (folder.name, lost)
            for folder in folders
            for entry in states.get(folder.name, ())
            for lost in missing_below(folder, entry["digest"])
        ]
        # The last copy was not reached by its death, so everything is there; the earlier ones differ in how far they came.
        assert {"mediaType": INDEX} != states[str(writes)]
        assert len({json.dumps(state) for state in states.values()}) > 2
