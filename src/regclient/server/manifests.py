"""Manifests over the API: pulled, pushed under tags and digests, deleted.

Bytes are stored exactly as they came; descriptors may point to content that is not here (sparse indexes, foreign layers,
subjects pushed later), as the spec allows.
"""

from __future__ import annotations

from regclient.errors import InvalidManifest, NotFound, RegistryClientError, SizeLimitExceeded, UnsupportedMediaType
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import first
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.mediatype import base
from regclient.repository import Name
from regclient.server.exchange import Exchange, digest_of
from regclient.server.fault import Fault, fault_of
from regclient.server.message import ServerRequest, ServerResponse
from regclient.server.route import is_tag


def get_manifest(exchange: Exchange) -> ServerResponse:
    """Answer GET and HEAD by tag or digest."""
    name = _name(exchange)
    manifest = _found(exchange, name)
    if not _accepts(exchange.request, manifest.media_type):
        raise Fault(404, "MANIFEST_UNKNOWN", f"{name} is of type {manifest.media_type}, which the request does not accept")
    digest = name if isinstance(name, Digest) else manifest.digest
    headers = [
        ("Content-Type", manifest.media_type),
        ("Docker-Content-Digest", str(digest)),
        ("Etag", f'"{digest}"'),
        ("Content-Length", str(len(manifest.raw))),
    ]
    return ServerResponse(200, headers, b"" if exchange.request.method == "HEAD" else manifest.raw)


def put_manifest(exchange: Exchange) -> ServerResponse:
    """Store a manifest under a tag, or under its digest and the tags of the query."""
    name = _name(exchange)
    tags = _tags(exchange, name)
    expect = name if isinstance(name, Digest) else _expected(exchange)
    manifest = _received(exchange, expect)
    repository = exchange.store.create(exchange.route.name)
    names: tuple[Name, ...] = tags or (name,)
    for each in names:
        repository.put_manifest(manifest, each)
    location = f"/v2/{exchange.route.name}/manifests/{name}"
    headers = [("Location", location), ("Docker-Content-Digest", str(expect or manifest.digest))]
    if manifest.subject is not None and exchange.policy.referrers:
        headers.append(("OCI-Subject", str(manifest.subject.digest)))
    if tags:
        headers.append(("OCI-Tag", ", ".join(tags)))
    return ServerResponse(201, headers)


def delete_manifest(exchange: Exchange) -> ServerResponse:
    """Delete a tag, or a manifest with all its tags and its place among the referrers of its subject."""
    repository = exchange.repository()
    name = _name(exchange)
    try:
        if isinstance(name, Digest):
            repository.delete_manifest(name, manifest=_found(exchange, name))
        else:
            repository.delete_tag(name)
    except NotFound as error:
        raise _unknown(exchange, name) from error
    return ServerResponse(202)


def _found(exchange: Exchange, name: Name) -> Manifest:
    """Read a manifest; a blob that is none, asked for by its digest, is unknown here too."""
    try:
        return exchange.repository().get_manifest(name)
    except NotFound as error:
        raise _unknown(exchange, name) from error
    except (InvalidManifest, UnsupportedMediaType, SizeLimitExceeded) as error:
        if isinstance(name, Digest):
            raise _unknown(exchange, name) from error
        raise


def _unknown(exchange: Exchange, name: Name) -> Fault:
    return Fault(404, "MANIFEST_UNKNOWN", f"there is no manifest {name} in {exchange.route.name}")


def _name(exchange: Exchange) -> Name:
    text = exchange.route.argument
    if ":" in text:
        return digest_of(text)
    if is_tag(text):
        return text
    if exchange.request.method in {"GET", "HEAD"}:
        raise Fault(404, "MANIFEST_UNKNOWN", "neither a tag nor a digest")
    raise Fault(400, "MANIFEST_INVALID", "neither a tag nor a digest")


def _tags(exchange: Exchange, name: Name) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(exchange.request.parameters("tag")))
    if not isinstance(name, Digest):
        return ()
    if len(tags) > exchange.policy.tags_limit:
        raise Fault(414, "UNSUPPORTED", f"at most {exchange.policy.tags_limit} tags in one request")
    for tag in tags:
        if not is_tag(tag):
            raise Fault(400, "MANIFEST_INVALID", "a tag parameter is not a tag")
    return tags


def _expected(exchange: Exchange) -> Digest | None:
    text = exchange.request.parameter("digest")
    return None if text is None else digest_of(text)


def _received(exchange: Exchange, expect: Digest | None) -> Manifest:
    request, limit = exchange.request, exchange.policy.manifest_limit
    raw = b""
    while len(raw) <= limit and (request.length or 0) <= limit and (piece := request.body.read(limit + 1 - len(raw))):
        raw += piece
    if max(len(raw), request.length or 0) > limit:
        raise Fault(413, "SIZE_INVALID", f"a manifest here is at most {limit} bytes")
    algorithm = expect.algorithm if expect is not None else DEFAULT_ALGORITHM
    media_type = base(first(request.headers, "Content-Type"))
    try:
        return parse_manifest(raw, media_type=media_type, expect=expect, algorithm=algorithm)
    except RegistryClientError as error:
        raise fault_of(error, reading=False) from error


def _accepts(request: ServerRequest, media_type: str) -> bool:
    """RFC 9110 12.5.1, as far as it matters here: a type is wanted, or not."""
    ranges = [part for value in request.headers.get("Accept", ()) for part in value.split(",") if part.strip()]
    if not ranges:
        return True
    wanted = {base(part) for part in ranges if not _refused(part)}
    return bool(wanted & {media_type, "*/*", media_type.partition("/")[0] + "/*"})


def _refused(part: str) -> bool:
    parameters = [parameter.strip().lower() for parameter in part.split(";")[1:]]
    return any(parameter.startswith("q=0") and not parameter[3:].strip(".0") for parameter in parameters)
