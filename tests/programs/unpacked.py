"""What a layout says once everything compressed is unpacked: two programs may compress the same layer into other bytes.

Every tag that a line made is described by its manifest with digests and sizes left out, its configs as they are, and the digest
of what is in each layer.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import cast

from tests.programs.world import Json

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REF_NAME = "org.opencontainers.image.ref.name"
MADE = re.compile("[a-z][0-9]+")
ZSTD = b"\x28\xb5\x2f\xfd"


def unpacked(folder: Path) -> Json:
    """Describe the tags of a layout that lines have made: a letter and a number."""
    entries = cast("list[Json]", json.loads((folder / "index.json").read_text())["manifests"])
    named = {str(cast("Json", entry.get("annotations", {})).get(REF_NAME, "")): entry for entry in entries}
    return {tag: _described(folder, entry) for tag, entry in sorted(named.items()) if MADE.fullmatch(tag)}


def _described(folder: Path, entry: Json) -> Json:
    """Describe a manifest: what is said of its parts, and what is in them."""
    document = cast("Json", json.loads(_blob(folder, entry)))
    told: Json = {key: value for key, value in document.items() if key not in {"manifests", "config", "layers", "subject"}}
    told["algorithm"] = str(entry["digest"]).partition(":")[0]
    if "manifests" in document:
        told["manifests"] = [_part(each) | _described(folder, each) for each in cast("list[Json]", document["manifests"])]
    if "layers" in document:
        config = cast("Json", document["config"])
        told["config"] = _part(config) | {"content": json.loads(_blob(folder, config))}
        told["layers"] = [_part(each) | {"content": _tar(folder, each)} for each in cast("list[Json]", document["layers"])]
    return told


def _part(descriptor: Json) -> Json:
    return {key: value for key, value in descriptor.items() if key not in {"digest", "size", "data"}}


def _tar(folder: Path, descriptor: Json) -> str:
    if not (folder / "blobs" / str(descriptor["digest"]).replace(":", "/")).exists():
        return "elsewhere"
    content = _blob(folder, descriptor)
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    elif content.startswith(ZSTD):
        content = zstd.decompress(content)
    return hashlib.sha256(content).hexdigest()


def _blob(folder: Path, descriptor: Json) -> bytes:
    return (folder / "blobs" / str(descriptor["digest"]).replace(":", "/")).read_bytes()
