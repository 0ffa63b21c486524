"""Sample content for any repository: small, deterministic, and of every shape that clients meet.

Everything is pushed through the contract, so a builder works on each home. ``name`` is a tag or a digest, None for a child that
only its parent names. ``seed`` makes content that differs from other content.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence

from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.platform import Platform
from regclient.model.referrers import fallback_tag
from regclient.model.schema1 import Schema1Manifest
from regclient.repository import Name, Repository

SBOM = "application/vnd.example.sbom.v1"
NOTHING: Mapping[str, str] = {}


def blob(
    repository: Repository, content: bytes, media_type: str = mediatype.OCTET_STREAM, algorithm: str = "sha256"
) -> Descriptor:
    """Push a blob."""
    return repository.put_blob(io.BytesIO(content), Descriptor.of(content, media_type, algorithm))


def layer_content(number: int, seed: str = "", platform: str = "") -> bytes:
    """The bytes of a layer of :func:`image`; layer 0 is the same on every platform."""
    return f"layer {number} of {seed or 'image'} {platform if number else ''}\n".encode() * 40


def image(
    repository: Repository,
    name: Name | None = "latest",
    *,
    layers: int = 2,
    platform: str = "linux/amd64",
    seed: str = "",
    docker: bool = False,
    annotations: Mapping[str, str] = NOTHING,
    algorithm: str = "sha256",
) -> ImageManifest:
    """Push an image with a config and so many layers."""
    wanted = Platform.parse(platform)
    config_type = mediatype.DOCKER_CONFIG if docker else mediatype.OCI_CONFIG
    layer_type = mediatype.DOCKER_LAYER_GZIP if docker else mediatype.OCI_LAYER_GZIP
    contents = [layer_content(number, seed, platform) for number in range(layers)]
    pushed = [blob(repository, content, layer_type, algorithm) for content in contents]
    document = {
        "created": "2024-01-02T03:04:05Z",
        "architecture": wanted.architecture,
        "os": wanted.os,
        **({"variant": wanted.variant} if wanted.variant else {}),
        "config": {"Env": ["PATH=/bin"], "Labels": {"seed": seed}},
        "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(content)) for content in contents]},
        "history": [{"created": "2024-01-02T03:04:05Z", "created_by": f"layer {number}"} for number in range(layers)],
    }
    config = blob(repository, json.dumps(document, separators=(",", ":")).encode(), config_type, algorithm)
    manifest = ImageManifest.build(
        config=config,
        layers=pushed,
        media_type=mediatype.DOCKER_MANIFEST if docker else mediatype.OCI_MANIFEST,
        annotations=annotations,
        algorithm=algorithm,
    )
    repository.put_manifest(manifest, name)
    return manifest


def index(
    repository: Repository,
    name: Name | None = "latest",
    *,
    platforms: Sequence[str] = ("linux/amd64", "linux/arm64"),
    layers: int = 2,
    seed: str = "",
    docker: bool = False,
    children: Sequence[Manifest] = (),
) -> IndexManifest:
    """Push an index with an image for each platform, which share their first layer, and then ``children`` as they are."""
    entries = []
    for platform in platforms:
        child = image(repository, None, layers=layers, platform=platform, seed=seed, docker=docker)
        entries.append(child.descriptor.replace(platform=Platform.parse(platform)))
    entries += [child.descriptor for child in children]
    manifest = IndexManifest.build(manifests=entries, media_type=mediatype.DOCKER_LIST if docker else mediatype.OCI_INDEX)
    repository.put_manifest(manifest, name)
    return manifest


def nested_index(repository: Repository, name: Name | None = "latest", *, seed: str = "") -> IndexManifest:
    """Push an index that holds an index and an image."""
    inner = index(repository, None, seed=f"{seed}inner")
    outer = image(repository, None, seed=f"{seed}outer")
    return index(repository, name, platforms=(), children=(inner, outer))


def sparse_index(repository: Repository, name: Name | None = "latest", *, seed: str = "") -> IndexManifest:
    """Push an index of which only the first image is there."""
    here = image(repository, None, seed=seed)
    missing = Descriptor.of(f"missing {seed}".encode(), mediatype.OCI_MANIFEST).replace(platform=Platform.parse("linux/arm64"))
    entries = (here.descriptor.replace(platform=Platform.parse("linux/amd64")), missing)
    manifest = IndexManifest.build(manifests=entries)
    repository.put_manifest(manifest, name)
    return manifest


def artifact(
    repository: Repository,
    subject: Manifest | Descriptor | None = None,
    name: Name | None = None,
    *,
    artifact_type: str = SBOM,
    content: bytes = b"an artifact",
    annotations: Mapping[str, str] = NOTHING,
) -> ImageManifest:
    """Push an artifact packed as an image, attached to a subject when there is one; stored by its digest unless named."""
    described = subject.descriptor if isinstance(subject, Manifest) else subject
    manifest = ImageManifest.build(
        config=repository.put_blob(io.BytesIO(b"{}"), EMPTY),
        layers=[blob(repository, content, "text/plain")],
        artifact_type=artifact_type,
        subject=Descriptor(described.media_type, described.digest, described.size) if described is not None else None,
        annotations=annotations,
    )
    repository.put_manifest(manifest, name if name is not None else manifest.digest)
    return manifest


def digest_tag(repository: Repository, subject: Manifest, suffix: str = ".sig", *, seed: str = "") -> ImageManifest:
    """Push an image under the tag that cosign gives to what belongs to ``subject``."""
    return image(repository, fallback_tag(subject.digest) + suffix, layers=1, seed=f"{suffix}{seed}")


def cycle(repository: Repository, name: str = "latest") -> tuple[ImageManifest, IndexManifest]:
    """Push an image whose digest tag is an index that holds that image and is its own digest tag."""
    child = image(repository, name, seed="cycle")
    parent = index(repository, f"{fallback_tag(child.digest)}.loop", platforms=(), children=(child,))
    repository.put_manifest(parent, f"{fallback_tag(parent.digest)}.loop")
    return child, parent


def referrer_cycle(repository: Repository, name: str = "latest") -> tuple[ImageManifest, ImageManifest]:
    """Push an artifact of an image, under a digest tag of its own that leads back to the image."""
    subject = image(repository, name, seed="referrer cycle")
    attached = artifact(repository, subject)
    repository.put_manifest(subject, f"{fallback_tag(attached.digest)}.back")
    return subject, attached


def external_image(
    repository: Repository, name: Name | None = "latest", *, url: str = "https://files.example/l"
) -> ImageManifest:
    """Push an image with a foreign layer that is not in the repository."""
    base = image(repository, None, layers=1)
    foreign = Descriptor.of(b"far away", mediatype.OCI_FOREIGN_LAYER_GZIP).replace(urls=(url,))
    manifest = base.replace(layers=(*base.layers, foreign))
    repository.put_manifest(manifest, name)
    return manifest


def schema1(repository: Repository, name: Name | None = "latest", *, signed: bool = False) -> Schema1Manifest:
    """Push an image of Docker's first schema with two layers; the signature of a signed one proves nothing."""
    layers = [blob(repository, layer_content(number, "schema1")) for number in (1, 0)]
    document = {
        "schemaVersion": 1,
        "name": "library/old",
        "tag": name if isinstance(name, str) else "latest",
        "architecture": "amd64",
        "fsLayers": [{"blobSum": str(layer.digest)} for layer in layers],
        "history": [{"v1Compatibility": json.dumps({"id": f"{number:064x}"})} for number in (1, 0)],
    }
    raw = json.dumps(document, indent=3).encode()
    if signed:
        kept = raw[:-2]
        protected = {"formatLength": len(kept), "formatTail": _base64(b"\n}"), "time": "2024-01-02T03:04:05Z"}
        entry = {"header": {"alg": "none"}, "signature": _base64(b"x"), "protected": _base64(json.dumps(protected).encode())}
        raw = kept + b',\n   "signatures": ' + json.dumps([entry]).encode() + b"\n}"
    manifest = parse_manifest(raw, media_type=mediatype.DOCKER_SCHEMA1_SIGNED if signed else mediatype.DOCKER_SCHEMA1)
    assert isinstance(manifest, Schema1Manifest)
    repository.put_manifest(manifest, name)
    return manifest


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
