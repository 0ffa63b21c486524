"""A bench for edits: repositories in memory, an image in one of them, and what edits make of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from regclient.concurrency import Workers
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.config import read_config
from regclient.ops.edit.apply import EditOptions, Target, plan_edit, run_edit
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.plan import EditPlan
from tests.fakes import images

HOST = "memory.example"
CREATED = "2023-11-14T22:13:20Z"
EARLY, LATE = "2020-01-02T03:04:05Z", "2021-02-03T04:05:06.5Z"
ARM64 = Platform("linux", "arm64")


class Studio:
    """Repositories by name, ``app`` first of all, and the ways to edit what is in it."""

    def __init__(self) -> None:
        self.homes: dict[str, MemoryRepository] = {}
        self.app = self.home("app")

    def home(self, name: str) -> MemoryRepository:
        """Return the repository of a name."""
        return self.homes.setdefault(name, MemoryRepository(f"{HOST}/{name}"))

    def open(self, reference: Reference) -> MemoryRepository:
        """Open the repository of a reference."""
        return self.home(reference.repository)

    def target(self, create: str) -> Target:
        """Return where ``create`` is: a tag of ``app``, ``name:tag`` of another repository, or nothing for the digest alone."""
        name, _, tag = create.rpartition(":")
        home = self.home(name or "app")
        return Target(home, home.reference.with_tag(tag), tag or None, fresh=bool(tag))

    def edit(self, name: str | Digest, *edits: Edit, create: str = "") -> EditPlan:
        """Edit an image of ``app``, and push the result."""
        with Workers(2) as workers:
            return run_edit(self.app, name, self.target(create), edits, self.options, workers=workers)

    def plan(self, name: str | Digest, *edits: Edit, create: str = "") -> EditPlan:
        """Say what edits would do."""
        with Workers(2) as workers:
            return plan_edit(self.app, name, self.target(create), edits, self.options, workers)

    @property
    def options(self) -> EditOptions:
        """What every run here is given."""
        return EditOptions(self.open, CREATED)

    def image(self, **changes: object) -> ImageManifest:
        """Push an image with one of everything as ``v1``, its config changed by ``changes``."""
        config = {**config_of("amd64"), **changes}
        return push_image(self.app, "v1", {key: value for key, value in config.items() if value is not None})

    def multi(self, name: str = "multi", annotations: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})) -> IndexManifest:
        """Push images for two platforms and their index."""
        entries = []
        for architecture, noted in zip(("amd64", "arm64"), annotations, strict=True):
            child = push_image(self.app, None, config_of(architecture), noted)
            entries.append(child.descriptor.replace(platform=Platform("linux", architecture)))
        index = IndexManifest.build(manifests=entries)
        self.app.put_manifest(index, name)
        return index


def config_of(architecture: str) -> dict[str, object]:
    """Return the config of an image of two layers, as Go would write it."""
    layers = [images.layer_content(number, architecture) for number in range(2)]
    return {
        "created": LATE,
        "author": "A",
        "architecture": architecture,
        "os": "linux",
        "config": {
            "ExposedPorts": {"80/tcp": {}},
            "Env": ["PATH=/bin", "A=1"],
            "Cmd": ["run"],
            "Volumes": {"/data": {}},
            "Labels": {"arch": architecture, "time": EARLY},
        },
        "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(layer)) for layer in layers]},
        "history": [
            {"created": EARLY, "created_by": "ADD base"},
            {"created": EARLY, "created_by": "ENV A=1", "empty_layer": True},
            {"created": LATE, "created_by": "RUN |2 X=1 Y=2 make"},
        ],
    }


def push_image(
    home: MemoryRepository, name: str | None, config: Mapping[str, object], annotations: Mapping[str, str] = images.NOTHING
) -> ImageManifest:
    """Push an image with a config and the two layers that fit it; the first is the same for every architecture."""
    raw = json.dumps(config, separators=(",", ":")).encode()
    seed = str(config["architecture"])
    layers = [images.blob(home, images.layer_content(number, seed), mediatype.OCI_LAYER) for number in range(2)]
    described = images.blob(home, raw, mediatype.OCI_CONFIG)
    manifest = ImageManifest.build(config=described, layers=layers, annotations=annotations)
    home.put_manifest(manifest, name)
    return manifest


def config_in(home: MemoryRepository, manifest: Manifest) -> ImageConfig:
    """Return the config of an image."""
    assert isinstance(manifest, ImageManifest)
    return read_config(home, manifest.config)


def child_of(home: MemoryRepository, index: Manifest, position: int) -> Manifest:
    """Return the manifest of an entry."""
    assert isinstance(index, IndexManifest)
    return home.get_manifest(index.manifests[position].digest)


def reaches_all(home: MemoryRepository, manifest: Manifest) -> bool:
    """Whether everything below a manifest is in the repository."""
    blobs: Callable[[Descriptor], bool] = lambda blob: home.stat_blob(blob) is not None  # noqa: E731 - one line
    if isinstance(manifest, IndexManifest):
        return all(reaches_all(home, home.get_manifest(entry.digest)) for entry in manifest.manifests)
    assert isinstance(manifest, ImageManifest)
    return all(map(blobs, (manifest.config, *manifest.layers)))
