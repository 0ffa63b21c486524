"""What ``printPretty`` shows of manifests, lists of referrers and trees, laid out as regctl lays them out.

Labels are followed by a tab, which becomes a column once the whole text is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regclient.goshapes.located import Located, LocatedReferrers
from regclient.kit.units import align, human_size
from regclient.model import mediatype
from regclient.model.children import layers_of
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest, Schema1Manifest
from regclient.model.reference import Reference
from regclient.model.tree import TreeNode
from regclient.repository import ManifestHead

Lines = Iterator[str]
_BLANK = "\t"
_HUMAN_FROM = 100_000


def graph_layout(noun: object) -> str | None:
    """Return the layout of a noun that is part of a graph; None for all others."""
    match noun:
        case Manifest() | ManifestHead():
            return _table(_manifest(noun, None))
        case Located():
            return _table(_manifest(noun.manifest, noun.reference))
        case LocatedReferrers():
            return _table(_referrers(noun))
        case TreeNode():
            return "\n".join(_tree(noun)) + "\n"
        case _:
            return None


def _table(lines: Lines) -> str:
    return align("\n".join(lines) + "\n")


def _manifest(found: Manifest | ManifestHead, reference: Reference | None) -> Lines:
    if reference is not None and reference.original:
        yield f"Name:\t{reference.original}"
    yield f"MediaType:\t{found.media_type}"
    manifest = found if isinstance(found, Manifest) else None
    artifact_type = _artifact_type(found)
    if artifact_type or found.media_type == mediatype.OCI_ARTIFACT:
        yield f"ArtifactType:\t{artifact_type}"
    yield f"Digest:\t{found.digest or ''}"
    yield from _annotations(manifest.annotations if manifest else {}, "")
    if mediatype.is_index(found.media_type):
        yield from _entries(manifest, reference)
    elif found.media_type in mediatype.SCHEMA1:
        yield from _schema1(manifest)
    else:
        yield from _contents(found)
    if manifest is not None and manifest.subject is not None:
        yield _BLANK
        yield "Subject:\t"
        yield from _descriptor(manifest.subject)


def _artifact_type(found: Manifest | ManifestHead) -> str:
    return found.artifact_type if isinstance(found, (ImageManifest, IndexManifest, ArtifactManifest)) else ""


def _contents(found: Manifest | ManifestHead) -> Lines:
    layers = layers_of(found) if isinstance(found, Manifest) else ()
    yield f"Total Size:\t{human_size(sum(layer.size for layer in layers))}"
    yield _BLANK
    is_artifact = found.media_type == mediatype.OCI_ARTIFACT
    if not is_artifact:
        yield "Config:\t"
        yield from _descriptor(found.config if isinstance(found, ImageManifest) else None)
        yield _BLANK
    yield "Blobs:\t" if is_artifact else "Layers:\t"
    for layer in layers:
        yield _BLANK
        yield from _descriptor(layer)


def _entries(manifest: Manifest | None, reference: Reference | None) -> Lines:
    yield _BLANK
    yield "Manifests:\t"
    for entry in manifest.manifests if isinstance(manifest, IndexManifest) else ():
        yield _BLANK
        if reference is not None and (name := reference.add_digest(entry.digest).name):
            yield f"  Name:\t{name}"
        yield from _descriptor(entry)


def _schema1(manifest: Manifest | None) -> Lines:
    yield _BLANK
    yield "Layers:\t"
    for digest in manifest.fs_layers if isinstance(manifest, Schema1Manifest) else ():
        yield f"  Digest:\t{digest}"


def _descriptor(descriptor: Descriptor | None) -> Lines:
    if descriptor is None:  # of a head nothing is known
        yield from ("  Digest:\t", "  MediaType:\t", "  Size:\t0B")
        return
    yield f"  Digest:\t{descriptor.digest}"
    yield f"  MediaType:\t{descriptor.media_type}"
    if descriptor.artifact_type:
        yield f"  ArtifactType:\t{descriptor.artifact_type}"
    if not (mediatype.is_index(descriptor.media_type) or mediatype.is_image(descriptor.media_type)):
        size = descriptor.size
        yield f"  Size:\t{human_size(size) if size > _HUMAN_FROM else f'{size}B'}"
    platform = descriptor.platform
    if platform is not None and platform.os:
        yield f"  Platform:\t{platform}"
        if platform.os_version:
            yield f"  OSVersion:\t{platform.os_version}"
        if platform.os_features:
            yield f"  OSFeatures:\t{', '.join(platform.os_features)}"
    if descriptor.urls:
        yield f"  URLs:\t{', '.join(descriptor.urls)}"
    yield from _annotations(descriptor.annotations, "  ")


def _annotations(annotations: Mapping[str, str], margin: str) -> Lines:
    if annotations:
        yield f"{margin}Annotations:\t"
        for name in sorted(annotations, key=lambda name: name.encode("utf-8", "surrogateescape")):
            yield f"{margin}  {name}:\t{annotations[name]}"


def _referrers(found: LocatedReferrers) -> Lines:
    yield f"Subject:\t{found.subject.name}"
    if found.source is not None:
        yield f"Source:\t{found.source.name}"
    yield _BLANK
    yield "Referrers:\t"
    home = found.source or found.subject
    for entry in found.referrers.descriptors:
        yield _BLANK
        yield f"  Name:\t{home.with_digest(entry.digest).name}"
        yield from _descriptor(entry)
    yield from _annotations(found.referrers.annotations, "")


def _tree(root: TreeNode) -> Lines:
    yield f"Ref: {root.reference.name}"
    if root.manifest is not None:
        yield f"Digest: {root.manifest.digest}"
    yield from _branches(root, "")


def _branches(node: TreeNode, margin: str) -> Lines:
    for label, nodes in (("Children", node.children), ("Referrers", node.referrers)):
        if nodes:
            yield f"{margin}{label}:"
        for below in nodes:
            yield f"{margin}  - {_leaf(below)}"
            yield from _branches(below, f"{margin}    ")


def _leaf(node: TreeNode) -> str:
    text = str(node.manifest.digest) if node.manifest is not None else node.reference.digest
    if node.platform is not None:
        text += f" [{node.platform}]"
    if node.artifact_type:
        return f"{text}: {node.artifact_type}"
    return f"{text}: {node.reference.tag}" if node.reference.tag.startswith("sha256-") else text
