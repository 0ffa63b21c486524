"""Blob uploads: in one request, in a session of pieces, or by mounting what another repository has.

What arrives whole goes straight into the repository, hashed on the way; pieces wait in the session. Nothing is ever held
whole in memory. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from regclient.errors import NotFound
from regclient.model.descriptor import Descriptor
from regclient.model.digest import ALGORITHMS, Digest
from regclient.model.headers import first
from regclient.repository import Mounts, Repository
from regclient.server.exchange import Exchange, digest_of
from regclient.server.fault import Fault
from regclient.server.message import OCTET_STREAM, ServerResponse
from regclient.server.route import is_name
from regclient.server.sessions import Session

# The unit is not in the spec, but old clients write it.
_CONTENT_RANGE = re.compile(r"(?:bytes[ =])?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?")


def start_upload(exchange: Exchange) -> ServerResponse:
    """Answer POST: mount a blob, take one whole, or open a session."""
    request = exchange.request
    algorithm = request.parameter("digest-algorithm")
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise Fault(400, "DIGEST_INVALID", "the digest algorithm is not supported")
    mount, whole = request.parameter("mount"), request.parameter("digest")
    if mount is not None and _mounted(exchange, digest_of(mount), request.parameter("from")):
        return _created(exchange, digest_of(mount))
    if mount is None and whole is not None and request.length != 0:
        with closing(Session(exchange.route.name, exchange.store.spool)) as session:
            return _finished(exchange, session, digest_of(whole))
    session = exchange.sessions.start(exchange.route.name)
    headers = [*_place(session), ("Docker-Upload-Uuid", session.identity)]
    if exchange.policy.chunk_minimum:
        headers.append(("OCI-Chunk-Min-Length", str(exchange.policy.chunk_minimum)))
    return ServerResponse(202, headers)


def append_upload(exchange: Exchange) -> ServerResponse:
    """Answer PATCH: take the next piece."""
    with _session(exchange) as session:
        _check_range(exchange, session)
        session.append(exchange.request.body)
        return ServerResponse(202, _progress(session))


def finish_upload(exchange: Exchange) -> ServerResponse:
    """Answer PUT: take the last piece, if any, and make everything a blob."""
    text = exchange.request.parameter("digest")
    if text is None:
        raise Fault(400, "DIGEST_INVALID", "the digest parameter is missing")
    digest = digest_of(text)
    with _session(exchange) as session:
        _check_range(exchange, session)
        answer = _finished(exchange, session, digest)
        exchange.sessions.drop(session)
        return answer


def get_upload(exchange: Exchange) -> ServerResponse:
    """Answer GET: say how much has arrived."""
    with _session(exchange) as session:
        return ServerResponse(204, _progress(session))


def cancel_upload(exchange: Exchange) -> ServerResponse:
    """Answer DELETE: forget the session and its bytes."""
    with _session(exchange) as session:
        exchange.sessions.drop(session)
        return ServerResponse(204)


@contextmanager
def _session(exchange: Exchange) -> Iterator[Session]:
    session = exchange.sessions.take(exchange.route.name, exchange.route.argument)
    try:
        yield session
    finally:
        session.lock.release()


def _finished(exchange: Exchange, session: Session, digest: Digest) -> ServerResponse:
    """Store the session's bytes followed by the body.

    A session that holds nothing yet keeps nothing of a body that fails, so that the client may try again; one with pieces is of
    no more use when their digest is wrong.
    """
    body, length = exchange.request.body, exchange.request.length
    if session.offset == 0 and length is not None:
        exchange.store.create(exchange.route.name).put_blob(body, Descriptor(OCTET_STREAM, digest, length))
        return _created(exchange, digest)
    session.append(body)
    try:
        blob = Descriptor(OCTET_STREAM, digest, session.offset)
        exchange.store.create(exchange.route.name).put_blob(session.content(), blob)
    except BaseException:
        exchange.sessions.drop(session)
        raise
    return _created(exchange, digest)


def _check_range(exchange: Exchange, session: Session) -> None:
    header = first(exchange.request.headers, "Content-Range")
    if not header:
        return
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise Fault(400, "BLOB_UPLOAD_INVALID", "Content-Range is not FIRST-LAST")
    start, end = int(match[1]), int(match[2])
    if start != session.offset or end < start:
        known = _progress(session) if session.offset else _place(session)
        raise Fault(416, "BLOB_UPLOAD_INVALID", f"the next byte is {session.offset}", headers=tuple(known))
    if exchange.request.length is not None and exchange.request.length != end - start + 1:
        raise Fault(400, "SIZE_INVALID", "Content-Length and Content-Range differ")


def _mounted(exchange: Exchange, digest: Digest, source: str | None) -> bool:
    target = exchange.store.open(exchange.route.name)
    if target is not None and target.stat_blob(Descriptor(OCTET_STREAM, digest, -1)) is not None:
        return True
    names: Sequence[str] = ()
    if source is None:
        names = exchange.store.names() if exchange.policy.anonymous_mounts else ()
    elif is_name(source):
        names = (source,)
    for name in names:
        repository = exchange.store.open(name)
        stat = repository.stat_blob(Descriptor(OCTET_STREAM, digest, -1)) if repository is not None else None
        if repository is not None and stat is not None:
            return _taken(exchange, Descriptor(OCTET_STREAM, digest, stat.size), repository)
    return False


def _taken(exchange: Exchange, blob: Descriptor, src: Repository) -> bool:
    dst = exchange.store.create(exchange.route.name)
    if isinstance(dst, Mounts) and dst.mount_blob(blob, src):
        return True
    try:
        with src.open_blob(blob) as content:
            dst.put_blob(content, blob)
    except NotFound:  # deleted since it was found
        return False
    return True


def _created(exchange: Exchange, digest: Digest) -> ServerResponse:
    location = f"/v2/{exchange.route.name}/blobs/{digest}"
    return ServerResponse(201, [("Location", location), ("Docker-Content-Digest", str(digest))])


def _place(session: Session) -> list[tuple[str, str]]:
    return [("Location", f"/v2/{session.name}/blobs/uploads/{session.identity}")]


def _progress(session: Session) -> list[tuple[str, str]]:
    # "0--1" for no byte at all is what olareg and zot say too; "0-0" would be one byte.
    return [*_place(session), ("Range", f"0-{session.offset - 1}")]
