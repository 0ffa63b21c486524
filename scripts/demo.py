"""The demo: pack the project's own sources into a two-platform image and let it travel with the real ``regctl``.

It starts the embedded registry on a free port of this machine, works in a temporary directory, shows every command it runs, and
removes everything when it ends.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regclient import TLS, Client, Descriptor, HostSettings, ImageManifest, IndexManifest, Platform
from regclient.model.digest import Digest
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER_GZIP

ROOT = Path(__file__).parents[1]
REGCTL = Path(sys.executable).with_name("regctl")
ARCHITECTURES = ("amd64", "arm64")


def main() -> int:
    """Run the demo and say at the end whether every digest stayed the same."""
    with tempfile.TemporaryDirectory(prefix="regclient-demo-") as folder, registry(Path(folder) / "registry") as address:
        source, layout, target = f"{address}/demo/app:v1", f"ocidir://{folder}/layout:v1", f"{address}/demo/copy:v1"
        print(f"The embedded registry listens on {address}.\n\nPack src/ into an image for {' and '.join(ARCHITECTURES)}:")
        publish(address, source)
        show(address, "repo", "ls", address)
        show(address, "tag", "ls", f"{address}/demo/app")
        show(address, "manifest", "get", source)
        show(
            address,
            "image",
            "inspect",
            source,
            "--platform",
            "linux/arm64",
            "--format",
            "{{ .OS }}/{{ .Architecture }}{{ println }}",
        )
        print("\nCopy it from the registry to an OCI layout, and on to a second repository:")
        show(address, "image", "copy", source, layout)
        show(address, "image", "copy", layout, target)
        print("\nEvery digest is the same everywhere:")
        return 0 if same_digests(address, (source, layout, target)) else 1


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Serve an empty registry from a folder; the address is on its first line."""
    command = [str(REGCTL), "registry", "serve", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def publish(address: str, reference: str) -> None:
    """Push an index of one image for each architecture; they share the layer with the sources."""
    with Client(hosts=[HostSettings(address, tls=TLS.DISABLED)]) as client:
        repository = client.repository(reference)
        sources = packed(ROOT / "src")
        images = []
        for architecture in ARCHITECTURES:
            note = gzip.compress(f"built for {architecture}\n".encode(), mtime=0)
            layers = [put(client, reference, OCI_LAYER_GZIP, data) for data in (sources, note)]
            config = {
                "architecture": architecture,
                "os": "linux",
                "rootfs": {"type": "layers", "diff_ids": diff_ids(sources, note)},
            }
            described = put(client, reference, OCI_CONFIG, json.dumps(config).encode())
            stored = repository.put_manifest(ImageManifest.build(config=described, layers=layers), None)
            images.append(stored.replace(platform=Platform("linux", architecture)))
            print(f"  linux/{architecture}: {stored.digest}")
        repository.put_manifest(IndexManifest.build(manifests=images), "v1")


def put(client: Client, reference: str, media_type: str, data: bytes) -> Descriptor:
    """Push bytes as a blob and return its descriptor."""
    expected = Descriptor(media_type, Digest.of(data), len(data))
    return client.repository(reference).put_blob(io.BytesIO(data), expected)


def packed(folder: Path) -> bytes:
    """Return a gzip tar of a directory tree, the same bytes every time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path in sorted(folder.rglob("*.py")):
            member = tar.gettarinfo(path, str(path.relative_to(folder)))
            member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
            with path.open("rb") as content:
                tar.addfile(member, content)
    return gzip.compress(out.getvalue(), mtime=0)


def diff_ids(*layers: bytes) -> list[str]:
    """Return the digests of the layers' uncompressed bytes."""
    return [str(Digest.of(gzip.decompress(layer))) for layer in layers]


def same_digests(address: str, references: tuple[str, ...]) -> bool:
    """Ask every place for the index and both images, and compare."""
    platforms = ["", *(f"linux/{architecture}" for architecture in ARCHITECTURES)]
    found = {
        show(address, "image", "digest", reference, *(["--platform", platform] if platform else []))
        for platform in platforms
        for reference in references
    }
    same = len(found) == len(platforms)
    print(f"\n{len(references)} places, {len(found)} digests: {'all equal' if same else 'NOT EQUAL'}.")
    return same


def show(address: str, *words: str) -> str:
    """Run regctl with the words, print both the line and its output, and return the output."""
    print(f"\n$ regctl {' '.join(words)}")
    command = [str(REGCTL), "--host", f"reg={address},tls=disabled", *words]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print("".join(f"  {line}\n" for line in output.splitlines()), end="")
    return output


if __name__ == "__main__":
    sys.exit(main())
