"""Manifests, configs and layers as lines of text that can be compared: ``kit/linediff.py`` says what changed between two.

Documents get a line for each member, in the order and spelling they were written in; layers a line for each entry, as ``ls``
would show it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import BinaryIO, TypeAlias, cast

from regclient.kit.civil import UTC, Zone
from regclient.kit.compression import open_decompressed
from regclient.kit.gotemplate.jsontext import indent
from regclient.kit.gotime import RFC3339, GoTime
from regclient.kit.tarscan import Scanned, scan
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import Manifest
from regclient.ops.config import read_config
from regclient.repository import Repository

Zones: TypeAlias = Callable[[int], Zone]
"""Tells the time zone at a moment, given in seconds since 1970."""

_CHUNK = 1 << 20
_ESCAPED = re.compile("[<>&\u2028\u2029]")
_BITS = "rwxrwxrwx"


def manifest_lines(manifest: Manifest) -> list[str]:
    """Return a manifest as lines."""
    return document_lines(manifest.raw)


def config_lines(repository: Repository, blob: Descriptor) -> list[str]:
    """Return the config of an image as lines.

    Raises:
        BlobNotFound: it is not there.
        InvalidManifest, SizeLimitExceeded: it is no config.
    """
    return document_lines(read_config(repository, blob).raw)


def layer_lines(repository: Repository, blob: Descriptor, zones: Zones | None = lambda _: UTC) -> list[str]:
    """Return the entries of a layer as lines: mode, owner, size, time, name, and the digest of the bytes, if any.

    Times are shown in the zone ``zones`` tells, or not at all (None).

    Raises:
        BlobNotFound: it is not there.
        Corrupt: it is not a tar, or a damaged one.
    """
    with repository.open_blob(blob) as stored:
        content = cast("BinaryIO", open_decompressed(stored))
        lines = [entry_line(entry, zones) for entry in scan(content, shared=True)]
        # What follows the tar is read for the sake of the checksums.
        while content.read(_CHUNK):
            pass
        while stored.read(_CHUNK):
            pass
    return lines


def document_lines(raw: bytes) -> list[str]:
    """Return a JSON document as lines; what matters to HTML is escaped, as Go does it."""
    text = raw.decode("utf-8", "surrogateescape")
    return indent(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)).split("\n")


def entry_line(entry: Scanned, zones: Zones | None) -> str:
    """Return the line of one entry; what would draw on a terminal or break the line is escaped."""
    header = entry.header
    mode = "-" + "".join(letter if header.mode >> (8 - bit) & 1 else "-" for bit, letter in enumerate(_BITS))
    time = f" {GoTime(header.mtime, 0, zones(header.mtime)).format(RFC3339)}" if zones else ""
    digest = f" {digest_of(entry.content)}" if header.size > 0 else ""
    return f"{mode} {header.uid}/{header.gid} {header.size:8d}{time} {_shown(header.name):<40}{digest}"


def digest_of(content: BinaryIO) -> str:
    """Return the digest of what is left of a stream."""
    state = hashlib.sha256()
    while chunk := content.read(_CHUNK):
        state.update(chunk)
    return f"sha256:{state.hexdigest()}"


def _shown(name: str) -> str:
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() or "\udc80" <= char <= "\udcff" else ascii(char)[1:-1] for char in name)
