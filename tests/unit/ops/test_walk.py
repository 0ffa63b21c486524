"""Breadth first, each node once, hostile depth refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regclient.concurrency import Workers
from regclient.errors import ManifestNotFound, Unsupported
from regclient.memory import MemoryRepository
from regclient.ops.walk import MAX_DEPTH, breadth_first, read_manifest, walk_manifests
from tests.fakes import images


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2) as group:
        yield group


def test_nodes_come_level_by_level_and_each_once_although_they_lead_to_each_other(workers: Workers) -> None:
    visits = list[int]()

    def visit(node: int) -> str:
        visits.append(node)
        return str(node)

    def follow(node: int, result: str) -> list[int]:
        assert result == str(node)
        return [2 * node, 2 * node + 1, 1]

    walked = breadth_first([1], visit, lambda node, text: follow(node, text) if node < 4 else [], lambda node: node, workers)
    assert [(n, str(n)) for n in (1, 2, 3, 4, 5, 6, 7)] == list(walked)
    assert sorted(visits) == [1, 2, 3, 4, 5, 6, 7]


def test_a_graph_without_an_end_is_refused(workers: Workers) -> None:
    walked = breadth_first([0], lambda node: node, lambda node, _: [node + 1], lambda node: node, workers)
    with pytest.raises(Unsupported, match=str(MAX_DEPTH)):
        list(walked)


def test_manifests_are_walked_once_each_from_the_top(workers: Workers) -> None:
    repository = MemoryRepository()
    index = images.nested_index(repository)
    inner = index.manifests[0].digest
    walked = [manifest.digest for manifest in walk_manifests(repository, "latest", workers)]
    assert [index.digest, inner, index.manifests[1].digest] == walked[:3]
    assert len(walked) == 5
    assert len(set(walked)) == 5


def test_a_copy_that_a_descriptor_carries_along_is_used_only_when_it_is_good() -> None:
    repository = MemoryRepository()
    image = images.image(repository)
    empty = MemoryRepository()
    assert image.raw == read_manifest(empty, image.descriptor.replace(data=image.raw)).raw
    with pytest.raises(ManifestNotFound):
        read_manifest(empty, image.descriptor.replace(data=b"evil"))
    assert image.raw == read_manifest(repository, image.descriptor.replace(data=b"evil")).raw
