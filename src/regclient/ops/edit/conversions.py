"""Edits that change what an image is written as: Docker's types, OCI's, and attestations as referrers."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.errors import ManifestNotFound, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import convert
from regclient.ops.edit.edit import Edit, Work
from regclient.ops.edit.tree import Node

REFERENCE_TYPE, REFERENCE_DIGEST = "vnd.docker.reference.type", "vnd.docker.reference.digest"
"""The annotations with which Docker's builder ties an entry of an index to the image it is about."""
_TO_DOCKER = {mediatype.OCI_FOREIGN_LAYER_GZIP: mediatype.DOCKER_FOREIGN_LAYER}
_TO_OCI = {docker: oci for oci, docker in _TO_DOCKER.items()}


@dataclass(frozen=True, slots=True)
class ToDocker(Edit):
    """Call everything by Docker's types, which have no subject and no artifact type."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Convert a manifest with its config and its layers; types without a counterpart stay.

        Raises:
            UnsupportedMediaType: it is an artifact, which Docker's types cannot say.
        """
        del work
        if isinstance(node.manifest, ImageManifest) and node.manifest.artifact_type:
            raise UnsupportedMediaType(
                node.manifest.artifact_type, f"Docker's manifests are no artifacts ({node.origin.digest})"
            )
        _convert(node, docker=True)


@dataclass(frozen=True, slots=True)
class ToOCI(Edit):
    """Call everything by OCI's types."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Convert a manifest with its config and its layers; types without a counterpart stay."""
        del work
        _convert(node, docker=False)


@dataclass(frozen=True, slots=True)
class ToOCIReferrers(Edit):
    """Take attestations that Docker's builder lists in an index off it, and make them referrers of what they are about."""

    def on_manifest(self, node: Node, work: Work) -> None:
        """Move the attestations of an index.

        Raises:
            ManifestNotFound: what one is about is not in the index.
            UnsupportedMediaType: one is of Docker's type, which has no subject.
        """
        del work
        if not isinstance(node.origin, IndexManifest):
            return
        known = {str(each.origin.digest): each for each in (node, *node.children)}
        for child in list(node.children):
            entry = node.origin.manifests[child.position]
            about = entry.annotations.get(REFERENCE_DIGEST, "")
            if about and entry.annotations.get(REFERENCE_TYPE):
                if about not in known:
                    raise ManifestNotFound(about, f"the index {node.origin.digest}")
                _refer(child, known[about], entry)
                node.children.remove(child)
                node.gone.add(child.position)


def _convert(node: Node, *, docker: bool) -> None:
    if not isinstance(node.manifest, (ImageManifest, IndexManifest)):
        raise UnsupportedMediaType(node.manifest.media_type, "it has no counterpart")
    for layer in node.layers:
        layer.descriptor = _converted(layer.descriptor, docker=docker)
    if isinstance(node.manifest, ImageManifest):
        node.manifest = node.manifest.replace(config=_converted(node.manifest.config, docker=docker))
    node.manifest = convert(node.manifest, docker=docker)


def _converted(part: Descriptor, *, docker: bool) -> Descriptor:
    name, foreign = (mediatype.to_docker, _TO_DOCKER) if docker else (mediatype.to_oci, _TO_OCI)
    return part.replace(media_type=foreign.get(part.media_type, name(part.media_type)))


def _refer(child: Node, subject: Node, entry: Descriptor) -> None:
    if not isinstance(child.manifest, (ImageManifest, IndexManifest)) or mediatype.is_docker(child.manifest.media_type):
        raise UnsupportedMediaType(child.manifest.media_type, f"{child.origin.digest} cannot have a subject")
    found = child.manifest.subject
    if found is None or str(found.digest) != entry.annotations[REFERENCE_DIGEST]:
        child.manifest = child.manifest.with_annotation(REFERENCE_TYPE, entry.annotations[REFERENCE_TYPE])
    child.made = True
    subject.referrers.append(child)
