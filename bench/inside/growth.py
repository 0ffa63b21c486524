"""How time grows with the number of layers, tags and platforms: ten times as many should take ten times as long.

The figure is the time of the large case divided by ten times that of the small one: 1 is linear, 10 would be quadratic.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.inside.registry import Figure
from regclient import (
    Descriptor,
    ImageManifest,
    IndexManifest,
    LayoutRepository,
    LayoutSettings,
    MemoryRepository,
    Platform,
    Reference,
    Workers,
    copy,
)
from regclient.kit.atomicfile import Writing
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER_GZIP
from regclient.ops.repo import copy_repository

TIMES = 10
UNSYNCED = LayoutSettings(writing=Writing(sync=False))


def figures() -> Iterator[Figure]:
    """Copy ever larger things from memory to a layout."""
    for name, prepare, small in (
        ("layers of an image", layers, 1_000),
        ("platforms of an index", platforms, 1_000),
        ("tags of a repository", tags, 1_000),
    ):
        few = min(timed(prepare, small) for _ in range(3))
        many = timed(prepare, small * TIMES)
        yield f"growth: {small * TIMES:,} {name}", many, "s"
        yield f"growth: {small * TIMES:,} {name}, beside ten times {small:,}", many / (few * TIMES), "x"


def timed(prepare: Callable[[MemoryRepository, int], list[str]], count: int) -> float:
    """Return the seconds of copying what ``prepare`` made to a layout."""
    source = MemoryRepository(Reference.parse("registry.test/growth"))
    names = prepare(source, count)
    with tempfile.TemporaryDirectory() as folder, Workers(4) as workers:
        layout = LayoutRepository(Path(folder) / "layout", UNSYNCED)
        start = time.perf_counter()
        if len(names) > 1:
            copy_repository(source, layout, workers=workers)
        else:
            copy(source, names[0], layout, names[0], workers=workers)
        layout.close()
        return time.perf_counter() - start


def layers(source: MemoryRepository, count: int) -> list[str]:
    """Make an image of so many layers."""
    made = [
        source.put_blob(io.BytesIO(f"layer {number}".encode())).replace(media_type=OCI_LAYER_GZIP) for number in range(count)
    ]
    source.put_manifest(ImageManifest.build(config=_config(source), layers=made), "v1")
    return ["v1"]


def platforms(source: MemoryRepository, count: int) -> list[str]:
    """Make an index of so many entries."""
    config = _config(source)
    entries = []
    for number in range(count):
        image = ImageManifest.build(config=config, annotations={"number": str(number)})
        source.put_manifest(image, None)
        entries.append(image.descriptor.replace(platform=Platform("linux", f"cpu{number}")))
    source.put_manifest(IndexManifest.build(manifests=entries), "v1")
    return ["v1"]


def tags(source: MemoryRepository, count: int) -> list[str]:
    """Make so many tags, each of an image of its own."""
    config = _config(source)
    names = [f"t{number:05}" for number in range(count)]
    for name in names:
        source.put_manifest(ImageManifest.build(config=config, annotations={"name": name}), name)
    return names


def _config(source: MemoryRepository) -> Descriptor:
    return source.put_blob(io.BytesIO(b"{}"), Descriptor.of(b"{}", OCI_CONFIG))


if __name__ == "__main__":
    for what, value, unit in figures():
        print(f"{what}: {value:,.2f} {unit}", flush=True)
