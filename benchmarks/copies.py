"""How fast images travel beside other programs: registry to layout, and registry to registry, over loopback.

Two shapes: a few big layers, and many tiny ones. Every program copies the same image between the same two registries (Debian's
docker-registry), each time to a new place; the table shows the least of the runs in seconds. Programs that are missing are left
out. Run it on a quiet machine::

    PYTHONPATH=src:. .venv/bin/python benchmarks/copies.py [RUNS]
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from regclient import Client, Descriptor, HostSettings, ImageManifest
from regclient.hosts import TLS
from tests.peer.servers import DEBIAN, registry_server

MIB = 1 << 20
SHAPES = {"8 x 64 MiB": (8, 64 * MIB), "200 x 1 KiB": (200, 1024)}
GO = str(Path.home() / "go" / "bin" / "regctl")
OURS = [sys.executable, "-c", "from regclient.regctl.app import main; main()"]
Command = Callable[[str, str], list[str]]
"""From source and target, as references of ours, to the words of a command."""


def main() -> int:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="regclient-copy-") as folder, registries(Path(folder)) as (first, second):
        for shape, (layers, size) in SHAPES.items():
            best: dict[tuple[str, str], float] = {}
            for run in range(runs):
                for route, target in (
                    ("registry to layout", f"ocidir://{folder}/out"),
                    ("registry to registry", f"{second}/out"),
                ):
                    # New bytes each time: skopeo remembers where it has seen a blob.
                    source = f"{first}/b{layers}-{run}-{route[-6:].strip()}"
                    fill(source, layers, size)
                    for name, command in programs(first, second).items():
                        seconds = timed(command, f"{source}:v1", f"{target}{os.urandom(4).hex()}")
                        best[route, name] = min(seconds, best.get((route, name), seconds))
            for (route, name), seconds in sorted(best.items()):
                speed = layers * size / MIB / seconds
                print(f"{shape:12} {route:21} {name:14} {seconds:7.2f} s {speed:8.0f} MiB/s", flush=True)
    return 0


@contextmanager
def registries(folder: Path) -> Iterator[tuple[str, str]]:
    """Run two registries."""
    with registry_server(DEBIAN, folder / "one") as one, registry_server(DEBIAN, folder / "two") as two:
        yield one.host, two.host


def fill(name: str, layers: int, size: int) -> None:
    """Push an image of so many layers of random bytes."""
    with Client([HostSettings(name.partition("/")[0], tls=TLS.DISABLED)]) as client:
        repository = client.repository(name)
        made = []
        for _ in range(layers):
            content = os.urandom(size)
            wanted = Descriptor.of(content, "application/vnd.oci.image.layer.v1.tar+gzip")
            made.append(repository.put_blob(io.BytesIO(content), wanted))
        config = Descriptor.of(b"{}", "application/vnd.oci.image.config.v1+json")
        repository.put_blob(io.BytesIO(b"{}"), config)
        repository.put_manifest(ImageManifest.build(config=config, layers=made), "v1")


def programs(*hosts: str) -> dict[str, Command]:
    """Return the programs that are here."""
    plain = [word for host in hosts for word in ("--host", f"reg={host},tls=disabled")]
    found: dict[str, Command] = {"ours": lambda src, dst: [*OURS, "image", "copy", *plain, src, f"{dst}:v1"]}
    if Path(GO).exists():
        found["Go's regctl"] = lambda src, dst: [GO, "image", "copy", *plain, src, f"{dst}:v1"]
    skopeo = shutil.which("skopeo")
    if skopeo:
        flags = ["copy", "-q", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false"]
        found["skopeo"] = lambda src, dst: [skopeo, *flags, _skopeo_name(src), f"{_skopeo_name(dst)}:v1"]
    return found


def timed(command: Command, src: str, dst: str) -> float:
    """Run one copy, and remove what it left in a layout."""
    started = time.perf_counter()
    subprocess.run(command(src, dst), check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    if dst.startswith("ocidir://"):
        shutil.rmtree(dst.removeprefix("ocidir://"))
    return seconds


def _skopeo_name(reference: str) -> str:
    path = reference.removeprefix("ocidir://")
    return f"docker://{reference}" if path == reference else f"oci:{path}"


if __name__ == "__main__":
    sys.exit(main())
