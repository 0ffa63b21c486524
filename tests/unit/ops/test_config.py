"""The config of an image, of the platform asked for, and of nothing else."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest, ManifestNotFound, SizeLimitExceeded, UnsupportedMediaType
from regclient.memory import MemoryRepository
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.config import MAX_CONFIG, image_config, read_config
from regclient.remote.repository import RemoteRepository
from tests.fakes import images
from tests.fakes.registry import FakeRegistry

ARM64 = Platform.parse("linux/arm64")


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def app(registry: FakeRegistry) -> RemoteRepository:
    return RemoteRepository(Reference.parse("registry.example/app"), registry.transport)


def test_the_config_of_an_image_costs_two_requests_and_of_an_index_three(registry: FakeRegistry, app: RemoteRepository) -> None:
    images.index(registry.repository("app"))
    images.image(registry.repository("app"), "single")
    assert image_config(app, "latest", ARM64).platform.architecture == "arm64"
    assert {"GET manifests": 2, "GET blobs": 1} == registry.counts()
    registry.forget()
    assert image_config(app, "single", ARM64).platform.architecture == "amd64"
    assert {"GET manifests": 1, "GET blobs": 1} == registry.counts()


def test_a_missing_tag_has_no_config() -> None:
    with pytest.raises(ManifestNotFound):
        image_config(MemoryRepository(), "nope", ARM64)


def test_an_artifact_and_old_images_have_no_config_of_an_image() -> None:
    repository = MemoryRepository()
    images.artifact(repository, name="sbom")
    images.schema1(repository, "old")
    for tag in ("sbom", "old"):
        with pytest.raises(UnsupportedMediaType):
            image_config(repository, tag, ARM64)


def test_a_config_is_bounded_and_must_be_one() -> None:
    repository = MemoryRepository()
    with pytest.raises(SizeLimitExceeded):
        read_config(repository, images.blob(repository, b" " * (MAX_CONFIG + 1)))
    with pytest.raises(InvalidManifest):
        read_config(repository, images.blob(repository, b"[]"))
