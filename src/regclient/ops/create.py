"""Making an image of nothing: a config and no layers, to build on."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping

from regclient.errors import UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import NO_ANNOTATIONS
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.model.platform import Platform
from regclient.ops.place import put_in_place
from regclient.repository import Name, Repository

CONFIG_TYPES: Mapping[str, str] = {
    mediatype.OCI_MANIFEST: mediatype.OCI_CONFIG,
    mediatype.DOCKER_MANIFEST: mediatype.DOCKER_CONFIG,
}
"""The types of manifest that can be made, each with that of its config."""


def create_image(  # noqa: PLR0913 - what an image says of itself
    repository: Repository,
    name: Name | None = None,
    *,
    promised: Digest | None = None,
    media_type: str = mediatype.OCI_MANIFEST,
    created: str = "",
    platform: Platform | None = None,
    labels: Mapping[str, str] = NO_ANNOTATIONS,
    annotations: Mapping[str, str] = NO_ANNOTATIONS,
) -> ImageManifest:
    """Push an image without layers under ``name`` (None: its own digest) and return its manifest.

    ``created`` is RFC 3339 text; ``promised`` is the digest the image must have.

    Raises:
        UnsupportedMediaType: ``media_type`` is not that of an image.
        DigestMismatch: ``name`` is a digest, or one is ``promised``, and not that of the image.
    """
    if media_type not in CONFIG_TYPES:
        raise UnsupportedMediaType(media_type, "not the type of an image")
    config = ImageConfig.build(
        media_type=CONFIG_TYPES[media_type], created=created, platform=platform or Platform(), labels=labels
    )
    draft = ImageManifest.build(config=config.descriptor, media_type=media_type, annotations=annotations)
    # Go writes the list that was never made as null.
    manifest = dataclasses.replace(draft, listed=False).sealed()
    repository.put_blob(io.BytesIO(config.raw), config.descriptor)
    put_in_place(repository, manifest, manifest.digest if name is None else name, promised)
    return manifest
