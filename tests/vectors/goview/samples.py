"""Nouns to look at through templates, and the layout in which Go's regctl finds the same ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from regclient.answers import BlobStat, TagList
from regclient.errors import RegistryClientError
from regclient.goshapes.located import Located, LocatedReferrers
from regclient.goview import functions, view
from regclient.kit.gotemplate.extras import PURE
from regclient.kit.gotemplate.template import parse
from regclient.model import mediatype as mt
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest, parse_manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList, fallback_tag, referrer_descriptor
from regclient.model.tree import TreeNode
from regclient.repository import ManifestHead

FUNCTIONS = {**PURE, **functions()}

FULL_CONFIG = {
    "created": "2024-01-02T03:04:05.600Z",
    "author": "me <x>",
    "architecture": "amd64",
    "os": "linux",
    "variant": "v2",
    "os.features": ["w"],
    "config": {
        "User": "u",
        "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
        "Env": ["A=1", "B=<2>"],
        "Entrypoint": ["e"],
        "Cmd": ["c"],
        "Volumes": {"/v": {}},
        "WorkingDir": "/w",
        "Labels": {"l": "1", "a": "<"},
        "StopSignal": "9",
        "StopTimeout": 5,
        "Healthcheck": {"Test": ["CMD", "x"], "Interval": 1500000000},
        "Shell": ["/bin/sh"],
    },
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]},
    "history": [
        {"created": "2024-01-01T00:00:00Z", "created_by": "RUN a && b", "comment": "c"},
        {"created_by": "x", "empty_layer": True},
    ],
}


@dataclass
class Layout:
    """Blobs by digest and descriptors by tag, as they will stand in a directory."""

    blobs: dict[Digest, bytes] = field(default_factory=dict)
    entries: list[Descriptor] = field(default_factory=list)
    manifests: dict[str, Manifest] = field(default_factory=dict)

    def blob(self, content: bytes, media_type: str) -> Descriptor:
        """Keep a blob."""
        described = Descriptor.of(content, media_type)
        self.blobs[described.digest] = content
        return described

    def tag(self, name: str, manifest: Manifest, described: Descriptor | None = None) -> Descriptor:
        """Keep a manifest under a tag, or under its digest alone when the name is empty."""
        plain = described or self.blob(manifest.raw, manifest.media_type)
        if name:
            entry = plain.replace(annotations={"org.opencontainers.image.ref.name": name})
            self.entries.append(entry)
            self.manifests[name] = manifest.with_descriptor(entry)
        return plain

    @property
    def index(self) -> bytes:
        """The text of ``index.json``."""
        return IndexManifest.build(manifests=self.entries).raw

    def write(self, folder: Path) -> None:
        """Write the directory."""
        (folder / "blobs" / "sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}', "utf-8")
        (folder / "index.json").write_bytes(self.index)
        for digest, content in self.blobs.items():
            (folder / "blobs" / "sha256" / digest.hex).write_bytes(content)


def sample_layout() -> Layout:
    """Make a layout with every kind of manifest."""
    layout = Layout()
    config = layout.blob(json.dumps(FULL_CONFIG, indent=1).encode(), mt.OCI_CONFIG)
    bare = layout.blob(b'{"architecture":"arm64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}', mt.OCI_CONFIG)
    small = layout.blob(b"x" * 412, mt.OCI_LAYER_GZIP)
    large = layout.blob(b"y" * 150_000, mt.OCI_LAYER_GZIP)
    large = large.replace(annotations={"only": "one"}, urls=("https://a.example/x?a=1&b=2", "https://b.example"))
    notes = {"z.b": "2", "a.long.key.here": "<1>"}
    image = ImageManifest.build(config=config, layers=[small, large], annotations=notes, artifact_type="application/x.demo")
    plain = ImageManifest.build(config=bare)
    image_entry, plain_entry = layout.tag("img", image), layout.tag("plain", plain)
    _odd_ones(layout, bare)
    docker = ImageManifest.build(
        config=config.replace(media_type=mt.DOCKER_CONFIG),
        layers=[small.replace(media_type=mt.DOCKER_LAYER_GZIP)],
        media_type=mt.DOCKER_MANIFEST,
        annotations={"d": "k"},
    )
    docker_entry = layout.tag("docker", docker).replace(platform=Platform("linux", "amd64"))
    layout.tag("dlist", IndexManifest.build(manifests=[docker_entry], media_type=mt.DOCKER_LIST))
    layout.tag("idx", _index(image_entry, plain_entry))
    layout.tag("art", ArtifactManifest.build(blobs=[small], artifact_type="a/art", subject=image_entry, annotations={"q": "r"}))
    _referrers(layout, image_entry)
    return layout


def _odd_ones(layout: Layout, config: Descriptor) -> None:
    raw = f'{{ "schemaVersion": 2,\n "config": {config.to_json()}, "layers": [], "zz": 1.0, "annotations": {{"h": "<&>"}} }}'
    layout.tag("odd", parse_manifest(raw.encode(), media_type=mt.OCI_MANIFEST))
    layout.tag("empty", IndexManifest.build())
    layers = [{"blobSum": str(digest)} for digest in list(layout.blobs)[2:4]]
    old = {"schemaVersion": 1, "name": "a/b", "tag": "t", "architecture": "amd64", "fsLayers": layers}
    history = [{"v1Compatibility": "{}"}]
    layout.tag("s1", parse_manifest(json.dumps({**old, "history": history}).encode()))


def _index(image: Descriptor, plain: Descriptor) -> IndexManifest:
    entries = [
        image.replace(platform=Platform("linux", "amd64", "v2")),
        plain.replace(platform=Platform("linux", "arm64")),
        plain.replace(platform=Platform("windows", "amd64", os_version="10.0.20348.2322", os_features=("win32k", "b"))),
        plain.replace(platform=Platform("unknown", "unknown"), annotations={"k": "v"}, artifact_type="a/b"),
        plain.replace(platform=Platform()),
    ]
    return IndexManifest.build(manifests=entries, annotations={"i": "x"}, artifact_type="application/x.idx")


def _referrers(layout: Layout, subject: Descriptor) -> None:
    layout.blob(b"{}", mt.OCI_EMPTY)
    created = {"org.opencontainers.image.created": "2025-01-02T03:04:05Z"}
    sbom = ImageManifest.build(
        config=EMPTY, layers=[EMPTY], artifact_type="application/spdx+json", subject=subject, annotations=created
    )
    signature = ImageManifest.build(config=EMPTY.replace(media_type="application/vnd.sig"), layers=[EMPTY], subject=subject)
    layout.tag("", sbom)
    layout.tag("sub", signature)
    found = [referrer_descriptor(sbom), referrer_descriptor(signature)]
    layout.tag(fallback_tag(subject.digest), IndexManifest.build(manifests=found, annotations={"ix": "an"}))


def nouns() -> dict[str, object]:
    """Return what our own code would have of each thing the recorder asks Go's program about."""
    layout = sample_layout()
    found: dict[str, object] = {}
    for tag, manifest in layout.manifests.items():
        reference, entry = Reference.parse(f"ocidir://lay:{tag}"), manifest.descriptor
        found[f"manifest {tag}"] = Located(manifest, reference)
        found[f"head {tag}"] = Located(
            ManifestHead(entry.media_type, entry.digest, entry.size, annotations=entry.annotations), reference
        )
    for tag in ("img", "plain"):
        image = layout.manifests[tag]
        assert isinstance(image, ImageManifest)
        found[f"inspect {tag}"] = ImageConfig.parse(layout.blobs[image.config.digest], descriptor=image.config)
        found[f"blob {tag}"] = BlobStat(image.config.digest, image.config.size)
        found[f"referrers {tag}"] = _list_of(layout, image)
    tags = tuple(sorted(layout.manifests))
    found["tags"] = TagList("", tags, raw=layout.index, media_type=mt.OCI_INDEX)
    found["tree"] = _tree(layout)
    for text in REFERENCES:
        found[f"ref {text}"] = Reference.parse(text)
    found["digest"] = Digest.of(b"")
    return found


REFERENCES = (f"ocidir://lay:x@sha256:{'a' * 64}", "localhost:5000/a/b", "alpine@sha256:" + "b" * 64)


def _list_of(layout: Layout, image: ImageManifest) -> LocatedReferrers:
    subject = Reference.parse(f"ocidir://lay@{image.digest}")
    tag = fallback_tag(image.digest)
    index = layout.manifests.get(tag)
    if not isinstance(index, IndexManifest):
        return LocatedReferrers(ReferrerList(image.digest), subject)
    return LocatedReferrers(ReferrerList.of(image.digest, index, tags=(tag,)), subject)


def _tree(layout: Layout) -> TreeNode:
    index, image = layout.manifests["idx"], layout.manifests["img"]
    assert isinstance(index, IndexManifest)
    listed = layout.manifests[fallback_tag(image.digest)]
    assert isinstance(listed, IndexManifest)
    referrers = tuple(_node(layout, entry) for entry in listed.manifests)
    children = [_node(layout, entry, referrers if entry.digest == image.digest else ()) for entry in index.manifests]
    return TreeNode(Reference.parse("ocidir://lay:idx"), index, children=tuple(children))


def _node(layout: Layout, entry: Descriptor, referrers: tuple[TreeNode, ...] = ()) -> TreeNode:
    manifest = parse_manifest(layout.blobs[entry.digest], expect=entry)
    reference = Reference.parse(f"ocidir://lay@{entry.digest}")
    return TreeNode(reference, manifest, entry.platform, entry.artifact_type, referrers=referrers)


def rendered(value: object, template: str) -> tuple[str, str]:
    """Return what a template shows of a noun, and why it ended before, if it did."""
    output: list[str] = []
    try:
        parse(template, name="out", functions=FUNCTIONS).execute(output.append, view(value), functions=FUNCTIONS)
    except RegistryClientError as error:
        return "".join(output), str(error)
    return "".join(output), ""
