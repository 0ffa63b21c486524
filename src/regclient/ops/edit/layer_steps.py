"""Edits of whole layers, and of the files in all of them: adding, removing, compressing, stripping."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from regclient.errors import NotFound, Unsupported, UnsupportedMediaType
from regclient.kit.patterns import compile_pattern
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.ops.edit.edit import Edit, LayerJob, Platforms, Work, among
from regclient.ops.edit.layer_edits import ClearNames, StripFile
from regclient.ops.edit.tree import Layer, Node

COMPRESSIONS = ("none", "gzip", "zstd")


@dataclass(frozen=True, slots=True)
class AddLayer(Edit):
    """Put one more layer on top of every image, or on those of some platforms: a tar that is not compressed, or a directory.

    ``media_type`` also says how it is compressed; without one it is gzip, of the family the image is of.
    """

    path: Path
    media_type: str = ""
    platforms: Platforms = ()
    configs: ClassVar[bool] = True

    def begin(self, work: Work) -> None:
        """Check the type.

        Raises:
            UnsupportedMediaType: it is not that of a layer we can write.
        """
        del work
        if self.media_type and not mediatype.layer_compression(self.media_type):
            raise UnsupportedMediaType(self.media_type, "not a layer that can be made")

    def on_manifest(self, node: Node, work: Work) -> None:
        """Add the layer to an image; what is listed beside images, such as attestations, gets none."""
        if not isinstance(node.manifest, ImageManifest) or not self._means(node, work):
            return
        docker = mediatype.is_docker(node.manifest.media_type)
        media_type = self.media_type or (mediatype.DOCKER_LAYER_GZIP if docker else mediatype.OCI_LAYER_GZIP)
        unknown = Descriptor(media_type, Digest.of(b"", node.manifest.digest.algorithm), 0)
        node.layers.append(Layer(unknown, unknown, work.image.repository, file=self.path))

    def _means(self, node: Node, work: Work) -> bool:
        if not node.has_config:
            return node.top and not self.platforms
        config = work.config(node)
        if config is not None and config.platform.os == "unknown" and not node.top:
            return False
        return among(self.platforms, config)


@dataclass(frozen=True, slots=True)
class RemoveLayer(Edit):
    """Remove the layer at a place, counted from 0 at the bottom; only from a single image."""

    index: int
    configs: ClassVar[bool] = True

    def begin(self, work: Work) -> None:
        """Check that there is only one image.

        Raises:
            Unsupported: there are several, or none.
        """
        if not work.image.top.has_config:
            raise Unsupported("a layer is removed by its place from a single image only: name one of the index by its digest")

    def on_manifest(self, node: Node, work: Work) -> None:
        """Drop the layer.

        Raises:
            NotFound: there are not so many.
        """
        del work
        found = [layer for layer in node.layers if not layer.added]
        if self.index >= len(found) or self.index < 0:
            raise NotFound(f"layer {self.index}", f"an image of {len(found)} layers")
        found[self.index].dropped = True


@dataclass(frozen=True, slots=True)
class RemoveLayersCreatedBy(Edit):
    """Remove the layers whose step in the history matches a regular expression (RE2) anywhere."""

    pattern: str
    configs: ClassVar[bool] = True

    def begin(self, work: Work) -> None:
        """Read the expression.

        Raises:
            ParseError: it is none.
        """
        work.once(self, lambda: compile_pattern(self.pattern))

    def on_manifest(self, node: Node, work: Work) -> None:
        """Drop the layers of an image that match.

        Raises:
            NotFound: no layer of any image does, which is known at the last one.
        """
        matched: list[Layer] = work.once((self, "matched"), list)
        config, pattern = work.config(node), work.once(self, lambda: compile_pattern(self.pattern))
        steps = [entry for entry in config.history if not entry.empty_layer] if config else []
        layers = [layer for layer in node.layers if not layer.added]
        for step, layer in zip(steps, layers, strict=False):
            if pattern.matches(step.created_by):
                layer.dropped = True
                matched.append(layer)
        if node.top and not matched:
            raise NotFound(f"a layer created by {self.pattern}", node.origin.digest)


@dataclass(frozen=True, slots=True)
class CompressLayers(Edit):
    """Compress layers in another way: ``none``, ``gzip`` or ``zstd``; those that are stay as they are."""

    how: str
    configs: ClassVar[bool] = True

    def begin(self, work: Work) -> None:
        """Check that we write it.

        Raises:
            Unsupported: we do not.
        """
        del work
        if self.how not in COMPRESSIONS:
            raise Unsupported(f"layers are not compressed with {self.how}: use {', '.join(COMPRESSIONS)}")

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Change the type, which says how a layer is compressed."""
        del node, layer, work
        job.media_type = mediatype.with_compression(job.media_type, self.how)


@dataclass(frozen=True, slots=True)
class StripLayerFile(Edit):
    """Remove a file, or a directory with all that is below, from every layer; a layer with nothing left goes as well."""

    path: str
    configs: ClassVar[bool] = True

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Strip the file from a layer."""
        del node, layer, work
        job.entries.append(StripFile(self.path))


@dataclass(frozen=True, slots=True)
class MakeReproducible(Edit):
    """Remove from layers what differs from machine to machine: the names of users and groups."""

    configs: ClassVar[bool] = True

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Clear the names in a layer."""
        del node, layer, work
        job.entries.append(ClearNames())
