"""Five gibibytes become a tar and an image again in a small process, and a legal monster is read in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import tarfile
from pathlib import Path

import pytest

from regclient.kit.compression import open_decompressed
from regclient.kit.tarscan import scan
from tests.heavy.launch import weighed
from tests.programs.world import CONFIG, MANIFEST, Layout, config_of

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

SIZE = 5 << 30
LIMIT = 100 << 20
REGCTL = str(Path(sys.executable).with_name("regctl"))
LAYER = "application/vnd.oci.image.layer.v1.tar"


def regctl(*words: str) -> int:
    """Run regctl in a process of its own and return the most memory it held, in bytes."""
    usage = weighed([REGCTL, *words])
    assert 0 == usage.code
    return usage.memory


def test_five_gibibytes_are_exported_and_imported(tmp_path: Path) -> None:
    source = written(tmp_path / "source", zeros_digest(SIZE))

    assert regctl("image", "export", f"ocidir://{source}:big", str(tmp_path / "big.tar")) < LIMIT
    assert SIZE < (tmp_path / "big.tar").stat().st_size
    (source / "blobs").rename(tmp_path / "gone")
    assert regctl("image", "import", f"ocidir://{tmp_path}/copy:big", str(tmp_path / "big.tar")) < LIMIT
    names = {path.name: path.stat().st_size for path in (tmp_path / "gone" / "sha256").iterdir()}
    assert names == {path.name: path.stat().st_size for path in (tmp_path / "copy" / "blobs" / "sha256").iterdir()}


def test_a_layer_of_docker_is_compressed_on_its_way(tmp_path: Path) -> None:
    """One gibibyte, for it is compressed: that the bytes are never held does not depend on their number."""
    layer = tar_header("zeros", 1 << 30)
    config = b'{"os":"linux","architecture":"amd64"}'
    with (tmp_path / "docker.tar").open("wb") as file:
        file.write(tar_header("c.json", len(config)) + config + bytes(-len(config) % 512))
        document = b'[{"Config":"c.json","Layers":["layer.tar"]}]'
        file.write(tar_header("manifest.json", len(document)) + document + bytes(-len(document) % 512))
        file.write(tar_header("layer.tar", (1 << 30) + 1536) + layer)
        file.truncate(file.tell() + (1 << 30) + 1024 + 1024)

    assert regctl("image", "import", f"ocidir://{tmp_path}/copy:big", str(tmp_path / "docker.tar")) < LIMIT


def test_a_file_behind_ten_gibibytes_of_zeros_is_found(tmp_path: Path) -> None:
    """Ten gibibytes in ten mebibytes, as a layer: what is in front of the file is passed, not held."""
    layer = Path(tmp_path / "layer.tgz")
    member = gzip.compress(bytes(64 << 20))
    end = tar_header("small", 2) + b"hi" + bytes(510 + 1024)
    with layer.open("wb") as file:
        file.write(gzip.compress(tar_header("zeros", 10 << 30)))
        for _ in range(160):
            file.write(member)
        file.write(gzip.compress(end))

    with layer.open("rb") as content, open_decompressed(content) as source:
        found = {entry.header.name: entry for entry in scan(source)}  # type: ignore[arg-type]  # a raw stream will do
    assert {"zeros": 10 << 30, "small": 2} == {name: entry.header.size for name, entry in found.items()}


def test_a_million_empty_entries_pass_in_bounded_memory() -> None:
    script = (
        "import io, sys, tarfile\n"
        "from regclient.kit.tarscan import scan\n"
        "class Many(io.RawIOBase):\n"
        "    left = 1000000\n"
        "    def read(self, size=-1):\n"
        "        self.left -= 1\n"
        "        return header if self.left >= 0 else b''\n"
        "header = tarfile.TarInfo('empty').tobuf()\n"
        "sys.exit(sum(1 for entry in scan(Many())) != 1000000)\n"
    )
    usage = weighed([sys.executable, "-c", script])

    assert 0 == usage.code
    assert usage.memory < LIMIT


def tar_header(name: str, size: int) -> bytes:
    """Return the header of one file."""
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT)


def zeros_digest(size: int) -> str:
    hasher = hashlib.sha256()
    chunk = io.BytesIO(bytes(1 << 20)).getvalue()
    for _ in range(size >> 20):
        hasher.update(chunk)
    return hasher.hexdigest()


def written(root: Path, digest: str) -> Path:
    """Write a layout with one image of one layer of zeros, which take no room on the disk."""
    layout = Layout(root)
    layer = {"mediaType": LAYER, "digest": f"sha256:{digest}", "size": SIZE}
    config = layout.document(CONFIG, config_of("amd64"))
    image = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    layout.tag("big", layout.document(MANIFEST, image))
    layout.finish()
    with (root / "blobs" / "sha256" / digest).open("wb") as file:
        file.truncate(SIZE)
    return root
