"""Edits of what manifests say: annotations, digest algorithms, addresses of layers, content carried along."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regclient.model import mediatype
from regclient.model.digest import Digest, new_hasher
from regclient.model.imageconfig import ImageConfig
from regclient.model.reference import Reference
from regclient.ops.checkbase import BASE_DIGEST, BASE_NAME
from regclient.ops.edit.edit import Edit, LayerJob, Platforms, Work, among
from regclient.ops.edit.tree import Layer, Node


@dataclass(frozen=True, slots=True)
class SetAnnotation(Edit):
    """Set an annotation, or remove it when the value is empty.

    It is that of what was named, the index of several images; ``everywhere`` means the images too, ``platforms`` only some of
    them.
    """

    name: str
    value: str = ""
    platforms: Platforms = ()
    everywhere: bool = False

    @property
    def deep(self) -> bool:  # type: ignore[override]  # most annotations are those of the top
        """Whether more than the top is meant."""
        return self.everywhere or bool(self.platforms)

    def on_manifest(self, node: Node, work: Work) -> None:
        """Set the annotation where it is meant."""
        if self._means(node, work):
            node.manifest = node.manifest.with_annotation(self.name, self.value)

    def _means(self, node: Node, work: Work) -> bool:
        if self.everywhere:
            return True
        if not self.platforms:
            return node.top
        return node.has_config and among(self.platforms, work.config(node))


@dataclass(frozen=True, slots=True)
class SetBase(Edit):
    """Note on every manifest which base image it was built on; nobody checks that it was."""

    name: Reference
    digest: Digest

    def on_manifest(self, node: Node, work: Work) -> None:
        """Set both annotations."""
        del work
        annotate(node, {BASE_NAME: self.name.name, BASE_DIGEST: str(self.digest)})


@dataclass(frozen=True, slots=True)
class PromoteAnnotations(Edit):
    """Give an index the annotations that all its manifests have in common; they keep theirs."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Add what is common to an index, over what it says itself."""
        del work
        found = [child.manifest.annotations for child in node.children]
        if found:
            first, *others = found
            annotate(node, {name: value for name, value in first.items() if all(each.get(name) == value for each in others)})


@dataclass(frozen=True, slots=True)
class LabelsToAnnotations(Edit):
    """Make the labels of every image its annotations as well; labels set by the same run come too late to be seen."""

    configs: ClassVar[bool] = True

    def on_manifest(self, node: Node, work: Work) -> None:
        """Annotate an image with its labels."""
        config = work.config(node)
        if config is not None:
            annotate(node, config.labels)


@dataclass(frozen=True, slots=True)
class SetDigestAlgorithm(Edit):
    """Name content by digests of another algorithm: ``sha256``, ``sha384`` or ``sha512``. Few registries take all of them."""

    algorithm: str
    manifests: bool = True
    contents: bool = True

    configs: ClassVar[bool] = True

    def begin(self, work: Work) -> None:
        """Check that we can compute it.

        Raises:
            Unsupported: we cannot.
        """
        del work
        new_hasher(self.algorithm)

    def on_manifest(self, node: Node, work: Work) -> None:
        """Name a manifest anew; it is written as Go does."""
        del work
        if self.manifests and node.manifest.digest.algorithm != self.algorithm:
            node.manifest = node.manifest.sealed(self.algorithm)

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Name a config anew; its bytes stay."""
        del work
        if not self.contents or config.digest.algorithm == self.algorithm:
            return config
        named = config.descriptor.replace(digest=Digest.of(config.raw, self.algorithm), data=None)
        return dataclasses.replace(config, descriptor=named)

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Name a layer anew; what else is done to it decides about its bytes."""
        del node, layer, work
        if self.contents:
            job.algorithm = self.algorithm


@dataclass(frozen=True, slots=True)
class RemoveExternalUrls(Edit):
    """Keep external layers here: drop the addresses they are to be fetched from, and call them ordinary layers."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Make the external layers of an image ordinary ones."""
        del work
        for layer in node.layers:
            if layer.external:
                layer.descriptor = layer.descriptor.replace(
                    urls=(), media_type=mediatype.ordinary_layer(layer.descriptor.media_type)
                )


@dataclass(frozen=True, slots=True)
class InlineContent(Edit):
    """Carry content along in descriptors up to a size in bytes, and no larger content; -1 leaves that as it is."""

    limit: int

    def begin(self, work: Work) -> None:
        """Note the size for when the image is put together."""
        work.inline = self.limit


def annotate(node: Node, wanted: Mapping[str, str]) -> None:
    """Set annotations, those that are empty included, and write the type of a document that did not state it."""
    found = node.manifest.annotations
    if any(found.get(name) != value for name, value in wanted.items()):
        node.manifest = node.manifest.replace(annotations={**found, **wanted}, media_type=node.manifest.media_type)
