"""A repository in a dictionary: what is not in the contract already (see ``tests/contract``)."""

from __future__ import annotations

import pytest

from regclient.errors import SizeLimitExceeded
from regclient.memory import MemoryRepository
from regclient.model.reference import Reference
from regclient.repository import Collects, Mounts
from tests.contract.samples import image, push


def test_the_reference_loses_tag_and_digest() -> None:
    assert "example.com/app" == str(MemoryRepository("example.com/app:v1").reference)
    assert "example.com/app" == str(MemoryRepository(Reference.parse("example.com/app:v1")).reference)


def test_two_objects_are_two_repositories() -> None:
    one, two = MemoryRepository(), MemoryRepository()
    push(one, "v1")

    assert [("v1",), ()] == [one.tags().tags, two.tags().tags]


def test_it_has_no_powers_beyond_the_contract() -> None:
    assert not isinstance(MemoryRepository(), Collects | Mounts)


def test_the_push_limit_can_be_set() -> None:
    with pytest.raises(SizeLimitExceeded):
        MemoryRepository(push_limit=10).put_manifest(image(None), "v1")
    MemoryRepository(push_limit=0).put_manifest(image(None), "v1")


def test_an_empty_repository_lists_no_tags() -> None:
    assert () == MemoryRepository().tags().tags


def test_headers_are_for_the_wire() -> None:
    repository = MemoryRepository()
    push(repository, "v1")

    assert {} == dict(repository.head_manifest("v1").headers)
