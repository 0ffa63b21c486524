"""The images that travel: pushed once to the source registry and written once to a layout, through the library."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from regclient import Client, Descriptor, ImageManifest, IndexManifest, Platform, Repository, Workers
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER_GZIP

KIB, MIB = 1 << 10, 1 << 20
EARLY, LATE = "early.txt", "late.txt"
PLATFORMS = (
    "amd64",
    "386",
    "arm/v5",
    "arm/v6",
    "arm/v7",
    "arm64",
    "mips64le",
    "ppc64le",
    "riscv64",
    "s390x",
    "loong64",
    "mips",
)


@dataclass(frozen=True)
class Sizes:
    """How large everything is: as the goals ask for it, or small, for a look."""

    layers: tuple[int, int] = (8, 64 * MIB)
    tiny: int = 200
    tags: int = 10_000
    heads: int = 300
    entries: int = 200
    single: int = 1024 * MIB
    tree: int = 1024 * MIB
    quarter: int = 256 * MIB
    files: int = 100_000
    artifact: int = 500


FULL = Sizes()
QUICK = Sizes((4, 16 * MIB), 50, 500, 60, 40, 128 * MIB, 64 * MIB, 16 * MIB, 5_000, 50)


@dataclass(frozen=True)
class Seed:
    """A layout and the source registry to fill, and how large everything is."""

    client: Client
    host: str
    layout: str
    sizes: Sizes

    def image(self, name: str) -> Repository:
        """Return a repository of the source registry."""
        return self.client.repository(f"{self.host}/{name}")

    def mirror(self, name: str) -> None:
        """Write an image to a layout too."""
        self.client.copy(f"{self.host}/{name}:v1", f"ocidir://{self.layout}/{name}:v1")


def big(seed: Seed) -> None:
    """A few big layers of bytes that do not compress."""
    count, size = seed.sizes.layers
    _push(seed.image("big"), [os.urandom(size) for _ in range(count)])
    seed.mirror("big")


def tiny(seed: Seed) -> None:
    """Many tiny layers."""
    _push(seed.image("tiny"), [os.urandom(KIB) for _ in range(seed.sizes.tiny)])
    seed.mirror("tiny")


def platforms(seed: Seed) -> None:
    """An index of twelve platforms: three layers of all of them, two of each."""
    repository = seed.image("platforms")
    shared = [os.urandom(64 * KIB) for _ in range(3)]
    entries = []
    for name in PLATFORMS:
        platform = Platform.parse(f"linux/{name}")
        image = _push(repository, [*shared, os.urandom(64 * KIB), os.urandom(64 * KIB)], platform=platform, tag=None)
        entries.append(image.descriptor.replace(platform=platform))
    repository.put_manifest(IndexManifest.build(manifests=entries), "v1")
    seed.mirror("platforms")


def single(seed: Seed) -> None:
    """One blob of a gibibyte."""
    _push_streams(seed.image("single"), [_Random(seed.sizes.single)])


def tree(seed: Seed) -> None:
    """Four layers of files as they are, half of it compressible; one small file is early, one is late."""
    _tree(seed, "tree", seed.sizes.tree)


def quarter(seed: Seed) -> None:
    """The same, a quarter of the size, for the far wire."""
    _tree(seed, "quarter", seed.sizes.quarter)


def _tree(seed: Seed, name: str, size: int) -> None:
    each = size // 4
    layers = []
    for number in range(4):
        files = [(f"layer{number}/file{file}", _half_random(min(each, 4 * MIB))) for file in range(max(1, each // (4 * MIB)))]
        if number == 0:
            files.append((LATE, b"late\n"))
        if number == 3:
            files.insert(0, (EARLY, b"early\n"))
        layers.append(_packed(files))
    _push(seed.image(name), [layer for layer, _ in layers], diff_ids=[found for _, found in layers])


def files(seed: Seed) -> None:
    """One layer of very many small files."""
    content = [(f"directory{number // 1000}/file{number}", f"{number}\n".encode() * 20) for number in range(seed.sizes.files)]
    layer, diff_id = _packed(content)
    _push(seed.image("files"), [layer], diff_ids=[diff_id])


def tags(seed: Seed) -> None:
    """Very many tags of one image."""
    repository = seed.image("tags")
    manifest = _push(repository, [b"layer"])
    with Workers(4) as workers:
        workers.map(lambda number: repository.put_manifest(manifest, f"t{number:05}"), range(seed.sizes.tags))


def heads(seed: Seed) -> None:
    """A few hundred tags, each of an image of its own."""
    repository = seed.image("heads")

    def push(number: int) -> None:
        _push(repository, [f"layer {number}".encode()], tag=f"t{number:05}")

    with Workers(4) as workers:
        workers.map(push, range(seed.sizes.heads))


ENTRIES = ("entries/one", "entries/two", "entries/three")
CHANGED = 10


def entries(seed: Seed) -> None:
    """Three repositories of some seventy images each, for a sync of as many entries; all images share a layer."""

    def push(number: int) -> None:
        entry(seed.client, seed.host, number, f"layer {number}".encode())

    with Workers(4) as workers:
        workers.map(push, range(seed.sizes.entries))


def entry(client: Client, host: str, number: int, content: bytes) -> None:
    """Push one image of :func:`entries`; other content makes it another one."""
    repository = client.repository(f"{host}/{ENTRIES[number % len(ENTRIES)]}")
    _push(repository, [b"a layer that all share" * KIB, content * KIB], tag=f"t{number:05}")


IMAGES: dict[str, Callable[[Seed], None]] = {
    maker.__name__: maker for maker in (big, tiny, platforms, single, tree, quarter, files, tags, heads, entries)
}


def artifact_files(folder: Path, count: int) -> list[str]:
    """Write the files of an artifact; return their names."""
    folder.mkdir(exist_ok=True)
    names = [f"file{number}.txt" for number in range(count)]
    for name in names:
        (folder / name).write_bytes(os.urandom(KIB))
    return names


class _Random(io.RawIOBase):
    """So many bytes, the same each time they are read: a block of chance, and its number."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._block = os.urandom(MIB)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence] + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, at = divmod(self._position, MIB)
        block = number.to_bytes(8, "big") + self._block[8:]
        data = block[at : at + min(len(buffer), self.size - self._position)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def _push(
    repository: Repository,
    layers: Sequence[bytes],
    *,
    platform: Platform | None = None,
    diff_ids: Sequence[str] = (),
    tag: str | None = "v1",
) -> ImageManifest:
    return _push_streams(repository, [io.BytesIO(layer) for layer in layers], platform=platform, diff_ids=diff_ids, tag=tag)


def _push_streams(
    repository: Repository,
    layers: Sequence[io.BytesIO | _Random],
    *,
    platform: Platform | None = None,
    diff_ids: Sequence[str] = (),
    tag: str | None = "v1",
) -> ImageManifest:
    made = [repository.put_blob(layer).replace(media_type=OCI_LAYER_GZIP) for layer in layers]  # type: ignore[arg-type]
    config = {
        "architecture": platform.architecture if platform else "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids or [str(layer.digest) for layer in made]},
        "history": [{"created": "2024-01-02T03:04:05Z", "created_by": f"layer {number}"} for number in range(len(made))],
    }
    if platform and platform.variant:
        config["variant"] = platform.variant
    content = json.dumps(config).encode()
    stored = repository.put_blob(io.BytesIO(content), Descriptor.of(content, OCI_CONFIG))
    manifest = ImageManifest.build(config=stored, layers=made)
    repository.put_manifest(manifest, tag)
    return manifest


def _half_random(size: int) -> bytes:
    block = os.urandom(32 * KIB)
    return b"".join(block + b"some words that are said again and again " * 800 for _ in range(max(1, size // (64 * KIB))))


def _packed(content: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Pack files; return the layer and the digest of the tar."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, data in content:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), 1_700_000_000
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), 1, mtime=0), str(Descriptor.of(plain.getvalue(), "").digest)
