"""From what a survey found to a plan: each manifest once at each target, each blob once, and the order of the pushes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from regclient.model.manifest import Manifest
from regclient.ops.copyplan import CopyOptions, CopyPlan, Move, Push
from regclient.ops.order import Vertex, Write, ordered
from regclient.ops.survey import Found, Node, Place, Survey
from regclient.repository import Name, Repository


class Planner:
    """Makes one plan of the nodes a survey visited, the one asked for first."""

    def __init__(self, survey: Survey, visited: Sequence[tuple[Node, Found]]) -> None:
        self._survey = survey
        self._visited = visited
        self._found = {node.place: found for node, found in visited}
        self._graph: dict[Place, Vertex[Place, Name]] = {}
        self._content: dict[Place, tuple[Manifest, Repository]] = {}
        self._judged: set[Place] = set()
        self._moves: dict[Place, Move] = {}

    def plan(self, options: CopyOptions) -> CopyPlan:
        """Return the plan."""
        for node, found in self._visited:
            for blob in self._survey.blobs(found):
                self._moves.setdefault((node.dst.reference, blob.digest), Move(blob, node.src, node.dst))
            if not found.is_blob:
                self._add(node, found)
        root, top = self._visited[0]
        return CopyPlan(
            top=top.descriptor,
            moves=tuple(sorted(self._moves.values(), key=lambda move: -move.blob.size)),
            waves=self._waves(ordered(self._graph, _content_of(root, top))),
            present=tuple(_label(node, found) for node, found in self._visited if not found.missing and not found.is_blob),
            reader=options.reader,
        )

    def _add(self, node: Node, found: Found) -> None:
        place = _content_of(node, found)
        vertex = self._graph.setdefault(place, Vertex())
        vertex.hard += self._content_places(self._survey.below(node, found))
        vertex.soft += self._content_places(self._survey.beside(node, found))
        if found.manifest is not None:
            self._content[place] = found.manifest, node.dst
        if node.dst_name is not None and found.missing:
            vertex.names.append(node.dst_name)
        # A tag that is missing says little of the content; who asked for the digest knows.
        if not isinstance(node.dst_name, str):
            self._judged.add(place)
            vertex.missing = found.missing
        elif place not in self._judged:
            vertex.missing |= found.missing

    def _content_places(self, nodes: Iterable[Node]) -> list[Place]:
        pairs = ((node, self._found[node.place]) for node in nodes)
        return [_content_of(node, found) for node, found in pairs if not found.is_blob]

    def _waves(self, writes: Sequence[Write[Place, Name]]) -> tuple[tuple[Push, ...], ...]:
        waves: list[list[Push]] = [[] for _ in range(max((write.wave for write in writes), default=-1) + 1)]
        for write in writes:
            waves[write.wave].append(Push(*self._content[write.key], write.name))
        return tuple(map(tuple, waves))


def _content_of(node: Node, found: Found) -> Place:
    return node.dst.reference, found.descriptor.digest


def _label(node: Node, found: Found) -> str:
    return str(node.dst_name or found.descriptor.digest)
