"""Looking at both sides of a copy, manifest by manifest, before anything is written.

This is where a copy makes its requests for manifests, each at most once: what the target has, what the source has, what refers
to it. What follows from the answers is decided in ``order.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from regclient.errors import Cancelled, RegistryClientError, SizeMismatch, Unreachable, root_cause
from regclient.model import mediatype
from regclient.model.children import Children, children_of, is_external
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.ops.copyplan import CopyOptions
from regclient.ops.sides import destination, source
from regclient.ops.walk import read_manifest
from regclient.repository import ManifestHead, Name, Repository

NOTHING = Children()

Known = Mapping[Name, ManifestHead | None]
"""What a target has under some names; None where it has nothing."""

NOTHING_KNOWN: Known = MappingProxyType({})

Place = tuple[object, object]
"""A repository (its reference) and a digest or tag in it."""


class Node(NamedTuple):
    """One manifest to copy: where it is, and the name it gets (None: it is a child, known by its digest).

    ``entry`` is what the index or the list of referrers says of it. ``guess``: nobody knows whether it is a manifest or a blob.
    """

    src: Repository
    src_name: Name
    dst: Repository
    dst_name: Name | None = None
    entry: Descriptor | None = None
    guess: bool = False

    @property
    def place(self) -> Place:
        """What two nodes have in common when they are one."""
        return self.dst.reference, self.dst_name or self.src_name

    @property
    def retag(self) -> bool:
        """Whether both sides are one repository, so that the content is there by definition."""
        return self.src.reference == self.dst.reference


class Found(NamedTuple):
    """What is known of a node after both sides were asked.

    ``manifest`` is there when its bytes had to be read, ``missing`` when it must be pushed. ``settled``: the target has it and
    nobody wants to look further. ``is_blob``: the guess was wrong.
    """

    descriptor: Descriptor
    manifest: Manifest | None = None
    missing: bool = False
    settled: bool = False
    is_blob: bool = False
    below: Children = NOTHING
    referrers: tuple[Descriptor, ...] = ()
    fallback_tags: tuple[str, ...] = ()


class Survey:
    """The visits of one copy; ``known`` are answers of the target that somebody has already had, by name."""

    def __init__(self, options: CopyOptions, known: Known = NOTHING_KNOWN) -> None:
        self._options = options
        self._known = known
        self._tags: dict[object, tuple[str, ...]] = {}

    def visit(self, node: Node) -> Found:
        """Ask both sides about a node; runs in a worker.

        Raises:
            SideError: the target cannot be reached, or the source does not have what it should.
        """
        try:
            found = self._compare(node)
        except RegistryClientError as error:
            if not node.guess or node.entry is None or _is_fatal(error):
                raise
            return Found(node.entry, is_blob=True)
        return found if found.settled else self._with_referrers(node, found)

    def follow(self, node: Node, found: Found) -> Iterator[Node]:
        """Return the nodes below and beside a visited one; runs in the coordinator, where tags are listed once per source."""
        yield from self.below(node, found)
        yield from self.beside(node, found)

    def below(self, node: Node, found: Found) -> Iterator[Node]:
        """Return the nodes that must be at the target before this one."""
        for entry in self._wanted(found.below.manifests):
            yield Node(node.src, entry.digest, node.dst, entry=entry)
        for entry in self._wanted(found.below.unknown):
            yield Node(node.src, entry.digest, node.dst, entry=entry, guess=True)

    def beside(self, node: Node, found: Found) -> Iterator[Node]:
        """Return the nodes of the referrers and digest tags, which belong to this one but are not part of it."""
        src, dst = self._referrer_sides(node)
        for entry in found.referrers:
            yield Node(src, entry.digest, dst, entry=entry)
        if not self._options.digest_tags or found.settled or found.is_blob or node.retag:
            return
        digest = found.descriptor.digest
        for tag in self._tags_of(node.src):
            if tag.startswith(f"{digest.algorithm}-{digest.hex}") and tag not in found.fallback_tags:
                yield Node(node.src, tag, node.dst, tag)

    def blobs(self, found: Found) -> Iterator[Descriptor]:
        """Return the blobs that must be at the target before this node."""
        if found.is_blob:
            yield found.descriptor
        entries: Iterable[Descriptor] = found.below.blobs
        if found.manifest is not None and mediatype.is_index(found.manifest.media_type):
            entries = self._wanted(entries)
        yield from (blob for blob in entries if self._options.external or not is_external(blob))

    def _compare(self, node: Node) -> Found:
        target = None if self._options.recursive and not self._options.fast else self._target(node)
        side = _Source(node)
        if target is not None and side.digest is None:
            side.head()
        same = target is not None and target.digest == side.digest
        if same and target is not None and not self._options.deep:
            return Found(side.described(target), settled=True)
        if same and target is not None and (node.retag or not mediatype.is_index(target.media_type)):
            return Found(side.described(target), side.manifest)
        manifest = side.load()
        with source(node.src, f"manifest {manifest.digest}"):
            below = NOTHING if node.retag else children_of(manifest)
        return Found(manifest.descriptor, manifest, missing=not same, below=below)

    def _target(self, node: Node) -> ManifestHead | None:
        name = node.dst_name or node.src_name
        return self._known[name] if name in self._known and node.entry is None else _head_target(node)

    def _with_referrers(self, node: Node, found: Found) -> Found:
        src, dst = self._referrer_sides(node)
        if not self._options.referrers or src.reference == dst.reference:
            return found
        digest = found.descriptor.digest
        with source(src, f"referrers of {digest}"):
            listed = src.referrers(digest)
        filters = self._options.referrer_filters
        kept = [entry for wanted in filters for entry in wanted.matching(listed.descriptors)] if filters else listed.descriptors
        tags = listed.tags if src.reference == node.src.reference else ()
        return found._replace(referrers=tuple(kept), fallback_tags=tags)

    def _referrer_sides(self, node: Node) -> tuple[Repository, Repository]:
        return self._options.referrers_src or node.src, self._options.referrers_dst or node.dst

    def _wanted(self, entries: Iterable[Descriptor]) -> Iterator[Descriptor]:
        return (entry for entry in entries if self._options.wants(entry.platform))

    def _tags_of(self, repository: Repository) -> tuple[str, ...]:
        if repository.reference not in self._tags:
            with source(repository, "tags"):
                self._tags[repository.reference] = repository.tags().tags
        return self._tags[repository.reference]


class _Source:
    """The source's side of one node, asked for each thing at most once."""

    def __init__(self, node: Node) -> None:
        self.manifest: Manifest | None = None
        self._node = node
        self._known = node.entry
        self._name = node.src_name

    @property
    def digest(self) -> Digest | None:
        """The digest, if it is known without asking or was asked for."""
        return self._name if isinstance(self._name, Digest) else None

    def head(self) -> None:
        """Ask for the digest; for the bytes, when that is the only way."""
        with source(self._node.src, f"manifest {self._name}"):
            head = self._node.src.head_manifest(self._name)
        if head.digest is None:
            self.load()
        else:
            # From here on by digest, so that a tag that moves meanwhile is of no consequence.
            self._name, self._known = head.digest, Descriptor(head.media_type, head.digest, head.size)

    def load(self) -> Manifest:
        """Return the manifest.

        Raises:
            SideError: it is not there, or not as long as its parent says.
        """
        if self.manifest is None:
            entry = self._node.entry
            with source(self._node.src, f"manifest {self._name}"):
                found = read_manifest(self._node.src, entry) if entry else self._node.src.get_manifest(self._name)
                if entry and entry.size not in {0, found.descriptor.size}:
                    raise SizeMismatch(entry.size, found.descriptor.size, f"manifest {entry.digest}")
            self.manifest, self._name = found, found.digest
        return self.manifest

    def described(self, target: ManifestHead) -> Descriptor:
        """Return the descriptor, from the target's answer when the source was never asked."""
        if self.manifest is not None:
            return self.manifest.descriptor
        assert isinstance(self._name, Digest)
        return self._known or Descriptor(target.media_type, self._name, target.size)


def _head_target(node: Node) -> ManifestHead | None:
    """Ask what the target has; unless it says yes it is not there, and a refusal shows at the first write."""
    name = node.dst_name or node.src_name
    try:
        with destination(node.dst, f"manifest {name}"):
            head = node.dst.head_manifest(name)
            if head.digest is not None:
                return head
            digest = name if isinstance(name, Digest) else node.dst.get_manifest(name).digest
            return replace(head, digest=digest)
    except RegistryClientError as error:
        if _is_fatal(error):
            raise
        return None


def _is_fatal(error: RegistryClientError) -> bool:
    return isinstance(root_cause(error), Cancelled | Unreachable)
