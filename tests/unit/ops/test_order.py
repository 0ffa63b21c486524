"""The order of pushes: content first, what belongs beside it next, names last, whatever the graph."""

from __future__ import annotations

import pytest

from regclient.errors import LoopDetected
from regclient.ops.order import Vertex, Write, ordered

Graph = dict[str, Vertex[str, str]]


def shown(graph: Graph, root: str = "root") -> list[str]:
    """The waves, each as its sorted pushes: ``child`` for content alone, ``child=tag`` with a name."""
    writes = ordered(graph, root)
    waves: dict[int, list[str]] = {}
    for write in writes:
        waves.setdefault(write.wave, []).append(write.key + (f"={write.name}" if write.name else ""))
    return [" ".join(sorted(waves[wave])) for wave in sorted(waves)]


def missing(hard: str = "", soft: str = "", names: str = "") -> Vertex[str, str]:
    return Vertex(hard.split(), soft.split(), names.split(), missing=True)


def present(hard: str = "", soft: str = "") -> Vertex[str, str]:
    return Vertex(hard.split(), soft.split())


def test_children_go_together_before_their_parent() -> None:
    assert ["a b", "root=v1"] == shown({"root": missing("a b", names="v1"), "a": missing(), "b": missing()})


def test_referrers_and_digest_tags_go_before_what_they_belong_to() -> None:
    graph = {
        "root": missing("child", "sig tagged", "v1"),
        "child": missing(soft="sbom"),
        "sbom": missing(),
        "sig": missing(),
        "tagged": missing(names="sha256-root"),
    }
    assert ["sbom sig tagged=sha256-root", "child", "root=v1"] == shown(graph)


def test_what_is_there_is_not_pushed_but_what_hangs_below_it_is_and_first() -> None:
    graph = {"root": missing("child", names="v1"), "child": present(soft="sig"), "sig": missing()}
    assert ["sig", "root=v1"] == shown(graph)


def test_shared_content_is_pushed_once() -> None:
    graph = {"root": missing("a b", names="v1"), "a": missing("x"), "b": missing("x"), "x": missing()}
    assert ["x", "a b", "root=v1"] == shown(graph)


def test_nothing_to_do_is_no_wave() -> None:
    assert [] == ordered({"root": present()}, "root")


def test_a_tag_that_leads_back_to_its_own_parent_is_written_after_it_and_before_the_name() -> None:
    # root lists child; a digest tag of child is an index that lists root.
    graph = {"root": missing("child", names="v1"), "child": missing(soft="loop"), "loop": missing("root", names="sha256-child")}
    assert ["child", "root", "loop=sha256-child", "root=v1"] == shown(graph)


def test_an_index_of_a_digest_tag_waits_for_the_manifest_it_belongs_to() -> None:
    graph = {"root": missing(soft="loop", names="v1"), "loop": missing("root", names="sha256-root")}
    assert ["root", "loop=sha256-root", "root=v1"] == shown(graph)


def test_two_manifests_beside_each_other_are_each_pushed_once() -> None:
    graph = {"root": missing(soft="a", names="v1"), "a": missing(soft="b"), "b": missing(soft="a")}
    assert ["b", "a", "root=v1"] == shown(graph)


def test_a_digest_tag_on_the_root_itself_goes_before_the_name_asked_for() -> None:
    graph: Graph = {"root": Vertex([], ["root"], ["v1", "sha256-root"], missing=True)}
    assert ["root=sha256-root", "root=v1"] == shown(graph)


def test_content_that_is_there_under_its_digest_still_gets_its_name() -> None:
    graph: Graph = {"root": Vertex(["a"], [], ["v1"], missing=False), "a": Vertex([], ["root"], [], missing=True)}
    assert ["a", "root=v1"] == shown(graph)


def test_content_inside_itself_is_refused() -> None:
    with pytest.raises(LoopDetected):
        ordered({"root": missing("a"), "a": missing("root")}, "root")


def test_a_chain_longer_than_the_interpreters_stack_is_ordered() -> None:
    length = 2000
    chain: dict[int, Vertex[int, str]] = {n: Vertex([], [n + 1], missing=True) for n in range(length)}
    chain[length] = Vertex(missing=True)
    assert [Write(n, None, length - n) for n in range(length, -1, -1)] == ordered(chain, 0)
