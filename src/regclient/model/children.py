"""What a manifest points at: the only place that knows every shape.

Whoever walks a graph (copy, export, garbage collection, the embedded registry) asks here, so that a new kind of manifest is one
change.
"""

from __future__ import annotations

from dataclasses import dataclass

from regclient.errors import InvalidManifest
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest, Schema1Manifest

MAX_CHILDREN = 100_000


@dataclass(frozen=True, slots=True)
class Children:
    """What a manifest points at, in document order; the subject is not among them, for it is pointed at from below.

    ``manifests`` are to be fetched as manifests, ``blobs`` as blobs. ``unknown`` are entries of an index whose type does not
    tell: try each as a manifest, then as a blob.
    """

    manifests: tuple[Descriptor, ...] = ()
    blobs: tuple[Descriptor, ...] = ()
    unknown: tuple[Descriptor, ...] = ()


def children_of(manifest: Manifest) -> Children:
    """Return everything a manifest points at, its subject aside.

    Raises:
        InvalidManifest: it points at more than any honest manifest does.
    """
    children = _children(manifest)
    if sum(map(len, (children.manifests, children.blobs, children.unknown))) > MAX_CHILDREN:
        raise InvalidManifest(str(manifest.digest), f"more than {MAX_CHILDREN} entries")
    return children


def layers_of(manifest: Manifest) -> tuple[Descriptor, ...]:
    """Return the layers of an image, or the blobs of an artifact; an index has none."""
    if isinstance(manifest, (ImageManifest, Schema1Manifest)):
        return manifest.layers
    return manifest.blobs if isinstance(manifest, ArtifactManifest) else ()


def is_external(blob: Descriptor) -> bool:
    """Whether a blob may be left where it is: it states other places to fetch it from."""
    return bool(blob.urls)


def _children(manifest: Manifest) -> Children:
    match manifest:
        case ImageManifest():
            return Children(blobs=(manifest.config, *manifest.layers))
        case IndexManifest():
            return _entries(manifest)
        case _:
            return Children(blobs=layers_of(manifest))


def _entries(index: IndexManifest) -> Children:
    manifests, blobs, unknown = [], [], []
    for entry in index.manifests:
        if mediatype.is_manifest(entry.media_type):
            manifests.append(entry)
        elif mediatype.is_blob(entry.media_type):
            blobs.append(entry)
        else:
            unknown.append(entry)
    return Children(tuple(manifests), tuple(blobs), tuple(unknown))
