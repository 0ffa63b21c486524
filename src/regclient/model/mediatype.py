"""Media types: the names content goes by, and the questions asked about them.

Docker's types and OCI's name the same shapes; :func:`to_oci` is the one place that pairs them. Names are those of
https://github.com/opencontainers/image-spec/blob/main/media-types.md and of Docker's image manifest v2 schemas.
"""

from __future__ import annotations

import re

DOCKER_SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json"
DOCKER_SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
DOCKER_LAYER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd"
DOCKER_FOREIGN_LAYER = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
DOCKER_PREFIX = "application/vnd.docker."

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
OCI_FOREIGN_LAYER = "application/vnd.oci.image.layer.nondistributable.v1.tar"
OCI_FOREIGN_LAYER_GZIP = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
OCI_FOREIGN_LAYER_ZSTD = "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
OCI_LAYOUT_HEADER = "application/vnd.oci.layout.header.v1+json"

BUILDKIT_CACHE = "application/vnd.buildkit.cacheconfig.v0"
OCTET_STREAM = "application/octet-stream"

MANIFEST_ACCEPT = (
    OCI_INDEX,
    OCI_MANIFEST,
    DOCKER_LIST,
    DOCKER_MANIFEST,
    DOCKER_SCHEMA1_SIGNED,
    DOCKER_SCHEMA1,
    OCI_ARTIFACT,
)
"""Every manifest type we read, in the order a request's ``Accept`` names them."""

INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})
IMAGES = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
SCHEMA1 = frozenset({DOCKER_SCHEMA1, DOCKER_SCHEMA1_SIGNED})
MANIFESTS = frozenset(MANIFEST_ACCEPT)
CONFIGS = frozenset({OCI_CONFIG, DOCKER_CONFIG, OCI_EMPTY, BUILDKIT_CACHE})
FOREIGN_LAYERS = frozenset({DOCKER_FOREIGN_LAYER, OCI_FOREIGN_LAYER, OCI_FOREIGN_LAYER_GZIP, OCI_FOREIGN_LAYER_ZSTD})
LAYERS = FOREIGN_LAYERS | {
    DOCKER_LAYER,
    DOCKER_LAYER_GZIP,
    DOCKER_LAYER_ZSTD,
    OCI_LAYER,
    OCI_LAYER_GZIP,
    OCI_LAYER_ZSTD,
}

_TO_OCI = {
    DOCKER_LIST: OCI_INDEX,
    DOCKER_MANIFEST: OCI_MANIFEST,
    DOCKER_CONFIG: OCI_CONFIG,
    DOCKER_LAYER: OCI_LAYER,
    DOCKER_LAYER_GZIP: OCI_LAYER_GZIP,
    DOCKER_LAYER_ZSTD: OCI_LAYER_ZSTD,
}
_TO_DOCKER = {oci: docker for docker, oci in _TO_OCI.items()}
_ORDINARY = {
    DOCKER_FOREIGN_LAYER: DOCKER_LAYER_GZIP,
    OCI_FOREIGN_LAYER: OCI_LAYER,
    OCI_FOREIGN_LAYER_GZIP: OCI_LAYER_GZIP,
    OCI_FOREIGN_LAYER_ZSTD: OCI_LAYER_ZSTD,
}
_COMPRESSED = (
    {"none": OCI_LAYER, "gzip": OCI_LAYER_GZIP, "zstd": OCI_LAYER_ZSTD},
    {"none": DOCKER_LAYER, "gzip": DOCKER_LAYER_GZIP, "zstd": DOCKER_LAYER_ZSTD},
)
_NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"


def base(header: str) -> str:
    """Return the type in a ``Content-Type`` value without its parameters, lower-cased."""
    return header.partition(";")[0].strip().lower()


def is_valid(media_type: str) -> bool:
    """Whether this is ``type/subtype`` of RFC 6838, without parameters; asked of what a user typed."""
    return re.fullmatch(f"{_NAME}/{_NAME}", media_type) is not None


def is_manifest(media_type: str) -> bool:
    """Whether this names a manifest of any kind, indexes included."""
    return media_type in MANIFESTS


def is_index(media_type: str) -> bool:
    """Whether this names a list of manifests: an OCI index or a Docker manifest list."""
    return media_type in INDEXES


def is_image(media_type: str) -> bool:
    """Whether this names an image manifest of OCI or of Docker's second schema."""
    return media_type in IMAGES


def is_layer(media_type: str) -> bool:
    """Whether this names a layer of a file system, foreign ones included."""
    return media_type in LAYERS


def is_blob(media_type: str) -> bool:
    """Whether this names something that is stored as a blob: a config or a layer."""
    return media_type in LAYERS or media_type in CONFIGS


def is_docker(media_type: str) -> bool:
    """Whether the name is in Docker's tree, known or not."""
    return media_type.startswith(DOCKER_PREFIX)


def to_oci(media_type: str) -> str:
    """Return OCI's name for a Docker type; a type without a counterpart stays as it is (foreign layers do)."""
    return _TO_OCI.get(media_type, media_type)


def to_docker(media_type: str) -> str:
    """Return Docker's name for an OCI type; a type without a counterpart stays as it is."""
    return _TO_DOCKER.get(media_type, media_type)


def ordinary_layer(media_type: str) -> str:
    """Return the type of the layer that a foreign one is once it is kept here; others stay as they are."""
    return _ORDINARY.get(media_type, media_type)


def layer_compression(media_type: str) -> str:
    """Return how a layer of this type is compressed, ``none``, ``gzip`` or ``zstd``; empty for a type we cannot write."""
    return next((how for family in _COMPRESSED for how, name in family.items() if name == media_type), "")


def with_compression(media_type: str, how: str) -> str:
    """Return the type of the same family for a layer compressed in another way; what is no layer stays as it is."""
    family = next((family for family in _COMPRESSED if media_type in family.values()), {})
    return family.get(how, media_type)
