"""Random graphs of manifests: indexes in indexes, artifacts with subjects, digest tags that lead anywhere."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.referrers import fallback_tag
from regclient.repository import Repository

PLATFORMS = (None, Platform("linux", "amd64"), Platform("linux", "arm64"))


@dataclass(frozen=True)
class Step:
    """One manifest of a random graph; numbers point at earlier ones, modulo how many there are.

    ``tag_of`` may point at a later manifest as well: then digest tags lead in circles.
    """

    kind: str
    below: tuple[int, ...]
    subject: int | None
    tag_of: int | None


def random_steps(chance: random.Random) -> list[Step]:
    """Make up a graph."""

    def maybe(limit: int) -> int | None:
        return chance.randrange(limit) if chance.random() < 0.4 else None

    return [
        Step(
            chance.choice(["image", "image", "index"]),
            tuple(chance.randrange(20) for _ in range(chance.randrange(5))),
            maybe(20),
            maybe(40),
        )
        for _ in range(chance.randrange(1, 12))
    ]


def built(repository: Repository, steps: Sequence[Step]) -> list[Manifest]:
    """Push a graph, children before their parents; the last manifest is the one tagged ``top``."""
    made: list[Manifest] = []
    for number, step in enumerate(steps):
        manifest = _manifest(repository, number, step, made)
        repository.put_manifest(manifest, manifest.digest)
        made.append(manifest)
    for step, manifest in zip(steps, made, strict=True):
        if step.tag_of is not None:
            owner = made[step.tag_of % len(made)]
            repository.put_manifest(manifest, f"{fallback_tag(owner.digest)}.{manifest.digest.hex[:6]}")
    repository.put_manifest(made[-1], "top")
    return made


def _manifest(repository: Repository, number: int, step: Step, made: Sequence[Manifest]) -> Manifest:
    subject = made[step.subject % len(made)].descriptor if step.subject is not None and made else None
    named = Descriptor(subject.media_type, subject.digest, subject.size) if subject else None
    if step.kind == "index":
        children = [made[below % len(made)] for below in step.below if made]
        entries = [child.descriptor.replace(platform=PLATFORMS[at % 3]) for at, child in enumerate(children)]
        return IndexManifest.build(manifests=entries, subject=named, annotations={"n": str(number)})
    blobs = [_pushed(repository, f"blob {below % 5}") for below in step.below]
    config = _pushed(repository, f"config {number}")
    return ImageManifest.build(config=config, layers=blobs, subject=named, artifact_type="application/x-random")


def _pushed(repository: Repository, text: str) -> Descriptor:
    content = text.encode()
    return repository.put_blob(io.BytesIO(content), Descriptor.of(content, mediatype.OCI_LAYER))
