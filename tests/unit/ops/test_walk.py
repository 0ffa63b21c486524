"""Breadth first, each node once, hostile depth refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regclient.concurrency import Workers
from regclient.errors import Unsupported
from regclient.ops.walk import MAX_DEPTH, breadth_first


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
