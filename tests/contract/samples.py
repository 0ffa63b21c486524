"""Small content for tests of repositories: blobs, images, indexes and artifacts that name each other."""

from __future__ import annotations

import io
from collections.abc import Mapping

from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor
from regclient.model.manifest import ImageManifest, IndexManifest, Manifest
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER
from regclient.repository import Name, Repository

CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'


def put(repository: Repository, content: bytes, media_type: str = OCI_LAYER, algorithm: str = "sha256") -> Descriptor:
    """Store a blob."""
    return repository.put_blob(io.BytesIO(content), Descriptor.of(content, media_type, algorithm))


def read(repository: Repository, blob: Descriptor) -> bytes:
    """Read a blob to its verified end."""
    with repository.open_blob(blob) as stream:
        return stream.read()


def image(
    repository: Repository | None,
    text: str = "layer",
    *,
    subject: Descriptor | None = None,
    artifact_type: str = "",
    annotations: Mapping[str, str] = NO_ANNOTATIONS,
    algorithm: str = "sha256",
) -> ImageManifest:
    """Build an image of one layer; its blobs are stored when there is a repository to store them in."""
    contents = [(CONFIG, OCI_CONFIG), (text.encode(), OCI_LAYER)]
    config, layer = (Descriptor.of(content, media_type, algorithm) for content, media_type in contents)
    if repository is not None:
        for content, media_type in contents:
            put(repository, content, media_type, algorithm)
    return ImageManifest.build(
        config=config,
        layers=[layer],
        subject=subject,
        artifact_type=artifact_type,
        annotations=annotations,
        algorithm=algorithm,
    )


def push(repository: Repository, name: Name | None, text: str = "layer", *, subject: Descriptor | None = None) -> Manifest:
    """Store an image with its blobs."""
    manifest = image(repository, text, subject=subject)
    repository.put_manifest(manifest, name)
    return manifest


def index_of(*manifests: Manifest) -> IndexManifest:
    """Build an index of manifests."""
    return IndexManifest.build(manifests=[manifest.descriptor for manifest in manifests])
