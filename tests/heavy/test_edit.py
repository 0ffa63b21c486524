"""A gibibyte of layers is rewritten in a small process, into what the Go program makes of it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import pwd
import random
import shutil
import sys
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from regclient.kit.tarscan import scan
from tests.heavy.launch import weighed
from tests.programs.world import CONFIG, LAYER, MANIFEST, Json, Layout, config_of

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

LAYERS, LAYER_SIZE, SMALL_FILES = 4, 256 << 20, 5000
LIMIT = 200 << 20
REGCTL = str(Path(sys.executable).with_name("regctl"))
GO = shutil.which("regctl", path=f"{pwd.getpwuid(os.getuid()).pw_dir}/go/bin")
WHEN, SECONDS = "2021-02-03T04:05:06Z", 1_612_325_106


class Blob:
    """A gzip layer being written into a layout."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._part = root / "part"
        self._file = self._part.open("wb")
        self._codec = zlib.compressobj(1, wbits=31)
        self._stored, self.tar = hashlib.sha256(), hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.tar.update(data)
        self.size += len(data)
        self._put(self._codec.compress(data))
        return len(data)

    def finish(self) -> Json:
        """Move it to its name; return its descriptor."""
        self._put(self._codec.flush())
        self._file.close()
        size = self._part.stat().st_size
        self._part.rename(self._root / "blobs" / "sha256" / self._stored.hexdigest())
        return {"mediaType": LAYER, "digest": f"sha256:{self._stored.hexdigest()}", "size": size}

    def _put(self, data: bytes) -> None:
        self._stored.update(data)
        self._file.write(data)


def fill(blob: Blob, seed: int) -> None:
    """Write a tar of many small files and then large ones, of words and of noise."""
    source = random.Random(seed)
    words = [source.randbytes(source.randrange(2, 9)).hex() for _ in range(2000)]
    text = " ".join(source.choices(words, k=200_000)).encode()
    with tarfile.open(fileobj=cast("BinaryIO", blob), mode="w|") as tar:
        number = 0
        while blob.size < LAYER_SIZE:
            length = source.randrange(2000) if number < SMALL_FILES else 1 << 20
            start = source.randrange(len(text) - length)
            data = source.randbytes(length) if number % 4 == 0 else text[start : start + length]
            info = tarfile.TarInfo(f"layer{seed}/directory{number % 97}/file{number}")
            info.size, info.mtime = len(data), 1_600_000_000 + number
            tar.addfile(info, io.BytesIO(data))
            number += 1


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layout with one image of a gibibyte in four layers."""
    root = tmp_path_factory.mktemp("edit")
    layout = Layout(root)
    config = config_of("amd64")
    layout.blob(b"{}")  # makes the folder
    layers, diff_ids = [], []
    for seed in range(LAYERS):
        blob = Blob(root)
        fill(blob, seed)
        layers.append(blob.finish())
        diff_ids.append(f"sha256:{blob.tar.hexdigest()}")
    config["rootfs"] = {"type": "layers", "diff_ids": diff_ids}
    config["history"] = [{"created": "2020-01-01T00:00:00Z", "created_by": f"layer {seed}"} for seed in range(LAYERS)]
    described = layout.document(CONFIG, config)
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": layers}
    layout.tag("big", layout.document(MANIFEST, document))
    layout.finish()
    return root


def edited(program: str, source: Path, tag: str) -> int:
    """Set every time with a program in a process of its own; return the most memory it held."""
    command = [program, "image", "mod", f"ocidir://{source}:big", "--create", tag, "--time", f"set={WHEN}"]
    usage = weighed(command)
    assert 0 == usage.code
    return usage.memory


def document_of(source: Path, digest: str) -> Json:
    return cast("Json", json.loads((source / "blobs" / digest.replace(":", "/")).read_text("utf-8")))


def image(source: Path, tag: str) -> tuple[list[str], list[str]]:
    """Return the digests of the layers of a tag, and their diff ids."""
    entries = json.loads((source / "index.json").read_text("utf-8"))["manifests"]
    (entry,) = [found for found in entries if found["annotations"]["org.opencontainers.image.ref.name"] == tag]
    manifest = json.loads(json.dumps(document_of(source, entry["digest"])))
    config = json.loads(json.dumps(document_of(source, manifest["config"]["digest"])))
    return [layer["digest"] for layer in manifest["layers"]], config["rootfs"]["diff_ids"]


def test_a_gibibyte_is_rewritten_in_little_memory(source: Path) -> None:
    memory = edited(REGCTL, source, "ours")
    layers, diff_ids = image(source, "ours")

    assert memory < LIMIT
    for digest, diff_id in zip(layers, diff_ids, strict=True):
        with gzip.open(source / "blobs" / digest.replace(":", "/")) as content:
            assert {SECONDS} == {entry.header.mtime for entry in scan(cast("BinaryIO", content))}
        with gzip.open(source / "blobs" / digest.replace(":", "/")) as content:
            assert diff_id == f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"


@pytest.mark.peer
@pytest.mark.skipif(GO is None, reason="Go's regctl is not installed")
def test_a_gibibyte_becomes_what_the_go_program_makes_of_it(source: Path) -> None:
    """How long each takes is for `make bench` to say."""
    assert GO is not None
    edited(REGCTL, source, "quick")
    edited(GO, source, "go")

    assert image(source, "go")[1] == image(source, "quick")[1]
