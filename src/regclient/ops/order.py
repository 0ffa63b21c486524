"""In which order the manifests of a copy are pushed. Pure: from what a survey found to the waves of a plan.

*Hard* edges lead from a manifest to its content, which must be there first; digests allow no cycle among them. *Soft* edges
lead to its referrers and digest tags, which should be there first, so that a tag seen is a copy finished; these may lead
back to where they came from. Where they do, the content is pushed under its digest early, and its name comes last all the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from regclient.errors import LoopDetected

K = TypeVar("K", bound=Hashable)
M = TypeVar("M")


@dataclass(slots=True)
class Vertex(Generic[K, M]):
    """One manifest at one target: its edges, and the pushes it needs.

    ``names`` are the tags (or the digest asked for) it must be written under, the one that goes last first; ``missing``: its
    content is not there, under whatever name.
    """

    hard: list[K] = field(default_factory=list)
    soft: list[K] = field(default_factory=list)
    names: list[M] = field(default_factory=list)
    missing: bool = False


class Write(NamedTuple, Generic[K, M]):
    """One push: which vertex, under which name (None: as a child), in which wave."""

    key: K
    name: M | None
    wave: int


class _Stage(Enum):
    """What the visit of a vertex is at: its content, what belongs beside it, or nothing any more."""

    HARD = 1
    SOFT = 2
    DONE = 3


def ordered(graph: Mapping[K, Vertex[K, M]], root: K) -> list[Write[K, M]]:
    """Return the pushes for everything that ``root`` leads to; those of one wave need none of each other.

    Raises:
        LoopDetected: content that contains itself, which honest digests cannot.
    """
    return list(_Order(graph).run(root))


class _Order(Generic[K, M]):
    """A depth-first visit with its own stack, so that a hostile graph costs memory and not the interpreter's stack."""

    def __init__(self, graph: Mapping[K, Vertex[K, M]]) -> None:
        self._graph = graph
        self._stage: dict[K, _Stage] = {}
        self._beside = {key: list(vertex.soft) for key, vertex in graph.items()}
        self._pushed: dict[K, int] = {}
        self._finished: dict[K, int] = {}
        self._writes: list[Write[K, M]] = []

    def run(self, root: K) -> list[Write[K, M]]:
        stack = [self._visit(root)]
        while stack:
            deeper = next(stack[-1], None)
            if deeper is None:
                stack.pop()
            else:
                stack.append(self._visit(deeper))
        return self._writes

    def _visit(self, key: K) -> Iterator[K]:
        """Visit one vertex; yields each vertex that must be visited before it goes on."""
        vertex = self._graph[key]
        self._stage[key] = _Stage.HARD
        for below in vertex.hard:
            if below not in self._stage:
                yield below
            self._need_pushed(below)
        self._stage[key] = _Stage.SOFT
        for beside in self._beside[key]:
            host = self._must_wait_for(beside)
            if host is not None:
                self._beside[host].append(beside)
            elif beside not in self._stage:
                yield beside
        self._finish(key, vertex)
        self._stage[key] = _Stage.DONE

    def _need_pushed(self, key: K) -> None:
        """Push the content of a vertex that still waits for what is beside it, because a parent needs it now."""
        if self._stage[key] is _Stage.HARD:
            raise LoopDetected(key)
        if key in self._finished or key in self._pushed:
            return
        vertex, wave = self._graph[key], self._content_wave(key)
        self._pushed[key] = self._write(key, None, wave) if vertex.missing else wave

    def _must_wait_for(self, key: K) -> K | None:
        """Return a vertex whose content is not complete yet although ``key`` contains it; that one adopts ``key``."""
        todo, seen = [key], {key}
        while todo:
            current = todo.pop()
            stage = self._stage.get(current)
            if stage is _Stage.HARD:
                return current
            if stage is None:
                fresh = [below for below in self._graph[current].hard if below not in seen]
                seen.update(fresh)
                todo.extend(fresh)
        return None

    def _finish(self, key: K, vertex: Vertex[K, M]) -> None:
        besides = (self._finished.get(beside, -1) for beside in self._beside[key])
        wave = max(self._content_wave(key), self._pushed.get(key, -1), *besides)
        names: list[M | None] = list(reversed(vertex.names))
        if not names and vertex.missing and key not in self._pushed:
            names = [None]
        for name in names:
            wave = self._write(key, name, wave)
        self._finished[key] = wave

    def _content_wave(self, key: K) -> int:
        hard = self._graph[key].hard
        return max((self._finished.get(below, self._pushed.get(below, -1)) for below in hard), default=-1)

    def _write(self, key: K, name: M | None, after: int) -> int:
        self._writes.append(Write(key, name, after + 1))
        return after + 1
