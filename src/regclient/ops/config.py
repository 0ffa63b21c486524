"""The config of an image: what it runs, found from its name and a platform."""

from __future__ import annotations

from regclient.errors import NotAnImage, SizeLimitExceeded, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.headers import NO_HEADERS
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import ImageManifest
from regclient.model.platform import Platform
from regclient.ops.select import get_manifest
from regclient.repository import CameOverTheWire, Name, Repository

MAX_CONFIG = 8 * 1024 * 1024
CONFIG_TYPES = frozenset({mediatype.OCI_CONFIG, mediatype.DOCKER_CONFIG})


def image_config(repository: Repository, name: Name, platform: Platform) -> ImageConfig:
    """Read the config of an image, of the best one for ``platform`` when the name means an index.

    Raises:
        NotAnImage: it is an artifact, whose config is not an image's.
        PlatformNotFound: no entry of an index runs on the platform.
    """
    manifest = get_manifest(repository, name, platform)
    if not isinstance(manifest, ImageManifest):
        raise UnsupportedMediaType(manifest.media_type, "only images have a config")
    if manifest.config.media_type not in CONFIG_TYPES:
        raise NotAnImage(manifest.config.media_type)
    return read_config(repository, manifest.config)


def read_config(repository: Repository, blob: Descriptor) -> ImageConfig:
    """Read a blob as the config of an image.

    Raises:
        SizeLimitExceeded: it is far larger than any config.
        InvalidManifest: it is not one.
    """
    with repository.open_blob(blob) as content:
        raw = content.read(MAX_CONFIG)
        if content.read(1):
            raise SizeLimitExceeded(MAX_CONFIG, f"config {blob.digest}")
        headers = content.headers if isinstance(content, CameOverTheWire) else NO_HEADERS
    return ImageConfig.parse(raw, descriptor=blob, headers=headers)
