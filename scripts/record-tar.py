"""Let Go's regctl edit each layer of tests/vectors/tar, and write what became of it to vectors.json. Needs regctl."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.programs.world import CONFIG, LAYER, MANIFEST, Layout, config_of  # noqa: E402 - found through the path set above
from tests.vectors.tar.cases import Case, cases, outcome  # noqa: E402

REGCTL = shutil.which("regctl", path=str(Path.home() / "go" / "bin")) or shutil.which("regctl") or "regctl"
VERSION = "v0.11.5"


def ask(case: Case) -> dict[str, str]:
    """Edit an image of one layer; return what became of the layer, or what was said."""
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        config = layout.document(CONFIG, config_of("amd64"))
        layer = layout.describe(LAYER, gzip.compress(case.tar, mtime=0))
        layout.tag(
            "a", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]})
        )
        layout.finish()
        command = [REGCTL, "image", "mod", f"ocidir://{folder}:a", "--create", "b", *case.flags]
        run = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if run.returncode:
            return {"case": case.name, "failure": run.stderr.strip().splitlines()[-1]}
        after = edited(Path(folder))
        return {"case": case.name, "outcome": "same" if after is None else outcome(case.tar, after or None)}


def edited(folder: Path) -> bytes | None:
    """Return the tar of the edited layer; empty when there is none any more, None when there was nothing to tag."""
    tagged = json.loads((folder / "index.json").read_text("utf-8"))["manifests"]
    found = [entry for entry in tagged if entry["annotations"]["org.opencontainers.image.ref.name"] == "b"]
    if not found:
        return None
    manifest = json.loads((folder / "blobs" / found[0]["digest"].replace(":", "/")).read_text("utf-8"))
    if not manifest["layers"]:
        return b""
    return gzip.decompress((folder / "blobs" / manifest["layers"][0]["digest"].replace(":", "/")).read_bytes())


def main() -> None:
    """Record everything."""
    tagged = subprocess.run([REGCTL, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True)
    if tagged.stdout != VERSION:
        raise SystemExit(f"regctl {VERSION} is needed, found {tagged.stdout}")
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(ask, cases()))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
    target = ROOT / "tests" / "vectors" / "tar" / "vectors.json"
    target.write_text(f'{{"regctl": "{VERSION}", "cases": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
