"""What an edit is: a small value with a hook for each stage, and what the hooks are given.

The stages run one after the other over the whole image: manifests (children before their index), configs, layers. Within a
stage edits run in the order they were given, so their order matters only where they touch the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias, TypeVar

from regclient.errors import InvalidReference
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.checkbase import Opener
from regclient.ops.edit.layer_edits import EntryEdit
from regclient.ops.edit.tree import Image, Layer, Node
from regclient.ops.walk import read_manifest

T = TypeVar("T")
Platforms: TypeAlias = tuple[Platform, ...]
"""Which images of an index are meant, by what their configs say; none: all of them."""


@dataclass(slots=True)
class LayerJob:
    """What is to be done with one layer: the type and digest algorithm it will have, and the edits of its entries."""

    media_type: str
    algorithm: str
    entries: list[EntryEdit] = field(default_factory=list)


@dataclass(slots=True)
class Work:
    """One run of edits over one image.

    ``opener`` opens repositories that edits name, of base images. ``created`` is the time noted beside new layers. ``inline``
    is the size up to which descriptors carry their content; below 0 those that do go on doing so.
    """

    image: Image
    opener: Opener
    created: str = ""
    inline: int = -1
    _known: dict[Hashable, object] = field(default_factory=dict)

    def config(self, node: Node) -> ImageConfig | None:
        """Return the config of an image as edited so far; None for what is no image."""
        return self.image.config(node)

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` returned the first time it was asked for under this key."""
        if key not in self._known:
            self._known[key] = find()
        found: T = self._known[key]  # type: ignore[assignment]  # one key, one type
        return found

    def recall(self, key: Hashable) -> object:
        """Return what :meth:`once` found under a key, or None."""
        return self._known.get(key)

    def named(self, reference: Reference) -> Manifest:
        """Fetch the manifest a reference means, once.

        Raises:
            InvalidReference: neither tag nor digest.
            ManifestNotFound: it is not there.
        """
        return self.once(("manifest", reference.name), lambda: self.opener(reference).get_manifest(target_of(reference)))

    def entry(self, reference: Reference, entry: Descriptor) -> Manifest:
        """Fetch an entry of an index that a reference means, once.

        Raises:
            ManifestNotFound: it is not there.
        """
        return self.once(("entry", reference.name, entry.digest), lambda: read_manifest(self.opener(reference), entry))


class Edit:
    """One change to an image; a frozen value whose hooks do nothing unless it says otherwise.

    ``deep`` says that manifests below an index are looked at, ``configs`` that configs are, so that they are fetched at once.
    """

    __slots__ = ()
    deep: ClassVar[bool] = True
    configs: ClassVar[bool] = False

    def begin(self, work: Work) -> None:
        """Check what can be checked before anything is changed."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Change a manifest."""

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Return a config with the change."""
        del work
        return config

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Add to what is done with a layer."""


def target_of(reference: Reference) -> str | Digest:
    """Return the tag or digest of a reference.

    Raises:
        InvalidReference: it has neither.
    """
    target = reference.target
    if target is None:
        raise InvalidReference(reference.original or str(reference), "a tag or a digest is missing")
    return target


def among(platforms: Platforms, config: ImageConfig | None) -> bool:
    """Whether an image is meant: there is no choice, or the platform in its config is chosen."""
    return not platforms or (config is not None and any(config.platform.matches(each) for each in platforms))
