"""Blobs on their way here: found at the registry or at the addresses their descriptor names, checked while they are read.

Whoever reads a stream to its end has verified it; where the end would be reached with something wrong, reading raises instead.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from regclient.answers import BlobStat
from regclient.errors import (
    BlobNotFound,
    Cancelled,
    InvalidConfig,
    NotFound,
    RedirectRefused,
    RegistryClientError,
    RegistryFault,
    Unsupported,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest, Verifier
from regclient.model.headers import Headers, first
from regclient.model.mediatype import base
from regclient.remote.parts import plan_of
from regclient.remote.ranged import Download, RangedDownload
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire, content_length, refuses_head, size_of
from regclient.transport.addresses import parse_url
from regclient.transport.messages import Kind, Request, Response
from regclient.transport.redirects import is_local

BUFFER = 128 * 1024
"""Whoever reads more at once reads past the buffer, without a copy."""


def stat_blob(wire: Wire, blob: Descriptor) -> BlobStat | None:
    """Ask for a blob's facts without its bytes; a host whose HEAD is turned off is asked for the bytes, which are not read."""
    request = wire.request("HEAD", f"blobs/{blob.digest}", Kind.HEAD, mirrors=True)
    try:
        try:
            response = wire.send(request)
        except (Unsupported, RegistryFault) as error:
            if not refuses_head(error):
                raise
            response = wire.send(replace(request, method="GET", kind=Kind.BLOB))
    except NotFound:
        return None
    with response:
        size = content_length(response)
        media_type = base(first(response.headers, "Content-Type"))
        return BlobStat(blob.digest, max(blob.size, 0) if size is None else size, media_type, response.headers)


@contextmanager
def open_blob(
    wire: Wire,
    blob: Descriptor,
    shared: Shared | None = None,
    host: HostSettings | None = None,
    *,
    onward: str | None = None,
) -> Iterator[BinaryIO]:
    """Open a blob for reading: its inline data when that verifies, else the registry, else its ``urls`` in their order.

    ``host`` says where the registry really is, when that is not its name, and how gently it is asked; ``onward`` which host
    the bytes are written to while they are read (see :class:`~regclient.transport.messages.Request`).

    Raises:
        BlobNotFound: it is in none of these places.
        RedirectRefused: an address leads to this machine or its link although the registry is elsewhere.
    """
    inline = blob.inline
    if inline is not None:
        yield io.BytesIO(inline)
        return
    request = wire.request("GET", f"blobs/{blob.digest}", Kind.BLOB, size=size_of(blob), onward=onward, mirrors=True)
    body = _Body(partial(_find, wire, blob, request, shared or Shared(), host or HostSettings(wire.reference.registry)))
    try:
        verifier = Verifier(body, blob.digest, size_of(blob), what=f"blob {blob.digest}")
        yield BlobStream(verifier, blob.digest, body.headers)
    finally:
        body.close()


class BlobStream(io.BufferedReader):
    """A blob as it arrives, with the ``headers`` it came with.

    ``verifies`` is the digest it checks itself against, for who would otherwise hash it again.
    """

    def __init__(self, verifier: Verifier, verifies: Digest, headers: Headers) -> None:
        super().__init__(verifier, BUFFER)
        self.verifies = verifies
        self.headers = headers


class _Body:
    """The bytes of a blob from wherever they are to be had; going back to the start asks for them again, at once.

    Not at the next read, because that read may happen inside an upload that already holds a connection.
    """

    def __init__(self, find: Callable[[], Download]) -> None:
        self._find = find
        self._response: Download | None = find()
        self.headers = self._response.headers

    def readinto(self, buffer: memoryview, /) -> int:
        return self._response.readinto(buffer) if self._response else 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int) -> int:
        self.close()
        self._response = self._find()
        return offset

    def close(self) -> None:
        response, self._response = self._response, None
        if response is not None:
            response.close()


def _find(wire: Wire, blob: Descriptor, request: Request, shared: Shared, host: HostSettings) -> Download:
    """Ask the registry, then every address of the descriptor; the last failure is raised."""
    missing = BlobNotFound(blob.digest, wire.reference.name)
    failure: RegistryClientError = missing

    def ask(place: Request) -> Response:
        return wire.send(place, ok=_statuses(place), missing=missing)

    for url in ("", *blob.urls):
        try:
            if url:
                return ask(_elsewhere(wire, request, url, host.hostname))
            plan = plan_of(request.size, shared.options, host)
            return RangedDownload(wire, request, plan, shared, ask) if plan else ask(request)
        except Cancelled:
            raise
        except RegistryClientError as error:
            failure = error
    raise failure


def _statuses(request: Request) -> tuple[int, ...]:
    """Return what may answer: for a part any success, since who asks for one looks by itself, and keeps its slot."""
    if "Range" in request.headers:
        return tuple(range(200, 300))
    return (200, 206) if request.offset else (200,)


def _elsewhere(wire: Wire, request: Request, url: str, hostname: str) -> Request:
    """Ask an address outside the registry, https or http: what comes is checked against the digest.

    Raises:
        RedirectRefused: it is of another kind, or on this machine or its link although the registry is elsewhere.
    """
    try:
        place = parse_url(url)
    except InvalidConfig as error:
        raise RedirectRefused(request.host, f"a blob is said to be at {error.text}, which is no web address") from error
    home = parse_url(f"https://{hostname or request.host}")
    if is_local(place.host, wire.resolve) and not is_local(home.host, wire.resolve):
        raise RedirectRefused(request.host, f"a blob is said to be at the local address {place.shown()}")
    return replace(request, url=url, mirrors=False, external=True)
