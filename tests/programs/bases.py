"""Images and the bases they were built on, for the lines that compare: a layout in ``{dir}/base``, and ``{reg}/base``.

The lines only read it, so it is no part of what is compared afterwards. Annotations name bases as ``ocidir://base:...``, which
programs that run in the world's directory find there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.programs.linked import linked
from tests.programs.world import CONFIG, INDEX, LAYER, MANIFEST, Json, Layout, on, packed

NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
FIRST, SECOND, OTHER = {"base.txt": "A"}, {"base.txt": "B", "etc/os": "1"}, {"base.txt": "C", "etc/os": "2"}
APP = {"app": "x"}
ARCHITECTURES = ("amd64", "arm64")
BUILD = ("ADD base", "RUN base", "COPY app")


def history_of(texts: Sequence[str], *, dated: bool = True) -> list[Json]:
    """Return history entries with these commands."""
    return [{**({"created": "2021-03-04T05:06:07Z"} if dated else {}), "created_by": text} for text in texts]


def built(
    layout: Layout,
    files: Sequence[dict[str, str]],
    history: Sequence[Json],
    architecture: str = "amd64",
    annotations: dict[str, str] | None = None,
) -> Json:
    """Write an image of these layers and return its descriptor."""
    extra = [{f"{architecture}.txt": "1"}] if len(files) > 1 else []
    config: Json = {"architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}
    layers = [layout.describe(LAYER, packed(content)) for content in [*files[:1], *extra, *files[1:]]]
    manifest: Json = {"schemaVersion": 2, "mediaType": MANIFEST}
    manifest |= {"config": layout.document(CONFIG, {**config, "history": list(history)}), "layers": layers}
    return layout.document(MANIFEST, manifest | ({"annotations": annotations} if annotations else {}))


def index(layout: Layout, entries: Sequence[Json], annotations: dict[str, str] | None = None) -> Json:
    """Write an index and return its descriptor."""
    document: Json = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}
    return layout.document(INDEX, document | ({"annotations": annotations} if annotations else {}))


def for_all(
    layout: Layout,
    files: Sequence[dict[str, str]],
    history: Sequence[Json],
    annotations: dict[str, str] | None = None,
    *,
    below: bool = True,
) -> Json:
    """Write an image for each platform, and their index; ``below`` says whether the images are annotated as well."""
    inner = annotations if below else None
    entries = [on(f"linux/{name}", built(layout, files, history, name, inner)) for name in ARCHITECTURES]
    return index(layout, entries, annotations)


def write_bases(root: Path) -> dict[str, str]:
    """Write the layout twice and return the digests of its tags, each with ``at.`` before it."""
    layout = linked(write_base, root / "base")
    linked(write_base, root / "registry" / "base")
    return {f"at.{tag}": digest for tag, digest in layout.digests.items()}


def write_base(root: Path) -> Layout:
    """Write bases, then what was built on them."""
    layout = Layout(root)
    dated = history_of(BUILD)
    layout.tag("b1", for_all(layout, [FIRST, SECOND], dated[:2]))
    layout.tag("b2", for_all(layout, [FIRST, OTHER], dated[:2]))
    layout.tag("b3", for_all(layout, [FIRST, SECOND], history_of(["ADD base", "RUN something else"])))
    layout.tag("one", built(layout, [FIRST, SECOND], dated[:2]))
    layout.tag("bare", built(layout, [], []))
    layout.tag("undated", for_all(layout, [FIRST, SECOND], history_of(BUILD[:2], dated=False)))
    write_apps(layout, [FIRST, SECOND, APP], dated)
    layout.finish()
    return layout


def write_apps(layout: Layout, files: Sequence[dict[str, str]], dated: Sequence[Json]) -> None:
    """Write what was built on the bases: annotated in every way, shorter than they are, with odd entries."""
    b1, b2 = layout.digests["b1"], layout.digests["b2"]
    layout.tag("app", for_all(layout, files, dated))
    layout.tag("app-one", built(layout, files, dated))
    for base in ("b1", "b2", "b3"):
        layout.tag(f"app-{base}", for_all(layout, files, dated, {NAME: f"ocidir://base:{base}"}))
    layout.tag("app-above", for_all(layout, files, dated, {NAME: "ocidir://base:b1"}, below=False))
    layout.tag("app-digest", for_all(layout, files, dated, {NAME: "ocidir://base:b1", DIGEST: b1}))
    layout.tag("app-old", for_all(layout, files, dated, {NAME: "ocidir://base:b1", DIGEST: b2}))
    layout.tag("app-gone", built(layout, files, dated, annotations={NAME: "ocidir://base:gone"}))
    layout.tag("app-wrong", built(layout, files, dated, annotations={NAME: "not a/Name"}))
    layout.tag("short", built(layout, [FIRST], dated[:1]))
    layout.tag("short-history", built(layout, files, dated[:1]))
    layout.tag("app-undated", for_all(layout, files, history_of(BUILD, dated=False)))
    plain = built(layout, files, dated)
    layout.tag("app-plain", index(layout, [plain]))
    unknown = on("unknown/unknown", built(layout, [{"sbom": "x"}], []))
    layout.tag("app-attested", index(layout, [on("linux/amd64", plain), unknown]))
    layout.tag("app-nested", index(layout, [index(layout, [on("linux/amd64", plain)])]))
    layout.tag("nothing", index(layout, []))
