"""Blobs over the API: pulled whole or in part, and deleted. Uploads are in ``uploads.py``."""

from __future__ import annotations

import re
from contextlib import ExitStack

from regclient.answers import BlobStat
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.headers import first
from regclient.repository import Repository
from regclient.server.exchange import Exchange, digest_of
from regclient.server.fault import Fault
from regclient.server.message import OCTET_STREAM, Content, ServerResponse
from regclient.server.store import HasFiles

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_SKIP = 1 << 20


def get_blob(exchange: Exchange) -> ServerResponse:
    """Answer GET and HEAD of a blob, one range of it when asked."""
    digest = digest_of(exchange.route.argument)
    repository = exchange.repository()
    stat = _stat(exchange, repository, digest)
    headers = [
        ("Content-Type", OCTET_STREAM),
        ("Docker-Content-Digest", str(digest)),
        ("Accept-Ranges", "bytes"),
        ("Etag", f'"{digest}"'),
        ("Cache-Control", "max-age=31536000, immutable"),
    ]
    if exchange.request.method == "HEAD":
        return ServerResponse(200, [*headers, ("Content-Length", str(stat.size))])
    part = part_of(first(exchange.request.headers, "Range"), stat.size)
    if part is None:
        return ServerResponse(200, headers, _open(exchange, repository, stat, range(stat.size)))
    headers.append(("Content-Range", f"bytes {part.start}-{part.stop - 1}/{stat.size}"))
    return ServerResponse(206, headers, _open(exchange, repository, stat, part))


def delete_blob(exchange: Exchange) -> ServerResponse:
    """Delete a blob; whether a manifest still needs it is for the client to know."""
    digest = digest_of(exchange.route.argument)
    repository = exchange.repository()
    _stat(exchange, repository, digest)
    repository.delete_blob(digest)
    return ServerResponse(202)


def part_of(header: str, size: int) -> range | None:
    """Return the bytes a ``Range`` header asks for, None for the whole.

    Several ranges, other units and what is not a range at all are ignored, as RFC 9110 14.2 allows.

    Raises:
        Fault: 416 when the blob has no such bytes.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first_byte, last_byte = match.groups()
    if first_byte:
        part = range(int(first_byte), min(int(last_byte) + 1, size) if last_byte else size)
    else:
        part = range(max(size - int(last_byte), 0), size)
    if not part:
        raise Fault(416, "SIZE_INVALID", "the blob has no such bytes", headers=(("Content-Range", f"bytes */{size}"),))
    return part


def _stat(exchange: Exchange, repository: Repository, digest: Digest) -> BlobStat:
    stat = repository.stat_blob(Descriptor(OCTET_STREAM, digest, -1))
    if stat is None:
        raise Fault(404, "BLOB_UNKNOWN", f"there is no blob {digest} in {exchange.route.name}")
    return stat


def _open(exchange: Exchange, repository: Repository, stat: BlobStat, part: range) -> Content:
    if isinstance(exchange.store, HasFiles):
        file = exchange.store.blob_file(exchange.route.name, stat.digest)
        if file is None:
            raise Fault(404, "BLOB_UNKNOWN", f"there is no blob {stat.digest} in {exchange.route.name}")
        return Content(file, len(part), part.start, is_file=True, close=file.close)
    stack = ExitStack()
    with stack:
        stream = stack.enter_context(repository.open_blob(Descriptor(OCTET_STREAM, stat.digest, stat.size)))
        left = part.start
        while left and (skipped := stream.read(min(left, _SKIP))):
            left -= len(skipped)
        kept = stack.pop_all()
    return Content(stream, len(part), part.start, close=kept.close)
