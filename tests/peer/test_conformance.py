"""The official conformance suite of the distribution specification against the embedded registry over a tree of layouts.

The suite is built from the specification's main branch at the commit of :data:`VERSION`:
``go install github.com/opencontainers/distribution-spec/conformance@VERSION``.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from regclient.kit.atomicfile import Writing
from regclient.server.server import Server
from regclient.server.tree import LayoutTree

VERSION = "v0.0.0-20260831232431-97274622c111"
APIS = (
    "PING",
    "PULL",
    "PUSH",
    "BLOBS_ATOMIC",
    "BLOBS_DELETE",
    "BLOBS_DIGEST_HEADER",
    "BLOBS_MOUNT_ANONYMOUS",
    "BLOBS_UPLOAD_CANCEL",
    "MANIFESTS_ATOMIC",
    "MANIFESTS_DELETE",
    "MANIFESTS_DIGEST_HEADER",
    "MANIFESTS_TAG_PARAM",
    "TAGS_ATOMIC",
    "TAGS_DELETE",
    "TAGS_LIST",
    "REFERRER",
)
DATA = (
    "IMAGE",
    "INDEX",
    "INDEX_LIST",
    "SPARSE",
    "ARTIFACT",
    "SUBJECT",
    "SUBJECT_MISSING",
    "ARTIFACT_LIST",
    "SUBJECT_LIST",
    "DATA_FIELD",
    "NONDISTRIBUTABLE",
    "CUSTOM_FIELDS",
    "NO_LAYERS",
    "EMPTY_BLOB",
    "SHA512",
)
COUNT = re.compile(r"^  (Disabled|Skip|Pass|FAIL|Error|Total)\.+: +([0-9]+)$", re.MULTILINE)


def suite() -> str:
    """Find the suite on the path or where Go installs programs; the home directory of tests is not the user's."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    places = [os.environ.get("PATH", ""), str(home / "go" / "bin")]
    if gopath := os.environ.get("GOPATH"):
        places.insert(1, str(Path(gopath) / "bin"))
    found = shutil.which("conformance", path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"the suite is not installed: go install github.com/opencontainers/distribution-spec/conformance@{VERSION}")
    return found


def settings(registry: str, results: Path) -> dict[str, str]:
    """Everything the suite can test, turned on."""
    return {
        **os.environ,
        "OCI_VERSION": "1.1",
        "OCI_REGISTRY": registry,
        "OCI_TLS": "disabled",
        "OCI_RESULTS_DIR": str(results),
        **{f"OCI_API_{name}": "true" for name in APIS},
        **{f"OCI_DATA_{name}": "true" for name in DATA},
    }


@pytest.mark.peer
@pytest.mark.slow
def test_the_registry_passes_the_conformance_suite_in_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = suite()
    store, results = tmp_path / "store", tmp_path / "results"
    store.mkdir()
    tree = LayoutTree(store, writing=Writing(sync=False))

    try:
        with Server(tree, ("127.0.0.1", 0)) as server:
            run = subprocess.run(
                [program],
                env=settings(server.address, results),
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
    finally:
        tree.close()

    counts = {name: int(number) for name, number in COUNT.findall(run.stdout)}
    with capsys.disabled():
        print(f"\nconformance {VERSION}: {counts}")  # noqa: T201 - the counts belong in the log of every run
    failures = [
        line.strip() for line in run.stdout.splitlines() if line.endswith((": FAIL", ": Error", ": Skip", ": Disabled"))
    ]
    assert [] == failures
    assert "OCI Conformance Result: Pass" in run.stdout
    assert {"Disabled": 0, "Skip": 0, "FAIL": 0, "Error": 0} == {
        name: counts[name] for name in ("Disabled", "Skip", "FAIL", "Error")
    }
    assert counts["Pass"] == counts["Total"] > 1000
    assert 0 == run.returncode
