"""One repository as seen through the transport: its requests, its statuses, the names of what is missing.

The transport answers with bytes and statuses; callers above want to know that *this manifest* is not in *that repository*. The
translation happens here, once for every kind of request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from regclient.errors import NotFound, RedirectRefused, RegistryFault, SizeLimitExceeded, Unreachable, Unsupported
from regclient.model.digest import Digest
from regclient.model.headers import first
from regclient.model.reference import Reference
from regclient.repository import Name, check_tag
from regclient.transport.addresses import parse_url
from regclient.transport.messages import Body, Kind, Request, Response, Transport
from regclient.transport.redirects import Resolver, check_redirect, system_resolver

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    from regclient.model.descriptor import Descriptor

    class Asked(TypedDict, total=False):
        """What a request says besides its method, its path and its kind."""

        query: tuple[tuple[str, str], ...]
        url: str
        headers: Mapping[str, str]
        body: bytes | Body | None
        accept: frozenset[int]
        size: int | None
        mirrors: bool
        quiet: bool
        onward: str | None


PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that say nothing of whether the registry can do what was asked."""

DELETED = (200, 202, 204)
"""The specification's 202, and what registries answer that have nothing left to do."""

READ_SIZE = 256 * 1024


class Wire(NamedTuple):
    """The transport, bound to one repository (or to a registry, when the reference has no repository)."""

    transport: Transport
    reference: Reference
    resolve: Resolver = system_resolver

    def request(self, method: str, path: str = "", kind: Kind = Kind.QUERY, **asked: Unpack[Asked]) -> Request:
        """Make a request to this repository."""
        return Request(self.reference.registry, method, path, repository=self.reference.repository, kind=kind, **asked)

    def send(self, request: Request, *, ok: tuple[int, ...] = (200,), missing: NotFound | None = None) -> Response:
        """Send and return an answer whose status is in ``ok`` or ``request.accept``.

        Raises:
            NotFound: ``missing``, or the transport's own error without one.
            RegistryFault: another 2xx status than the call can use.
        """
        try:
            response = self.transport.send(request)
        except NotFound as error:
            # A body that is read while it is sent may miss something of its own: that has a more precise class already.
            if missing is None or type(error) is not NotFound:
                raise
            raise missing from error
        if response.status in ok or response.status in request.accept:
            return response
        with response:
            raise self.fault(request, response, "expected " + " or ".join(str(status) for status in ok))

    def try_send(self, request: Request, *, ok: tuple[int, ...] = (200,), missing: NotFound | None = None) -> Response:
        """Send what a registry may well refuse, without slowing later requests; what may pass is asked again with patience.

        Raises:
            NotFound, RegistryFault: as :meth:`send`.
        """
        try:
            return self.send(replace(request, quiet=True), ok=ok, missing=missing)
        except (RegistryFault, Unreachable) as error:
            if not may_pass(error):
                raise
        return self.send(request, ok=ok, missing=missing)

    def follow(self, response: Response, location: str) -> str:
        """Return the absolute address of something a registry points at: a next page, an upload session.

        Where a proxy ends TLS, the registry behind it may say http about itself: the way that answered is kept then.

        Raises:
            RedirectRefused: another host without TLS, or a local address of a registry that is not local.
            InvalidConfig: it is no web address.
        """
        here = parse_url(response.url)
        there = here.join(location)
        if (here.scheme, there.scheme) == ("https", "http") and here.host == there.host:
            there = there._replace(scheme=here.scheme, port=here.port)
        check_redirect(here, there, self.resolve)
        return str(there)

    def fault(self, request: Request, response: Response, detail: str) -> RegistryFault:
        """Describe an answer we cannot use; the address is given without its query, which may hold a signature."""
        address = response.url.partition("?")[0] or request.path
        return RegistryFault(self.reference.registry, response.status, f"{request.method} {address}", detail=detail)


def path_of(name: Name) -> str:
    """Return a tag or digest as a part of a path.

    Raises:
        InvalidReference: it is not a tag; anything else might lead to another address.
    """
    return check_tag(name) if isinstance(name, str) else str(name)


def may_pass(error: RegistryFault | Unreachable) -> bool:
    """Whether the failure is of the moment (a lost connection, a 503) rather than an answer."""
    if isinstance(error, RegistryFault):
        return error.status in PASSING
    return not isinstance(error, RedirectRefused)


def refuses_head(error: RegistryFault | Unsupported) -> bool:
    """Whether a host has no HEAD, by its settings or by its own words, so that a GET may still be answered."""
    return isinstance(error, Unsupported) or error.status in {405, 501}


def content_length(response: Response) -> int | None:
    """Return what ``Content-Length`` says; None when it is absent or no number."""
    text = first(response.headers, "Content-Length")
    return int(text) if len(text) < 20 and text.isascii() and text.isdigit() else None


def size_of(blob: Descriptor) -> int | None:
    """Return a blob's size when its descriptor knows it: 0 is believed of the empty blob only (schema 1 names no sizes)."""
    if blob.size > 0 or (blob.size == 0 and blob.digest == Digest.of(b"", blob.digest.algorithm)):
        return blob.size
    return None


def read_limited(response: Response, limit: int, what: str) -> bytes:
    """Read a whole body that must not be longer than ``limit`` bytes (0: no limit).

    Raises:
        SizeLimitExceeded: it is longer, or says that it will be.
    """
    if limit > 0 and (content_length(response) or 0) > limit:
        raise SizeLimitExceeded(limit, what)
    parts: list[bytes] = []
    held = 0
    while part := response.read(READ_SIZE):
        parts.append(part)
        held += len(part)
        if 0 < limit < held:
            raise SizeLimitExceeded(limit, what)
    return b"".join(parts)
