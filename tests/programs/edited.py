"""Images to edit: a layout in ``{dir}/edit``, and ``{reg}/edit``, with what the edits of ``image mod`` look at.

Their configs fit their layers: digests, histories, labels that hold times, build arguments. Annotations name bases as
``ocidir://edit:...``, which programs that run in the world's directory find there.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

from tests.programs.bases import DIGEST, NAME
from tests.programs.linked import linked
from tests.programs.stored import gzipped
from tests.programs.world import (
    CONFIG,
    DOCKER_CONFIG,
    DOCKER_LAYER,
    DOCKER_LIST,
    DOCKER_MANIFEST,
    EMPTY_TYPE,
    INDEX,
    LAYER,
    MANIFEST,
    OCI,
    Json,
    Layout,
    on,
)

FIRST, SECOND = "2020-01-02T03:04:05Z", "2021-02-03T04:05:06.123456789Z"
LABELS = {"org.example.time": "2020-06-01T00:00:00Z", "version": "1"}
STEPS: tuple[Json, ...] = (
    {"created": FIRST, "created_by": "ADD base.tar / # buildkit", "comment": "buildkit.dockerfile.v0"},
    {"created": FIRST, "created_by": 'CMD ["/bin/sh"]', "comment": "buildkit.dockerfile.v0", "empty_layer": True},
    {"created": SECOND, "created_by": "COPY app /app # buildkit", "author": "B"},
    {"created": SECOND, "created_by": "ENV A=1", "empty_layer": True},
    {"created": SECOND, "created_by": "RUN make"},
    {"created": SECOND, "created_by": 'ENTRYPOINT ["/app"]', "empty_layer": True},
)
ARGUMENTS: tuple[Json, ...] = (
    {"created": FIRST, "created_by": "ARG VERSION=1.2", "empty_layer": True},
    {"created": FIRST, "created_by": "ARG OTHER", "empty_layer": True},
    {"created": FIRST, "created_by": "RUN |2 VERSION=1.2 OTHER=x /bin/sh -c make # buildkit"},
    {"created": FIRST, "created_by": "RUN |1 VERSION=1.2 /bin/sh -c test # buildkit"},
)


def tar_of(*names: str, owner: str = "root", old: bool = False) -> bytes:
    """Return a tar of small files, some in directories, with owners and fixed times."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT if old else tarfile.PAX_FORMAT) as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.mtime, member.uname, member.gname = 1_600_000_000, owner, owner
            text = b"" if name.endswith("/") else name.encode()
            member.type, member.mode = (tarfile.DIRTYPE, 0o755) if name.endswith("/") else (tarfile.REGTYPE, 0o644)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return out.getvalue()


BASE, OTHER_BASE, APP = (
    tar_of("etc/", "etc/os"),
    tar_of("etc/", "etc/os", "etc/new"),
    tar_of("app/", "app/run", "app/doc/", "app/doc/a"),
)


def digest(data: bytes) -> str:
    """Return the sha256 digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def config_for(architecture: str, tars: Sequence[bytes], history: Sequence[Json], **settings: object) -> Json:
    """Return a config that fits its layers; ``settings`` are what a container starts with."""
    config: Json = {"created": SECOND, "architecture": architecture, "os": "linux"}
    if settings:
        config["config"] = settings
    config["rootfs"] = {"type": "layers", "diff_ids": [digest(tar) for tar in tars]}
    return config | ({"history": list(history)} if history else {})


def image(layout: Layout, tars: Sequence[bytes], config: Json, *, docker: bool = False, name: str = "", **more: object) -> Json:
    """Write an image of these layers and return its descriptor."""
    types = (DOCKER_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER) if docker else (MANIFEST, CONFIG, LAYER)
    layers = [layout.describe(types[2], gzipped(tar)) for tar in tars]
    described = layout.document(types[1], config)
    manifest: Json = {"schemaVersion": 2, "mediaType": types[0], "config": described, "layers": layers, **more}
    return layout.document(types[0], manifest, name)


def usual(layout: Layout, architecture: str, *, docker: bool = False, name: str = "", **more: object) -> Json:
    """Write an image with one of everything."""
    tars = (BASE, APP, tar_of(f"{architecture}.txt", owner=""))
    settings: Json = {"User": "1000", "ExposedPorts": {"80/tcp": {}}, "Env": ["PATH=/bin", "A=1", "B"], "Entrypoint": ["/app"]}
    settings |= {"Cmd": ["run"], "Volumes": {"/data": {}}, "WorkingDir": "/srv", "Labels": {"arch": architecture, **LABELS}}
    return image(layout, tars, config_for(architecture, tars, STEPS, **settings), docker=docker, name=name, **more)


def index(layout: Layout, entries: Sequence[Json], *, docker: bool = False, **more: object) -> Json:
    """Write an index and return its descriptor."""
    media_type = DOCKER_LIST if docker else INDEX
    return layout.document(media_type, {"schemaVersion": 2, "mediaType": media_type, "manifests": list(entries), **more})


def attestation(layout: Layout, about: Json, *, subject: bool = False) -> Json:
    """Write what Docker's builder lists beside an image, and return its entry."""
    statement = layout.describe("application/vnd.in-toto+json", json.dumps({"about": about["digest"]}).encode())
    config = layout.document(
        CONFIG,
        {
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [statement["digest"]]},
        },
    )
    manifest: Json = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [statement]}
    if subject:
        manifest["subject"] = {key: about[key] for key in ("mediaType", "digest", "size")}
    annotations = {"vnd.docker.reference.digest": about["digest"], "vnd.docker.reference.type": "attestation-manifest"}
    return {**on("unknown/unknown", layout.document(MANIFEST, manifest)), "annotations": annotations}


def write_usual(layout: Layout) -> None:
    """Write images for one platform and for several."""
    annotations = {"common": "yes", "org.example.team": "blue"}
    amd64 = usual(layout, "amd64", name="ed.amd64", annotations={**annotations, "only": "amd64"})
    arm64 = usual(layout, "arm64", name="ed.arm64", annotations=annotations)
    layout.tag("plain", amd64)
    layout.tag("multi", index(layout, [on("linux/amd64", amd64), on("linux/arm64", arm64)]))
    entries = [on("linux/amd64", amd64), on("linux/arm64", arm64), attestation(layout, amd64), attestation(layout, arm64)]
    layout.tag("attested", index(layout, entries))
    layout.tag("attested-subject", index(layout, [on("linux/amd64", amd64), attestation(layout, amd64, subject=True)]))
    layout.tag("attested-lost", index(layout, [attestation(layout, arm64)]))
    docker = [on(f"linux/{name}", usual(layout, name, docker=True)) for name in ("amd64", "arm64")]
    layout.tag("docker", index(layout, docker, docker=True))
    layout.tag("docker-plain", docker[0])
    layout.tag("args", image(layout, [BASE, APP], config_for("amd64", [BASE, APP], ARGUMENTS)))
    layout.tag(
        "bare",
        image(layout, [APP], {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest(APP)]}}),
    )
    undated = [{key: value for key, value in step.items() if key != "created"} for step in STEPS[:1]]
    layout.tag("undated", image(layout, [APP], config_for("amd64", [APP], undated)))
    layout.tag("none", image(layout, [], config_for("amd64", [], [])))


def nested_tar() -> bytes:
    """Return a tar in GNU's format that holds a tar, and a name too long for a header."""
    nested = io.BytesIO()
    with tarfile.open(fileobj=nested, mode="w", format=tarfile.GNU_FORMAT) as tar:
        inner = tar_of("a", "b/", "b/c")
        for name in ("dir/", "dir/inner.tar", "dir/" + "long" * 40):
            member = tarfile.TarInfo(name)
            member.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            member.mtime, member.uname, member.size = 1_600_000_000, "root", len(inner) if name.endswith(".tar") else 0
            tar.addfile(member, io.BytesIO(inner))
    return nested.getvalue()


def write_tars(layout: Layout) -> None:
    """Write an image with a tar in a layer and headers of every format, and one with an empty layer."""
    tars = (BASE, nested_tar(), tar_of("old/", "old/" + "name" * 20, old=True), tar_of("pax/", "é/" + "n" * 120))
    steps: list[Json] = [{"created": FIRST, "created_by": f"step {number}"} for number in range(len(tars))]
    layout.tag("tars", image(layout, tars, config_for("amd64", tars, steps)))
    layout.tag("empty", image(layout, (APP, tar_of()), config_for("amd64", (APP, tar_of()), steps[:2])))


def write_bases(layout: Layout) -> None:
    """Write a base that has moved on, and images built on what it was."""
    steps, newer = STEPS[:2], [{**STEPS[0], "created": SECOND}, STEPS[1]]
    old = [on(f"linux/{name}", image(layout, [BASE], config_for(name, [BASE], steps))) for name in ("amd64", "arm64")]
    new = [
        on(f"linux/{name}", image(layout, [OTHER_BASE], config_for(name, [OTHER_BASE], newer))) for name in ("amd64", "arm64")
    ]
    layout.tag("base-old", index(layout, old))
    layout.tag("base", index(layout, new))
    annotations = {NAME: "ocidir://edit:base", DIGEST: layout.digests["base-old"]}
    amd64 = image(layout, [BASE, APP], config_for("amd64", [BASE, APP], STEPS[:4]), annotations=annotations)
    arm64 = image(layout, [BASE, APP], config_for("arm64", [BASE, APP], STEPS[:4]))
    layout.tag("built", index(layout, [on("linux/amd64", amd64), on("linux/arm64", arm64)], annotations=annotations))
    layout.tag("built-plain", amd64)


def write_odd(layout: Layout) -> None:
    """Write images with content in descriptors, layers elsewhere, and documents that are not compact."""
    config = json.dumps(config_for("amd64", [APP], STEPS[:1]), separators=(",", ":")).encode()
    inline = {**layout.describe(CONFIG, config), "data": base64.b64encode(config).decode()}
    layer = layout.describe(LAYER, gzipped(APP))
    layout.tag(
        "inline", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": inline, "layers": [layer]})
    )
    empty = {**layout.describe(EMPTY_TYPE, b"{}"), "data": "e30="}
    text = layout.describe("text/plain", b"eggs")
    artifact: Json = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": "application/example",
        "config": empty,
        "layers": [text],
    }
    layout.tag("artifact", layout.document(MANIFEST, artifact))
    foreign = {**layer, "mediaType": OCI + "layer.nondistributable.v1.tar+gzip", "urls": ["https://example.com/layer"]}
    described = layout.describe(CONFIG, config)
    layout.tag(
        "foreign",
        layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": [foreign]}),
    )
    pretty = {
        "schemaVersion": 2,
        "mediaType": DOCKER_MANIFEST,
        "config": {**described, "mediaType": DOCKER_CONFIG},
        "layers": [{**layer, "mediaType": DOCKER_LAYER}],
    }
    layout.tag("pretty", layout.describe(DOCKER_MANIFEST, json.dumps(pretty, indent=3).encode()))


def write_edited(root: Path) -> dict[str, str]:
    """Write the layout twice and return the digests of its tags, each with ``ed.`` before it."""
    (root / "new.tar").write_bytes(tar_of("new/", "new/file"))
    layouts = [linked(write_layout, folder) for folder in (root / "edit", root / "registry" / "edit")]
    found = layouts[0].digests
    return {name if name.startswith("ed.") else f"ed.{name}": value for name, value in found.items()}


def write_layout(folder: Path) -> Layout:
    """Write everything."""
    layout = Layout(folder)
    write_usual(layout)
    write_tars(layout)
    write_bases(layout)
    write_odd(layout)
    layout.finish()
    return layout
