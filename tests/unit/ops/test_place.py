from __future__ import annotations

import pytest

from regclient.errors import DigestMismatch
from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.ops.place import check_promise, put_in_place
from tests.fakes import images

OTHER = Digest.of(b"something else")


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository(Reference.parse("example.com/app"))


def test_a_manifest_gets_its_name_when_it_is_what_was_promised(repository: MemoryRepository) -> None:
    manifest = images.image(repository)

    put_in_place(repository, manifest, "kept", manifest.digest)
    put_in_place(repository, manifest, "free")

    assert manifest.digest == repository.resolve("kept").digest == repository.resolve("free").digest


def test_another_than_was_promised_is_not_put(repository: MemoryRepository) -> None:
    manifest = images.image(repository)

    with pytest.raises(DigestMismatch, match=str(OTHER)):
        put_in_place(repository, manifest, "kept", OTHER)

    assert "kept" not in repository.tags().tags


def test_a_promise_may_be_made_with_another_algorithm(repository: MemoryRepository) -> None:
    manifest = images.image(repository)

    check_promise(manifest, Digest.of(manifest.raw, "sha512"))
    check_promise(manifest, None)
    with pytest.raises(DigestMismatch):
        check_promise(manifest, Digest.of(b"", "sha512"))
