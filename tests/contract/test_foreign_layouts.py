"""Layouts as other programs write them, imitated; the programs themselves are asked in ``tests/peer``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from regclient.kit.atomicfile import Writing
from regclient.layout.entries import REF_NAME
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.model.mediatype import OCI_LAYER, OCI_MANIFEST
from tests.contract.samples import CONFIG, image, push, read


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "layout"


@pytest.fixture
def layout(place: Path) -> LayoutRepository:
    return LayoutRepository(place, LayoutSettings(writing=Writing(sync=False)))


def by_hand(place: Path, index: object, contents: dict[str, bytes], marker: bytes = b'{"imageLayoutVersion": "1.0.0"}') -> None:
    for path, content in contents.items():
        (place / "blobs" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "blobs" / path).write_bytes(content)
    (place / "oci-layout").write_bytes(marker)
    (place / "index.json").write_text(json.dumps(index, indent=2))


def hand_made(place: Path, *, entry: Mapping[str, object], **members: object) -> Manifest:
    manifest = image(None)
    stored = {
        f"sha256/{manifest.digest.hex}": manifest.raw,
        f"sha256/{Digest.of(CONFIG).hex}": CONFIG,
        f"sha256/{Digest.of(b'layer').hex}": b"layer",
    }
    listed = {"mediaType": OCI_MANIFEST, "digest": str(manifest.digest), "size": len(manifest.raw), **entry}
    by_hand(place, {"schemaVersion": 2, **members, "manifests": [listed]}, stored)
    return manifest


IMITATED: dict[str, dict[str, object]] = {
    "skopeo": {"annotations": {REF_NAME: "v1"}},
    "skopeo with a full name": {"annotations": {REF_NAME: "docker.io/library/app:v1"}},
    "umoci": {"annotations": {REF_NAME: "v1"}, "platform": {"architecture": "amd64", "os": "linux"}},
    "containerd": {"annotations": {"io.containerd.image.name": "docker.io/library/app:v1", REF_NAME: "v1"}},
    "an entry without a type": {"annotations": {REF_NAME: "v1"}, "mediaType": ""},
}


@pytest.mark.parametrize("program", IMITATED)
def test_layouts_of_other_programs_are_read_and_written(place: Path, layout: LayoutRepository, program: str) -> None:
    manifest = hand_made(place, entry=IMITATED[program])

    assert ("v1",) == layout.tags().tags
    assert manifest.digest == layout.resolve("v1").digest
    assert manifest.raw == layout.get_manifest("v1").raw
    push(layout, "v2", "two")
    layout.close()
    assert manifest.raw == layout.get_manifest("v1").raw
    assert b"layer" == read(layout, Descriptor.of(b"layer", OCI_LAYER))


def test_an_entry_without_annotations_is_found_by_its_digest(place: Path, layout: LayoutRepository) -> None:
    manifest = hand_made(place, entry={})

    assert () == layout.tags().tags
    assert manifest.raw == layout.get_manifest(manifest.digest).raw
    push(layout, "v2", "two")
    layout.close()
    assert manifest.raw == layout.get_manifest(manifest.digest).raw
