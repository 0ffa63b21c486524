"""The tree under a manifest: what an index holds, what refers to each, and what hangs from those in turn.

A tree is shown although the walk failed half way, so :func:`read_tree` returns what it gathered together with the failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from regclient.concurrency import Workers
from regclient.errors import Cancelled, LoopDetected, RegistryClientError, Unsupported
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest
from regclient.model.reference import Reference
from regclient.model.tree import TreeNode
from regclient.ops.digesttags import digest_tags
from regclient.ops.select import referrers_of
from regclient.ops.walk import MAX_DEPTH
from regclient.repository import Name, Repository


@dataclass(frozen=True, slots=True)
class TreeOptions:
    """What a tree shows beside the entries of indexes.

    ``wanted`` narrows the referrers at every level. ``source`` is where they are looked for when they are kept elsewhere;
    ``scan`` also reads every manifest of a layout. ``digest_tags`` adds tags that start with a manifest's digest, as
    signatures are stored.
    """

    wanted: DescriptorFilter = field(default_factory=DescriptorFilter)
    source: Repository | None = None
    scan: bool = False
    digest_tags: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """What was gathered, and what ended it early; ``root`` is None when not even that could be read."""

    root: TreeNode | None
    failure: RegistryClientError | None = None


def read_tree(
    repository: Repository,
    reference: Reference,
    options: TreeOptions | None = None,
    *,
    workers: Workers | None = None,
) -> Tree:
    """Read the tree under what ``reference`` names in ``repository``; branches are read in parallel.

    A manifest that is its own ancestor ends the walk with :class:`~regclient.errors.LoopDetected`.

    Raises:
        Cancelled: the work was cancelled; nothing else is raised, see :attr:`Tree.failure`.
    """
    if workers is None:
        with Workers() as own:
            return read_tree(repository, reference, options, workers=own)
    options = options or TreeOptions()
    try:
        tags = repository.tags().tags if options.digest_tags else ()
        walk = _Walk(repository, options, tags, workers)
    except Cancelled:
        raise
    except RegistryClientError as error:
        return Tree(None, error)
    return walk.read(_Branch(repository, reference), ())


@dataclass(frozen=True, slots=True)
class _Branch:
    """A manifest to look at: where it is, by which name, and the descriptor that led there."""

    home: Repository
    reference: Reference
    entry: Descriptor | None = None

    def below(self, entry: Descriptor) -> _Branch:
        return _Branch(self.home, self.reference.with_digest(entry.digest), entry)


class _Walk:
    """One walk over one tree."""

    def __init__(self, repository: Repository, options: TreeOptions, tags: tuple[str, ...], workers: Workers) -> None:
        self._repository = repository
        self._options = options
        self._tags = tags
        self._workers = workers

    def read(self, branch: _Branch, ancestors: tuple[Digest, ...]) -> Tree:
        """Read one manifest and everything below it."""
        try:
            manifest = branch.home.get_manifest(_name_of(branch.reference))
        except Cancelled:
            raise
        except RegistryClientError as error:
            return Tree(None, error)
        entry = branch.entry
        node = TreeNode(branch.reference, manifest, entry.platform if entry else None, entry.artifact_type if entry else "")
        if manifest.digest in ancestors:
            return Tree(node, LoopDetected(manifest.digest))
        if len(ancestors) >= MAX_DEPTH:
            return Tree(node, Unsupported(f"manifests nest deeper than {MAX_DEPTH} levels"))
        return self._grow(node, branch, manifest, (*ancestors, manifest.digest))

    def _grow(self, node: TreeNode, branch: _Branch, manifest: Manifest, ancestors: tuple[Digest, ...]) -> Tree:
        children = manifest.manifests if isinstance(manifest, IndexManifest) else ()
        nodes, failure = self._branches([branch.below(entry) for entry in children], ancestors)
        node = replace(node, children=nodes)
        if failure is not None:
            return Tree(node, failure)
        try:
            referrers = self._referrers(branch, manifest)
        except Cancelled:
            raise
        except RegistryClientError as error:
            return Tree(node, error)
        nodes, failure = self._branches(referrers, ancestors)
        return Tree(replace(node, referrers=nodes), failure)

    def _branches(
        self, branches: Iterable[_Branch], ancestors: tuple[Digest, ...]
    ) -> tuple[tuple[TreeNode, ...], RegistryClientError | None]:
        """Read branches until one fails: those before it are kept, and what there is of the one itself."""

        def read(branch: _Branch) -> Tree:
            return self.read(branch, ancestors)

        nodes: list[TreeNode] = []
        for tree in self._workers.map(read, branches):
            nodes += [tree.root] if tree.root is not None else []
            if tree.failure is not None:
                return tuple(nodes), tree.failure
        return tuple(nodes), None

    def _referrers(self, branch: _Branch, manifest: Manifest) -> list[_Branch]:
        options, home = self._options, self._options.source or branch.home
        found = referrers_of(home, manifest.digest, options.wanted, scan=options.scan)
        at = branch.reference if home is branch.home else home.reference
        branches = [_Branch(home, at.with_digest(entry.digest), entry) for entry in found.descriptors]
        tags = digest_tags(self._tags, manifest.digest, found.tags)
        return branches + [_Branch(self._repository, self._repository.reference.with_tag(tag)) for tag in tags]


def _name_of(reference: Reference) -> Name:
    target = reference.target
    assert target is not None
    return target
