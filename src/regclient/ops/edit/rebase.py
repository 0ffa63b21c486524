"""Moving an image from one base image to another: the layers and the history of the old base are replaced by the new one's.

What the old base gave the image when it was built (environment, command, user, labels) stays, and so do the annotations that
name the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NoReturn

from regclient.errors import Incomplete, Mismatch, Unsupported, UnsupportedMediaType
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.checkbase import BASE_DIGEST, BASE_NAME
from regclient.ops.config import read_config
from regclient.ops.edit.edit import Edit, Work
from regclient.ops.edit.tree import Layer, Node
from regclient.ops.select import best_entry
from regclient.ops.walk import MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Rebase(Edit):
    """Build the image on ``new`` instead of ``old``; without both, on what the base its annotations name is now."""

    old: Reference | None = None
    new: Reference | None = None
    configs: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse half a pair.

        Raises:
            Unsupported: only one base is given.
        """
        if (self.old is None) != (self.new is None):
            raise Unsupported("a rebase needs the old base and the new one, or neither")

    def begin(self, work: Work) -> None:
        """Find out which bases are meant.

        Raises:
            Incomplete: an annotation that names the base is missing.
            InvalidReference, InvalidDigest: it names none.
        """
        self._bases(work)

    def on_manifest(self, node: Node, work: Work) -> None:
        """Replace the base of an image; equal bases change nothing.

        Raises:
            Mismatch: the image was not built on the old base.
            ManifestNotFound, PlatformNotFound: a base is not there.
        """
        config = work.config(node)
        if config is None:
            return
        old, new = self._bases(work)
        if work.named(old).digest == work.named(new).digest:
            return
        below, above = _Base.of(old, config.platform, work), _Base.of(new, config.platform, work)
        below.check_under(node, config)
        above.check_itself()
        rest = node.layers[len(below.image.layers) :]
        node.layers = [Layer(each, each, work.opener(new)) for each in above.image.layers] + rest
        history = (*above.config.history, *config.history[len(below.config.history) :])
        diff_ids = (*above.config.diff_ids, *config.diff_ids[len(below.config.diff_ids) :])
        node.config = config.replace(history=history, diff_ids=diff_ids)

    def _bases(self, work: Work) -> tuple[Reference, Reference]:
        if self.old is not None and self.new is not None:
            return self.old, self.new
        top = work.image.top.origin
        for name in (BASE_NAME, BASE_DIGEST):
            if name not in top.annotations:
                raise Incomplete(f"annotation {name}", top.digest)
        new = Reference.parse(top.annotations[BASE_NAME])
        return new.add_digest(Digest.parse(top.annotations[BASE_DIGEST])), new


@dataclass(frozen=True, slots=True)
class _Base:
    """A base image for one platform."""

    name: Reference
    image: ImageManifest
    config: ImageConfig

    @classmethod
    def of(cls, name: Reference, platform: Platform, work: Work) -> _Base:
        found: Manifest = work.named(name)
        for _ in range(MAX_DEPTH):
            if not isinstance(found, IndexManifest):
                break
            found = work.entry(name, best_entry(found, platform))
        if not isinstance(found, ImageManifest):
            raise UnsupportedMediaType(found.media_type, f"the base {name} is not an image")
        image = found
        config = work.once(("config", name.name, image.digest), lambda: read_config(work.opener(name), image.config))
        return cls(name, image, config)

    def check_under(self, node: Node, config: ImageConfig) -> None:
        """Check that an image was built on this base: its layers and history begin with those of the base."""
        assert isinstance(node.manifest, ImageManifest)
        layers = [layer for layer in node.layers if not layer.added]
        if len(self.image.layers) > len(layers):
            self._differs(node, f"it has {len(self.image.layers)} layers, the image {len(layers)}")
        for position, (mine, its) in enumerate(zip(layers, self.image.layers, strict=False)):
            if not mine.origin.same(its):
                self._differs(node, f"layer {position} is {its.digest}, in the image {mine.origin.digest}")
        if len(self.config.history) > len(config.history):
            self._differs(node, f"its history has {len(self.config.history)} entries, that of the image {len(config.history)}")
        for position, (entry, other) in enumerate(zip(config.history, self.config.history, strict=False)):
            if not entry.same(other):
                self._differs(node, f"entry {position} of the history is another")
        if not self._consistent():
            self._differs(node, "its layers and its history do not belong together")
        if self.config.diff_ids != config.diff_ids[: len(self.config.diff_ids)]:
            self._differs(node, "its layers unpack to something else")

    def check_itself(self) -> None:
        """Check that layers, history and digests of this base belong together.

        Raises:
            Mismatch: they do not.
        """
        if not self._consistent():
            raise Mismatch(f"the layers of the new base {self.name} and its history do not belong together")

    def _consistent(self) -> bool:
        filled = sum(not entry.empty_layer for entry in self.config.history)
        return len(self.image.layers) == filled == len(self.config.diff_ids)

    def _differs(self, node: Node, how: str) -> NoReturn:
        raise Mismatch(f"{node.origin.digest} was not built on {self.name}: {how}")
