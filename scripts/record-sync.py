"""Ask Go's regsync which tags it selects, and write tests/vectors/sync/vectors.json. Needs regsync."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from regclient.layout.repository import LayoutRepository  # noqa: E402 - found through the path set above
from tests.fakes import images  # noqa: E402
from tests.vectors.sync.cases import PATTERNS, RANGES, TAGS  # noqa: E402

REGSYNC = shutil.which("regsync", path=str(Path.home() / "go" / "bin")) or shutil.which("regsync") or "regsync"
VERSION = "v0.11.5"


def selected(folder: Path, key: str, texts: list[str]) -> dict[str, list[str] | None]:
    """Return what each text selects as the only entry of ``key``; None when it is refused."""
    steps = [
        {
            "source": f"ocidir://{folder}/src",
            "target": f"ocidir://{folder}/{number}",
            "type": "repository",
            "tags": {key: [text]},
        }
        for number, text in enumerate(texts)
    ]
    (folder / "sync.yml").write_text(json.dumps({"version": 1, "defaults": {"skipDockerConfig": True}, "sync": steps}))
    command = [REGSYNC, "check", "--config", str(folder / "sync.yml"), "--logopt", "json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, list[str] | None] = {text: [] for text in texts}
    for line in run.stderr.splitlines():
        record = json.loads(line) if line.startswith("{") else {}
        if record.get("msg") == "Image sync needed":
            number, _, tag = record["target"].rpartition("/")[2].partition(":")
            kept = found[texts[int(number)]]
            assert kept is not None
            kept.append(tag)
        elif record.get("level") == "ERROR":
            found[record[key][0]] = None
    return found


def main() -> None:
    """Record everything."""
    tagged = subprocess.run([REGSYNC, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True)
    if tagged.stdout != VERSION:
        raise SystemExit(f"regsync {VERSION} is needed, found {tagged.stdout}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = LayoutRepository(folder / "src")
        manifest = images.image(source, TAGS[0])
        for tag in TAGS[1:]:
            source.put_manifest(manifest, tag)
        ranges = selected(folder, "semverRange", RANGES)
        patterns = selected(folder, "allow", PATTERNS)
    rows = [
        f'"regsync": "{VERSION}"',
        f'"tags": {json.dumps(TAGS)}',
        *(
            f'"{name}": {{\n' + ",\n".join(f"{json.dumps(text)}: {json.dumps(tags)}" for text, tags in found.items()) + "\n}"
            for name, found in (("ranges", ranges), ("patterns", patterns))
        ),
    ]
    target = ROOT / "tests" / "vectors" / "sync" / "vectors.json"
    target.write_text("{" + ",\n".join(rows) + "}\n", "utf-8")


if __name__ == "__main__":
    main()
