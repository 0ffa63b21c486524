"""The world the transcripts play in: layouts written byte by byte, without any code of the package.

The same bytes lie in ``{dir}/src`` (an OCI layout) and behind ``{reg}/app`` (the registry, over a tree of layouts), so that one
command line can be tried on both. Nothing here depends on the clock.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.programs.linked import linked
from tests.programs.stored import gzipped

OCI = "application/vnd.oci.image."
MANIFEST, INDEX, CONFIG, LAYER = (
    OCI + "manifest.v1+json",
    OCI + "index.v1+json",
    OCI + "config.v1+json",
    OCI + "layer.v1.tar+gzip",
)
DOCKER = "application/vnd.docker."
DOCKER_MANIFEST, DOCKER_LIST = DOCKER + "distribution.manifest.v2+json", DOCKER + "distribution.manifest.list.v2+json"
DOCKER_CONFIG, DOCKER_LAYER = DOCKER + "container.image.v1+json", DOCKER + "image.rootfs.diff.tar.gzip"
EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
Json = dict[str, object]


@dataclass
class Layout:
    """An OCI layout being written; ``digests`` remembers contents by a short name for the command lines."""

    root: Path
    entries: list[Json] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def blob(self, data: bytes, name: str = "", algorithm: str = "sha256") -> str:
        """Store bytes and return their digest."""
        value = hashlib.new(algorithm, data).hexdigest()
        path = self.root / "blobs" / algorithm / value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if name:
            self.digests[name] = f"{algorithm}:{value}"
        return f"{algorithm}:{value}"

    def describe(self, media_type: str, data: bytes, name: str = "", **more: object) -> Json:
        """Store bytes and return their descriptor."""
        return {"mediaType": media_type, "digest": self.blob(data, name), "size": len(data), **more}

    def document(self, media_type: str, value: Json, name: str = "", **more: object) -> Json:
        """Store a JSON document and return its descriptor."""
        return self.describe(media_type, json.dumps(value, separators=(",", ":")).encode(), name, **more)

    def tag(self, tag: str, descriptor: Json) -> None:
        """List a manifest under a tag."""
        annotations = {"org.opencontainers.image.ref.name": tag}
        listed = {key: descriptor[key] for key in ("mediaType", "digest", "size")}
        self.entries.append({**listed, "annotations": annotations})
        self.digests.setdefault(tag, str(descriptor["digest"]))

    def finish(self) -> None:
        """Write ``oci-layout`` and ``index.json``."""
        (self.root / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries}
        (self.root / "index.json").write_text(json.dumps(index, separators=(",", ":")))


def packed(files: dict[str, str]) -> bytes:
    """Return a gzip tar of small files with fixed times and owners."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(text), 1_600_000_000, 0o644
            tar.addfile(member, io.BytesIO(text.encode()))
    return gzipped(out.getvalue())


def config_of(architecture: str, *, os: str = "linux", variant: str = "", labels: dict[str, str] | None = None) -> Json:
    """Return an image config with one of everything that templates look at."""
    platform = {"architecture": architecture, "os": os, **({"variant": variant} if variant else {})}
    return {
        "created": "2021-03-04T05:06:07.123456789Z",
        "author": "A <a@example.com>",
        **platform,
        "config": {
            "User": "1000",
            "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
            "Env": ["PATH=/usr/bin", "A=<b&c>"],
            "Entrypoint": ["/app"],
            "Cmd": ["--serve"],
            "Volumes": {"/data": {}},
            "WorkingDir": "/srv",
            "Labels": labels or {"version": "1", "org.example": architecture},
            "StopSignal": "SIGTERM",
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64, "sha256:" + "2" * 64]},
        "history": [
            {"created": "2021-03-04T05:06:07Z", "created_by": "COPY base.txt /", "comment": "first"},
            {"created": "2021-03-04T05:06:08Z", "created_by": "ENV A=1", "empty_layer": True},
            {"created": "2021-03-04T05:06:09Z", "created_by": "COPY app /", "author": "B"},
        ],
    }


def image(layout: Layout, architecture: str, name: str, **more: object) -> Json:
    """Write an OCI image of two layers, the first shared by all, and return its descriptor."""
    variant = str(more.pop("variant", ""))
    config = layout.document(CONFIG, config_of(architecture, variant=variant), f"{name}.config")
    layers = [
        layout.describe(LAYER, packed({"base.txt": "base", "etc/motd": "hello"}), "base.layer"),
        layout.describe(LAYER, packed({"app": architecture * 50}), f"{name}.layer"),
    ]
    manifest: Json = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers, **more}
    return layout.document(MANIFEST, manifest, name)


def docker_image(layout: Layout, architecture: str, name: str) -> Json:
    """Write a Docker v2 image and return its descriptor."""
    config = layout.document(DOCKER_CONFIG, config_of(architecture), f"{name}.config")
    layer = layout.describe(DOCKER_LAYER, packed({"docker.txt": architecture}), f"{name}.layer")
    return layout.document(
        DOCKER_MANIFEST, {"schemaVersion": 2, "mediaType": DOCKER_MANIFEST, "config": config, "layers": [layer]}, name
    )


def on(platform: str, descriptor: Json, **more: object) -> Json:
    """Return the descriptor with a platform, as an index lists it."""
    os, architecture, *variant = platform.split("/")
    value: Json = {"architecture": architecture, "os": os, **({"variant": variant[0]} if variant else {}), **more}
    return {**descriptor, "platform": value}


def artifact(layout: Layout, name: str, subject: Json | None, kind: str, text: str, **annotations: str) -> Json:
    """Write an OCI artifact (an image manifest with an empty config) and return its descriptor."""
    config = layout.describe(EMPTY_TYPE, b"{}", "empty")
    layer = layout.describe("text/plain", text.encode(), f"{name}.layer")
    manifest: Json = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": config, "layers": [layer]}
    if subject:
        manifest["subject"] = {key: subject[key] for key in ("mediaType", "digest", "size")}
    if annotations:
        manifest["annotations"] = annotations
    return layout.document(MANIFEST, manifest, name)


def fallback_of(layout: Layout, subject: Json, *referrers: tuple[Json, str]) -> None:
    """List referrers of a subject under its fallback tag, as clients do where there is no referrers API."""
    entries: list[Json] = [{**descriptor, "artifactType": kind} for descriptor, kind in referrers]
    index = layout.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    layout.tag(str(subject["digest"]).replace(":", "-"), index)


def write_images(layout: Layout) -> None:
    """Write images: single, multi-platform, nested, Docker, annotated, with odd but legal parts."""
    amd64, arm64 = image(layout, "amd64", "amd64"), image(layout, "arm64", "arm64")
    arm7 = image(layout, "arm", "arm7", variant="v7")
    entries = [on("linux/amd64", amd64), on("linux/arm64", arm64), on("linux/arm/v7", arm7)]
    annotations = {"org.example.team": "blue", "org.example.area": "north <&> south"}
    multi = layout.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries, "annotations": annotations})
    windows = [on("windows/amd64", image(layout, "amd64", "win1", annotations={"w": "1"}), **{"os.version": "10.0.17763.1"})]
    windows += [on("windows/amd64", image(layout, "amd64", "win2", annotations={"w": "2"}), **{"os.version": "10.0.20348.9"})]
    windows_index = layout.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": windows})
    nested = layout.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": [multi, windows_index]})
    layout.tag("single", amd64)
    layout.tag("v1", multi)
    layout.tag("multi", multi)
    layout.tag("windows", windows_index)
    layout.tag("nested", nested)
    layout.tag("annotated", image(layout, "amd64", "annotated", annotations={"b": "2", "a": "1"}))
    unknown = {"org.example.unknown": {"x": [1, 2.50, "é"]}}
    layout.tag("unknown", image(layout, "amd64", "unknown", **unknown))
    layout.tag("none", layout.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}))
    layout.tag("untyped", layout.document(MANIFEST, untyped_image(layout)))
    docker = [on("linux/amd64", docker_image(layout, "amd64", "docker.amd64"))]
    docker += [on("linux/arm64", docker_image(layout, "arm64", "docker.arm64"))]
    layout.tag("docker", layout.document(DOCKER_LIST, {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": docker}))
    layout.tag("docker-single", docker[0])


def untyped_image(layout: Layout) -> Json:
    """Return an image manifest that does not say what it is, with an external and an inline part."""
    text = b"inline"
    inline = {**layout.describe("text/plain", text, "inline"), "data": base64.b64encode(text).decode()}
    urls = ["https://example.com/layer.tar.gz"]
    external = {
        "mediaType": OCI + "layer.nondistributable.v1.tar+gzip",
        "digest": "sha256:" + "e" * 64,
        "size": 99,
        "urls": urls,
    }
    config = layout.document(CONFIG, config_of("s390x"))
    return {"schemaVersion": 2, "config": config, "layers": [inline, external]}


def write_artifacts(layout: Layout) -> None:
    """Write artifacts: one alone, referrers under a fallback tag, and a digest tag as signing tools make it."""
    single = next(entry for entry in layout.entries if entry["digest"] == layout.digests["single"])
    layout.tag("artifact", artifact(layout, "artifact", None, "application/example.alone", "alone"))
    sbom = artifact(layout, "sbom", single, "application/example.sbom", "eggs", preference="1", note="first")
    signature = artifact(layout, "signature", single, "application/example.signature", "signed")
    fallback_of(layout, single, (sbom, "application/example.sbom"), (signature, "application/example.signature"))
    signed = artifact(layout, "cosign", None, "application/example.cosign", "cosign")
    layout.tag(layout.digests["single"].replace(":", "-") + ".sig", signed)


def write_layout(root: Path) -> Layout:
    """Write the layout that most lines read."""
    layout = Layout(root)
    write_images(layout)
    write_artifacts(layout)
    layout.finish()
    return layout


def write_foreign(root: Path) -> Layout:
    """Write a layout as other tools do: full image names as tags, no media type in ``index.json``."""
    layout = Layout(root)
    layout.tag("registry.example.org/team/app:v7", image(layout, "amd64", "v7"))
    layout.finish()
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": layout.entries}))
    return layout


def write_files(root: Path, layout: Layout) -> dict[str, str]:
    """Write files that artifacts are made of, and a list of referrers that holds its own subject."""
    (root / "art" / "sub").mkdir(parents=True)
    (root / "out").mkdir()
    for name, text in {
        "a.txt": "eggs\n",
        "b.txt": "ham\n",
        "sub/c.txt": "bacon\n",
        "empty": "",
        "config.json": '{"k":1}',
    }.items():
        (root / "art" / name).write_text(text)
    single = next(entry for entry in layout.entries if entry["digest"] == layout.digests["single"])
    entry = {**{key: single[key] for key in ("mediaType", "digest", "size")}, "artifactType": "application/example.loop"}
    (root / "loop.json").write_text(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}))
    return {"single.list": layout.digests["single"].replace(":", "-")}


def write_world(root: Path) -> dict[str, str]:
    """Write everything below ``root`` and return the words that command lines may use, such as ``{amd64}``."""
    layout = linked(write_layout, root / "src")
    linked(write_layout, root / "registry" / "app")
    linked(write_foreign, root / "foreign")
    (root / "broken").mkdir()
    (root / "broken" / "oci-layout").write_text('{"imageLayoutVersion":"9.9.9"}')
    (root / "text").write_text("hello world\n")
    manifest = next((root / "src" / "blobs" / "sha256").glob(layout.digests["annotated"].partition(":")[2]))
    (root / "manifest.json").write_bytes(manifest.read_bytes())
    return layout.digests | write_files(root, layout)
