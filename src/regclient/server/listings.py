"""Lists of the API: tags, the catalog, referrers; all paged the same way.

The tags that a layout writes for itself to keep lists of referrers (``sha256-<hex>``, the referrers tag schema) are no user's
tags: they are left out of tag lists as long as they hold an index, which is what the schema asks for. They can be read, pushed
and deleted like any other, and what a client pushes there is what the referrers API answers with.
https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote, urlencode

from regclient.errors import ManifestNotFound, RegistryClientError
from regclient.model.index import IndexManifest
from regclient.model.mediatype import OCI_INDEX
from regclient.repository import Repository
from regclient.server.exchange import Exchange, digest_of
from regclient.server.fault import Fault
from regclient.server.message import JSON, ServerResponse

T = TypeVar("T")
_SCHEMA_TAG = re.compile(r"(?:sha256|sha384|sha512)-[0-9a-f]{64}")


def get_base(_exchange: Exchange) -> ServerResponse:
    """Answer ``/v2/``: the distribution API is spoken here."""
    return ServerResponse(200, [("Content-Type", JSON), ("Docker-Distribution-Api-Version", "registry/2.0")], b"{}")


def get_tags(exchange: Exchange) -> ServerResponse:
    """List the tags of a repository in the order of Go's ``sort.Strings``."""
    repository = exchange.repository()
    tags = sorted(set(repository.tags().tags))
    if exchange.policy.referrers:
        tags = [tag for tag in tags if not _keeps_referrers(repository, tag)]
    return _named_page(exchange, "tags", tags, {"name": exchange.route.name})


def get_catalog(exchange: Exchange) -> ServerResponse:
    """List the repositories of the registry."""
    return _named_page(exchange, "repositories", exchange.store.names(), {})


def get_referrers(exchange: Exchange) -> ServerResponse:
    """List the manifests whose subject is a digest; a registry that can must never answer 404 here."""
    if not exchange.policy.referrers:
        raise Fault(404, "UNSUPPORTED", "the referrers API is not offered here")
    subject = digest_of(exchange.route.argument)
    artifact_type = exchange.request.parameter("artifactType") or None
    repository = exchange.store.open(exchange.route.name)
    found = repository.referrers(subject, artifact_type).descriptors if repository is not None else ()
    last = exchange.request.parameter("last")
    start = next((at + 1 for at, entry in enumerate(found) if str(entry.digest) == last), 0)
    page, more = _cut(found[start:], exchange.policy.page or None)
    headers = [("Content-Type", OCI_INDEX)]
    if artifact_type is not None:
        headers.append(("OCI-Filters-Applied", "artifactType"))
    if more:
        query = {"artifactType": artifact_type} if artifact_type is not None else {}
        headers.append(_link(exchange, query | {"last": str(page[-1].digest)}))
    return ServerResponse(200, headers, IndexManifest.build(manifests=tuple(page)).raw)


def _keeps_referrers(repository: Repository, tag: str) -> bool:
    if not _SCHEMA_TAG.fullmatch(tag):
        return False
    try:
        return repository.head_manifest(tag).media_type == OCI_INDEX
    except ManifestNotFound:
        return True
    except RegistryClientError:
        return False


def _named_page(exchange: Exchange, member: str, entries: Sequence[str], extra: dict[str, str]) -> ServerResponse:
    limit, last = _limit(exchange), exchange.request.parameter("last")
    if last is not None:
        entries = [entry for entry in entries if entry > last]
    page, more = _cut(entries, limit)
    headers = [("Content-Type", JSON)]
    if more and page:
        headers.append(_link(exchange, {"n": str(len(page)), "last": page[-1]}))
    body = json.dumps(extra | {member: list(page)}, separators=(",", ":")).encode() + b"\n"
    return ServerResponse(200, headers, body)


def _cut(entries: Sequence[T], limit: int | None) -> tuple[Sequence[T], bool]:
    if limit is None or len(entries) <= limit:
        return entries, False
    return entries[:limit], True


def _limit(exchange: Exchange) -> int | None:
    text = exchange.request.parameter("n")
    cap = exchange.policy.page or None
    if text is None or text == "":
        return cap
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Fault(400, "UNSUPPORTED", "n is not a number of entries")
    return int(text) if cap is None else min(int(text), cap)


def _link(exchange: Exchange, query: dict[str, str]) -> tuple[str, str]:
    return "Link", f'<{quote(exchange.request.path)}?{urlencode(query)}>; rel="next"'
