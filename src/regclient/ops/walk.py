"""Walking graphs of manifests: breadth first, each one once, a level at a time in parallel.

What a node is, what a visit learns and where it leads is the caller's business; here is the order, the *seen* set that makes
cycles harmless, and the limit on depth that makes hostile graphs harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from regclient.concurrency import Workers
from regclient.errors import Unsupported
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import Manifest, parse_manifest
from regclient.repository import Name, Repository

N = TypeVar("N")
R = TypeVar("R")

MAX_DEPTH = 128
"""No honest graph is deeper: indexes of indexes of indexes are three."""


def breadth_first(
    start: Iterable[N],
    visit: Callable[[N], R],
    follow: Callable[[N, R], Iterable[N]],
    key: Callable[[N], Hashable],
    workers: Workers,
) -> Iterator[tuple[N, R]]:
    """Yield every node with what its visit returned, level by level and in order within a level.

    ``visit`` runs in the workers, ``follow`` in the caller, after the whole level was visited. Nodes of one ``key`` are
    one node.

    Raises:
        Unsupported: the graph is deeper than :data:`MAX_DEPTH`.
        Exception: what ``visit`` or ``follow`` raised.
    """
    seen: set[Hashable] = set()
    level = _fresh(start, key, seen)
    for _ in range(MAX_DEPTH):
        if not level:
            return
        found = list(zip(level, workers.map(visit, level), strict=True))
        yield from found
        level = _fresh((following for node, result in found for following in follow(node, result)), key, seen)
    if level:
        raise Unsupported(f"manifests nest deeper than {MAX_DEPTH} levels")


def walk_manifests(repository: Repository, name: Name, workers: Workers) -> Iterator[Manifest]:
    """Yield the manifest called ``name`` and every manifest below it, each once; entries of unknown types are not followed.

    Raises:
        ManifestNotFound: one is not there.
    """
    top = repository.get_manifest(name)

    def visit(entry: Descriptor) -> Manifest:
        return top if entry.digest == top.digest else read_manifest(repository, entry)

    def follow(_: Descriptor, manifest: Manifest) -> Iterable[Descriptor]:
        return children_of(manifest).manifests

    for _, manifest in breadth_first([top.descriptor], visit, follow, lambda entry: entry.digest, workers):
        yield manifest


def read_manifest(repository: Repository, entry: Descriptor) -> Manifest:
    """Return the manifest a descriptor names: from the copy it carries along when that is good, else from the repository.

    Raises:
        ManifestNotFound: it is not there.
    """
    inline = entry.inline
    if inline is not None:
        return parse_manifest(inline, expect=entry)
    return repository.get_manifest(entry.digest)


def _fresh(nodes: Iterable[N], key: Callable[[N], Hashable], seen: set[Hashable]) -> list[N]:
    fresh = []
    for node in nodes:
        name = key(node)
        if name not in seen:
            seen.add(name)
            fresh.append(node)
    return fresh
