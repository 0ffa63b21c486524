"""Tars made entry by entry, so that tests can hold what no honest program writes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True)
class Item:
    """One entry: a file with its content, or a link, directory or device by its kind."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644
    records: Mapping[str, str] = field(default_factory=dict)


def symlink(name: str, target: str) -> Item:
    """A symbolic link."""
    return Item(name, kind=tarfile.SYMTYPE, link=target)


def hard_link(name: str, target: str) -> Item:
    """A hard link."""
    return Item(name, kind=tarfile.LNKTYPE, link=target)


def directory(name: str) -> Item:
    """A directory."""
    return Item(name, kind=tarfile.DIRTYPE, mode=0o755)


def tar_of(*items: Item) -> bytes:
    """Write a tar of these entries in this order."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for item in items:
            member = tarfile.TarInfo(item.name)
            member.type, member.linkname, member.mode = item.kind, item.link, item.mode
            member.size, member.pax_headers = len(item.content), dict(item.records)
            tar.addfile(member, io.BytesIO(item.content))
    return out.getvalue()


def files(**contents: str) -> bytes:
    """Write a tar of small files."""
    return tar_of(*(Item(name, text.encode()) for name, text in contents.items()))


def repacked(archive: bytes, *, reverse: bool = False, prefix: str = "", without: Sequence[str] = ()) -> bytes:
    """Write an archive again, its entries in another order, under other names, or less some of them."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        items = []
        for member in tar.getmembers():
            file = tar.extractfile(member) if member.isreg() else None
            content = file.read() if file else b""
            items.append(Item(prefix + member.name, content, member.type, member.linkname, member.mode))
    kept = [item for item in items if item.name.removeprefix(prefix) not in without]
    return tar_of(*(reversed(kept) if reverse else kept))


def names_in(archive: bytes) -> list[str]:
    """Return the names of an archive's entries."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getnames()


def read_from(archive: bytes, name: str) -> bytes:
    """Return the content of one entry."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()


def docker_config(*layers: bytes) -> bytes:
    """Return the config of an image of these plain layers."""
    diff_ids = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]
    return json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()


def docker_items(
    name: str, *layers: bytes, tags: Sequence[str] = (), packed: bool = False
) -> tuple[dict[str, object], list[Item]]:
    """Return the line of ``manifest.json`` and the entries of one image, as ``docker save`` once wrote them."""
    config = docker_config(*layers)
    items, paths = [Item(f"{name}.json", config)], []
    for number, layer in enumerate(layers):
        path = f"{name}{number}/layer.tar"
        items += [directory(f"{name}{number}/"), Item(f"{name}{number}/VERSION", b"1.0")]
        items.append(Item(path, gzip.compress(layer, mtime=0) if packed else layer))
        paths.append(path)
    return {"Config": f"{name}.json", "RepoTags": list(tags) or None, "Layers": paths}, items


def docker_archive(*images: tuple[dict[str, object], list[Item]]) -> bytes:
    """Write the archive of these images, with the documents at its end as Docker does."""
    items = [item for _, entries in images for item in entries]
    listed = json.dumps([line for line, _ in images]).encode()
    return tar_of(*items, Item("manifest.json", listed), Item("repositories", b"{}"))


class Pipe(io.RawIOBase):
    """A stream that cannot be sought in."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]  # any buffer
        """Fill the buffer."""
        return self._content.readinto(buffer)


def stream(content: bytes) -> BinaryIO:
    """Open bytes as a file."""
    return io.BytesIO(content)
