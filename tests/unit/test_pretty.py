from __future__ import annotations

from regclient.answers import RepositoryList, TagList
from regclient.model.descriptor import EMPTY
from regclient.model.manifest import IndexManifest
from regclient.pretty import layout, layout_bytes
from regclient.prettygraph import graph_layout


def test_only_some_nouns_have_a_layout() -> None:
    assert None is layout(EMPTY)
    assert None is layout("text")
    assert b"" == layout_bytes(EMPTY)


def test_a_part_of_a_graph_is_laid_out_as_such() -> None:
    index = IndexManifest.build()

    assert graph_layout(index) == layout(index)
    assert (graph_layout(index) or "").encode() == layout_bytes(index)


def test_names_are_sorted_by_their_bytes() -> None:
    assert "A\na\nb\né\n" == layout(TagList("", ("é", "b", "a", "A")))
    assert "" == layout(TagList("", ()))
    assert "a\nb\n" == layout(RepositoryList(("b", "a")))
