from __future__ import annotations

import json

import pytest

from regclient.errors import DigestMismatch, UnsupportedMediaType
from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.model.mediatype import DOCKER_CONFIG, DOCKER_MANIFEST
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.config import read_config
from regclient.ops.create import create_image


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository(Reference.parse("example.com/app"))


def test_an_image_of_nothing_has_the_bytes_the_go_program_gives_it(repository: MemoryRepository) -> None:
    manifest = create_image(repository, "v1")

    assert "sha256:98d90749727fff1c2b1c7aa74a72afe536bcb05d0074b1d748cd368e9de6dbca" == str(manifest.digest)
    assert manifest.raw == repository.get_manifest("v1").raw
    expected = b'{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}}'
    assert expected == read_config(repository, manifest.config).raw


def test_what_is_said_of_it_is_in_its_config_and_its_annotations(repository: MemoryRepository) -> None:
    platform = Platform("linux", "arm", "v7")
    manifest = create_image(
        repository, created="2024-01-02T03:04:05Z", platform=platform, labels={"l": "1"}, annotations={"a": "2"}
    )

    config = read_config(repository, manifest.config)
    assert ("2024-01-02T03:04:05Z", platform, {"l": "1"}) == (config.created, config.platform, dict(config.labels))
    assert {"a": "2"} == json.loads(manifest.raw)["annotations"]
    assert manifest.raw == repository.get_manifest(manifest.digest).raw


def test_docker_has_types_of_its_own_and_others_are_refused(repository: MemoryRepository) -> None:
    manifest = create_image(repository, "v1", media_type=DOCKER_MANIFEST)

    assert (DOCKER_MANIFEST, DOCKER_CONFIG) == (manifest.media_type, manifest.config.media_type)
    with pytest.raises(UnsupportedMediaType):
        create_image(repository, "v1", media_type="application/x")


def test_a_digest_it_does_not_have_is_no_name_for_it(repository: MemoryRepository) -> None:
    with pytest.raises(DigestMismatch):
        create_image(repository, Digest.of(b"other"))
