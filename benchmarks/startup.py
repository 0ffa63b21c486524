"""How long a command takes that has next to nothing to do: what people pay in shell loops.

Prints the median and the least of 20 runs, in milliseconds, beside Python itself doing nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 20
OURS = [sys.executable, "-c", "from regclient.regctl.app import main; main()"]


def main() -> int:
    """Time every command in turn, interleaved so that a busy moment hurts all alike."""
    with tempfile.TemporaryDirectory(prefix="regclient-startup-") as folder:
        layout = f"ocidir://{write_layout(Path(folder) / 'layout')}"
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "regctl version": [*OURS, "version"],
            "regctl --help": [*OURS, "--help"],
            "regctl ref alpine": [*OURS, "ref", "alpine"],
            "regctl image digest ocidir://": [*OURS, "image", "digest", f"{layout}:v1"],
            "regctl tag ls ocidir://": [*OURS, "tag", "ls", layout],
            "regctl manifest get ocidir://": [*OURS, "manifest", "get", f"{layout}:v1"],
            "regctl tag ls, with a template": [*OURS, "tag", "ls", layout, "--format", "{{ len .Tags }}"],
        }
        go = shutil.which("regctl", path=str(Path.home() / "go" / "bin"))
        if go:
            commands["Go's regctl version"] = [go, "version"]
            commands["Go's regctl tag ls"] = [go, "tag", "ls", layout]
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS + 1):
            for name, command in commands.items():
                times[name].append(timed(command))
        for name, found in times.items():
            print(f"{name:32} median {statistics.median(found[1:]):6.1f} ms   least {min(found[1:]):6.1f} ms")
    return 0


def timed(command: list[str]) -> float:
    """Run a command and return its wall time in milliseconds."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "regclient-startup-pyc"),
    }
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    spent = (time.perf_counter() - start) * 1000
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode()}")
    return spent


def write_layout(folder: Path) -> Path:
    """Write the smallest layout there is with one tag."""
    config = b"{}"
    config_digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config_digest, "size": len(config)},
            "layers": [],
        }
    ).encode()
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for data in (config, manifest):
        (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)
    entry = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": f"sha256:{hashlib.sha256(manifest).hexdigest()}",
        "size": len(manifest),
        "annotations": {"org.opencontainers.image.ref.name": "v1"},
    }
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    return folder


if __name__ == "__main__":
    sys.exit(main())
