"""Which hosts may answer a request, in which order, and at which address each of them has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from regclient.hosts import HostSettings
from regclient.transport.addresses import URL, parse_url
from regclient.transport.messages import Request


class Candidate(NamedTuple):
    """A host that may answer; ``upstream`` is the one the request names."""

    settings: HostSettings
    upstream: bool


def candidates_for(request: Request, upstream: HostSettings, resolve: Callable[[str], HostSettings]) -> list[Candidate]:
    """Return the hosts to ask: the upstream, and its mirrors where a mirror may answer."""
    found = [Candidate(upstream, upstream=True)]
    if request.mirrors and upstream.mirrors and not request.url:
        mirrors = (resolve(name) for name in upstream.mirrors)
        found[:0] = [Candidate(mirror, upstream=False) for mirror in mirrors if mirror.name != upstream.name]
    return found


def in_order(candidates: Iterable[Candidate], resting: Callable[[HostSettings], float]) -> list[Candidate]:
    """Sort candidates: hosts that failed of late last (``resting`` seconds to go), then by priority, the smaller number first.

    Among equals the mirrors keep the order of the settings, and the upstream comes last.
    """
    return sorted(candidates, key=lambda one: (resting(one.settings), one.settings.priority, one.upstream))


def address_of(request: Request, candidate: Candidate, upstream: HostSettings, origin: URL) -> URL:
    """Return where a candidate, whose server is at ``origin``, has what the request asks for.

    A mirror is told whose content is meant by ``ns=``; the upstream never is.

    Raises:
        InvalidConfig: the address a registry gave us is none.
    """
    if request.url:
        url = parse_url(request.url)
        return url.with_query(_query(request.query)) if request.query else url
    settings = candidate.settings
    prefix = "" if request.path == "_catalog" and not request.repository else settings.path_prefix
    path = "/v2/" + "".join(f"{part}/" for part in (prefix, request.repository) if part) + request.path
    query = request.query
    if not candidate.upstream and settings.hostname != upstream.hostname:
        query = (*query, ("ns", upstream.hostname))
    target = path if _PLAIN.fullmatch(path) else _quote(path, safe="/:+,=@")
    if query:
        target = f"{target}?{_query(query)}"
    return URL(origin.scheme, origin.host, origin.port, target)


_DIGEST_AT_MOST = re.compile(r"[A-Za-z0-9:._~-]+")
_PLAIN = re.compile(r"[A-Za-z0-9/:._~+,=@-]+")


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join([f"{_quote(name)}={_quote(value)}" for name, value in pairs])


def _quote(text: str, *, safe: str = "") -> str:
    if not safe and _DIGEST_AT_MOST.fullmatch(text):
        return text.replace(":", "%3A")
    from urllib.parse import quote  # noqa: PLC0415 - a door: the address of a manifest needs no quoting

    return quote(text, safe=safe)
