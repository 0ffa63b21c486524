"""Archives in the world of the transcripts: those that lines import, and what is said of those that lines export.

Like the rest of the world they are written byte by byte, without code of the package. They lie in ``{dir}/saved``; ``{rich}``
and the like are digests of what is in them.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import lzma
import tarfile
from pathlib import Path

from tests.programs.stored import gzipped
from tests.programs.world import CONFIG, INDEX, LAYER, MANIFEST, Json, config_of

Contents = dict[str, bytes]


def tar(items: list[tuple[str, bytes, bytes, str, int]]) -> bytes:
    """Return a tar of entries: name, kind, content, target of a link, mode."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, content, link, mode in items:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.mode, member.mtime = kind, link, mode, 1_600_000_000
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def file(name: str, text: str = "", mode: int = 0o644) -> tuple[str, bytes, bytes, str, int]:
    """Describe a file."""
    return name, tarfile.REGTYPE, text.encode(), "", mode


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[str, bytes, bytes, str, int]:
    """Describe a link."""
    return name, kind, b"", target, 0o777


LOWER = [
    ("bin", tarfile.DIRTYPE, b"", "", 0o755),
    file("bin/tool", "tool\n", 0o755),
    file("./etc/motd", "hello\n"),
    file("etc/old", "old\n"),
    file("var/a/b", "deep\n"),
    file("opq/x", "x\n"),
    file("twice", "first\n"),
    file("twice", "second\n"),
]
UPPER = [
    file("etc/.wh.old"),
    file(".wh.var"),
    file("opq/.wh..wh..opq"),
    file("opq/y", "y\n"),
    file("back/.wh.again"),
    file("back/again", "again\n"),
    link("tool", "bin/tool"),
    link("hard", "opq/y", tarfile.LNKTYPE),
    file("n" * 120, "long\n"),
]


def put(contents: Contents, media_type: str, data: bytes) -> Json:
    """Keep a blob and return its descriptor."""
    digest = hashlib.sha256(data).hexdigest()
    contents[f"blobs/sha256/{digest}"] = data
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


def compact(value: object) -> bytes:
    """Return a document without blanks."""
    return json.dumps(value, separators=(",", ":")).encode()


def rich(contents: Contents) -> tuple[Json, list[Json]]:
    """Keep an image with everything that reading a file may meet; return its descriptor and those of its layers."""
    config = put(contents, CONFIG, compact(config_of("amd64")))
    layers = [put(contents, LAYER, gzipped(tar(items))) for items in (LOWER, UPPER)]
    value = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    return put(contents, MANIFEST, compact(value)), layers


def small(contents: Contents, text: str) -> Json:
    """Keep an image of one small layer."""
    config = put(contents, CONFIG, compact(config_of("arm64")))
    layer = put(contents, LAYER, gzipped(tar([file("small", text)])))
    return put(contents, MANIFEST, compact({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}))


def layout(contents: Contents, *entries: tuple[Json, str], version: str = "1.0.0") -> Contents:
    """Return a layout of these images under these names."""
    listed = [{**entry, "annotations": {"org.opencontainers.image.ref.name": name}} for entry, name in entries]
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}
    return {"oci-layout": compact({"imageLayoutVersion": version}), "index.json": compact(index), **contents}


def packed(contents: Contents, prefix: str = "") -> bytes:
    """Return the tar of some files."""
    return tar([(prefix + name, tarfile.REGTYPE, data, "", 0o644) for name, data in contents.items()])


def docker() -> Contents:
    """Return what ``docker save`` once wrote of two images that share a layer."""
    layers = [tar([file("one", "1")]), tar([file("two", "2")])]
    found: Contents = {}
    listed = []
    for name, used in (("first", layers), ("second", layers[:1])):
        diff_ids = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in used]
        config = compact({**config_of("amd64"), "rootfs": {"type": "layers", "diff_ids": diff_ids}})
        paths = [f"{hashlib.sha256(layer).hexdigest()}/layer.tar" for layer in used]
        found |= {f"{name}.json": config, **dict(zip(paths, used, strict=True))}
        listed.append({"Config": f"{name}.json", "RepoTags": [f"example.org/{name}:1"], "Layers": paths})
    return {**found, "manifest.json": compact(listed), "repositories": b"{}"}


def write_saved(root: Path) -> dict[str, str]:
    """Write the archives and return words for command lines."""
    root.mkdir()
    contents: Contents = {}
    image, layers = rich(contents)
    one = layout(contents, (image, "rich"))
    other: Contents = {}
    images = small(other, "a"), small(other, "b")
    several = layout(other, *zip(images, ("a", "b"), strict=True))
    files = {
        "one": packed(one),
        "reversed": packed(dict(reversed(one.items()))),
        "dotted": packed(one, "./"),
        "gzip": gzipped(packed(one)),
        "bzip2": bz2.compress(packed(one)),
        "xz": lzma.compress(packed(one)),
        "several": packed(several),
        "version": packed(layout(contents, (image, "rich"), version="9.9.9")),
        "lacking": packed({name: data for name, data in one.items() if len(data) != layers[0]["size"]}),
        "docker": packed(docker()),
        "empty": packed({}),
        "text": b"hello world\n" * 100,
    }
    for name, data in files.items():
        (root / f"{name}.tar").write_bytes(data)
    names = {"rich": image, "lower": layers[0], "upper": layers[1], "small.a": images[0], "small.b": images[1]}
    return {name: str(descriptor["digest"]) for name, descriptor in names.items()}


def tars_in(root: Path) -> dict[str, object]:
    """Describe the tars that lines have written into the world's directory; compressed ones differ by who compressed them."""
    return {path.name: entries_of(path) for path in sorted(root.glob("*.tar"))}


def entries_of(path: Path) -> list[str]:
    """Return a line for each entry: its name, kind, mode, size and digest."""
    with tarfile.open(path) as archive:
        return [described(archive, member) for member in archive.getmembers()]


def described(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """Return the line of one entry."""
    content = archive.extractfile(member) if member.isreg() else None
    digest = hashlib.sha256(content.read() if content else b"").hexdigest()[:16]
    return f"{member.type.decode()} {member.mode:o} {member.mtime} {member.size} {digest} {member.name}"
