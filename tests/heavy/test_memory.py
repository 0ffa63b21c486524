"""Two gibibytes travel through a small process: streamed, checked on the way, never held whole."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.heavy.launch import weighed
from tests.programs.world import CONFIG, MANIFEST, Layout, config_of

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

SIZE = 2 << 30
LIMIT = 100 << 20
REGCTL = str(Path(sys.executable).with_name("regctl"))
LAYER = "application/vnd.oci.image.layer.v1.tar"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layout with one image of one layer of two gibibytes (zeros, which take no room on the disk)."""
    root = tmp_path_factory.mktemp("heavy")
    layout = Layout(root)
    hasher = hashlib.sha256()
    for _ in range(SIZE >> 20):
        hasher.update(bytes(1 << 20))
    layer = {"mediaType": LAYER, "digest": f"sha256:{hasher.hexdigest()}", "size": SIZE}
    config = layout.document(CONFIG, config_of("amd64"))
    layout.tag(
        "big", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]})
    )
    layout.finish()
    with (root / "blobs" / "sha256" / hasher.hexdigest()).open("wb") as file:
        file.truncate(SIZE)
    return root


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """An embedded registry in a process of its own, so that its memory is not ours."""
    command = [REGCTL, "registry", "serve", str(tmp_path / "registry"), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def copied(source: str, target: str, registry: str = "none.example") -> int:
    """Copy with regctl in a process of its own and return the most memory it held, in bytes."""
    usage = weighed([REGCTL, "--host", f"reg={registry},tls=disabled", "image", "copy", source, target])
    assert 0 == usage.code
    return usage.memory


def test_from_layout_to_layout(source: Path, tmp_path: Path) -> None:
    assert copied(f"ocidir://{source}:big", f"ocidir://{tmp_path}/copy:big") < LIMIT
    assert same(source, tmp_path / "copy")


def test_to_a_registry_and_back(source: Path, tmp_path: Path, registry: str) -> None:
    assert copied(f"ocidir://{source}:big", f"{registry}/app:big", registry) < LIMIT
    assert copied(f"{registry}/app:big", f"{registry}/other/app:big", registry) < LIMIT
    assert copied(f"{registry}/app:big", f"ocidir://{tmp_path}/back:big", registry) < LIMIT
    assert same(source, tmp_path / "back")


def test_a_changed_byte_is_found_and_nothing_is_tagged(source: Path, tmp_path: Path) -> None:
    """The last byte of the layer is wrong: the digest is checked on the way, so no tag appears."""
    broken = tmp_path / "broken"
    for path in source.rglob("*"):
        goal = broken / path.relative_to(source)
        goal.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size != SIZE:
            goal.write_bytes(path.read_bytes())
        elif path.is_file():
            with goal.open("wb") as file:
                file.truncate(SIZE)
                file.seek(SIZE - 1)
                file.write(b"x")
    command = [REGCTL, "image", "copy", f"ocidir://{broken}:big", f"ocidir://{tmp_path}/copy:big"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 1 == done.returncode
    assert "digest mismatch" in done.stderr
    assert (
        not (tmp_path / "copy" / "index.json").exists()
        or not json.loads((tmp_path / "copy" / "index.json").read_text())["manifests"]
    )


def same(first: Path, second: Path) -> bool:
    """Whether both layouts hold the same blobs with the same sizes."""
    return sizes(first) == sizes(second)


def sizes(root: Path) -> dict[str, int]:
    """Return the blobs of a layout with their sizes."""
    return {path.name: path.stat().st_size for path in (root / "blobs").rglob("*") if path.is_file()}
