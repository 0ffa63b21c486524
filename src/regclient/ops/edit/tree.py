"""An image held open: its manifests, configs and layers as one tree, which edits change in place.

Nothing is fetched before it is needed: the manifests below an index only for edits that look at them, a config when the first
edit asks for it. What an edit does not touch keeps its bytes, for every part remembers what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from regclient.concurrency import Workers
from regclient.errors import Unsupported
from regclient.model import mediatype
from regclient.model.children import is_external
from regclient.model.descriptor import Descriptor
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import ImageManifest, IndexManifest, Manifest
from regclient.ops.config import CONFIG_TYPES, read_config
from regclient.ops.walk import MAX_DEPTH, read_manifest
from regclient.repository import Name, Repository


@dataclass(slots=True, eq=False)
class Layer:
    """One layer: what it was, and what the manifest will say of it.

    ``home`` is where its bytes are. ``diff_id`` is the digest of its tar when that is not what the config says. ``file`` is
    what a new layer is made of. ``stored`` says that an edit has put its bytes into the target, ``content`` is what they are
    where they are few.
    """

    origin: Descriptor
    descriptor: Descriptor
    home: Repository
    diff_id: str = ""
    dropped: bool = False
    file: Path | None = None
    content: bytes | None = field(default=None, repr=False)
    stored: bool = False

    @property
    def added(self) -> bool:
        """Whether an edit made this layer."""
        return self.file is not None

    @property
    def external(self) -> bool:
        """Whether the layer is left where its addresses say it is."""
        return is_external(self.descriptor)


@dataclass(slots=True, eq=False)
class Node:
    """One manifest: what it was, what it has become, and what is below it.

    ``position`` is its place in the index above. ``layers`` replace those of the manifest when the image is put together.
    ``referrers`` are manifests that an edit made refer to this one; ``gone`` are the places of those it took off the index.
    ``made`` says that an edit made it a referrer. ``was`` is the config as it was.
    """

    origin: Manifest
    manifest: Manifest
    position: int = -1
    layers: list[Layer] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    referrers: list[Node] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    made: bool = False
    was: ImageConfig | None = None
    config: ImageConfig | None = None

    @property
    def top(self) -> bool:
        """Whether this is what was asked for, and not an entry of an index."""
        return self.position < 0

    @property
    def has_config(self) -> bool:
        """Whether this is an image with an image's config, and not an artifact."""
        return isinstance(self.origin, ImageManifest) and self.origin.config.media_type in CONFIG_TYPES

    @property
    def kept(self) -> list[Layer]:
        """The layers there will be."""
        return [layer for layer in self.layers if not layer.dropped]


class Image:
    """The tree of one image, and what is read of it; safe for one thread, which lets workers fetch."""

    def __init__(self, repository: Repository, top: Node, workers: Workers) -> None:
        self.repository = repository
        self.top = top
        self.workers = workers

    def nodes(self) -> list[Node]:
        """Return every manifest, children before their index, those made referrers after what they refer to."""
        return list(_post_order(self.top))

    def config(self, node: Node) -> ImageConfig | None:
        """Return the config of an image as edited so far, fetched when first asked for; None for what is no image."""
        if node.config is None and node.has_config:
            assert isinstance(node.origin, ImageManifest)
            node.was = node.config = read_config(self.repository, node.origin.config)
        return node.config

    def fetch_configs(self) -> None:
        """Fetch the configs of all images at once."""
        self.workers.map(self.config, self.nodes())

    def fetch_children(self) -> None:
        """Fetch the manifests below an index, level by level, each level at once.

        Raises:
            Unsupported: indexes nest deeper than any honest ones.
            ManifestNotFound: an entry is not there.
        """
        level = [self.top]
        for _ in range(MAX_DEPTH):
            entries = [(node, *found) for node in level for found in _entries(node.manifest)]
            level = self.workers.map(lambda found: self._child(*found), entries)
            for (parent, _, _), child in zip(entries, level, strict=True):
                parent.children.append(child)
            if not level:
                return
        raise Unsupported(f"manifests nest deeper than {MAX_DEPTH} levels")

    def _child(self, parent: Node, position: int, entry: Descriptor) -> Node:
        del parent
        return node_of(read_manifest(self.repository, entry), self.repository, position)


def open_image(repository: Repository, name: Name, workers: Workers) -> Image:
    """Fetch the manifest called ``name`` and hold the image open.

    Raises:
        ManifestNotFound: there is no such tag or digest.
    """
    return Image(repository, node_of(repository.get_manifest(name), repository), workers)


def node_of(manifest: Manifest, home: Repository, position: int = -1) -> Node:
    """Return a manifest as a node, its layers beside it."""
    layers = manifest.layers if isinstance(manifest, ImageManifest) else ()
    return Node(manifest, manifest, position, [Layer(each, each, home) for each in layers])


def _post_order(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield from _post_order(child)
    yield node
    for referrer in node.referrers:
        yield from _post_order(referrer)


def _entries(manifest: Manifest) -> list[tuple[int, Descriptor]]:
    """Return the entries of an index that are manifests, or may be; what is surely a blob is nobody's to edit."""
    entries = manifest.manifests if isinstance(manifest, IndexManifest) else ()
    return [(position, entry) for position, entry in enumerate(entries) if not mediatype.is_blob(entry.media_type)]
