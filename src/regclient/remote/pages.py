"""Answers that come in pages, chained by ``Link`` headers.

A registry decides how many pages there are, so everything here has an end: each address is asked once, pages that bring nothing
new are counted, and so are the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from regclient.errors import NotFound, SizeLimitExceeded, UnsupportedMediaType
from regclient.model.headers import Headers, first
from regclient.model.mediatype import base
from regclient.remote.wire import Wire, read_limited
from regclient.transport.links import next_link
from regclient.transport.messages import Request, Response

MIB = 1024 * 1024
PAGE_LIMIT = 32 * MIB
TOTAL_LIMIT = 256 * MIB
IDLE_PAGES = 16

LIST_TYPES = frozenset({"", "application/json", "text/plain"})
"""Content types of tag lists and catalogs; some registries send their JSON as ``text/plain`` or say nothing."""


class Page(NamedTuple):
    """One page and the exchange it came in."""

    raw: bytes
    headers: Headers
    url: str
    media_type: str


def page_query(limit: int | None, last: str | None) -> tuple[tuple[str, str], ...]:
    """Return the query that asks for ``limit`` names after ``last``; a limit below 1 is none, as in the Go programs."""
    size = (("n", str(limit)),) if limit is not None and limit > 0 else ()
    return (*size, ("last", last)) if last else size


def pages_of(
    wire: Wire,
    opening: Request,
    *,
    types: frozenset[str],
    held: Callable[[], int],
    missing: NotFound | None = None,
    total: int = TOTAL_LIMIT,
) -> Iterator[Page]:
    """Yield page after page for as long as the caller asks; ``held`` tells how many items the caller has by now.

    Only the first page may come from a mirror. ``total`` is the most bytes that all pages may have.

    Raises:
        RegistryFault: the ``Link`` headers lead in a circle or on and on without anything new.
        SizeLimitExceeded: the pages are larger than any honest list.
        UnsupportedMediaType: a page's content type is none of ``types``.
    """
    seen: set[str] = set()
    size = idle = 0
    request = opening
    while True:
        before = held()
        response = wire.try_send(request, missing=missing) if request.quiet else wire.send(request, missing=missing)
        with response:
            page = read_page(response, types)
            if not (link := next_link(response.headers, response.url)):
                yield page
                return
            link = wire.follow(response, link)
            seen.add(response.url)
            fault = wire.fault(request, response, "the Link headers of its pages do not come to an end")
        yield page
        size += len(page.raw)
        idle = idle + 1 if held() == before else 0
        if link in seen or idle > IDLE_PAGES:
            raise fault
        if size > total:
            raise SizeLimitExceeded(total, "the list")
        seen.add(link)
        request = replace(opening, url=link, query=(), mirrors=False, quiet=False)


def read_page(response: Response, types: frozenset[str]) -> Page:
    """Read one page whose content type is one of ``types``.

    Raises:
        UnsupportedMediaType, SizeLimitExceeded: it is not.
    """
    media_type = base(first(response.headers, "Content-Type"))
    if media_type not in types:
        raise UnsupportedMediaType(media_type, "expected " + " or ".join(sorted(types - {""})))
    return Page(read_limited(response, PAGE_LIMIT, "a page of the list"), response.headers, response.url, media_type)
