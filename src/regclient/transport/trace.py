"""What crossed the wire, for people who look over our shoulder (``-v trace``), with every secret masked.

The library hands each exchange to a callable instead of a logger: ``logging`` takes longer to import than most requests take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from regclient.model.headers import NO_HEADERS, Headers, headers_of

_SCHEME_ONLY = frozenset({"Authorization", "Proxy-Authorization"})
_HIDDEN = frozenset({"Cookie", "Set-Cookie", "X-Amz-Security-Token"})
_LOGIN = "//[^/>]*@"
_ADDRESSES = frozenset({"Location", "Link", "Docker-Upload-Location", "Content-Location", "Referer"})


class ExchangeRecord(NamedTuple):
    """One exchange: what was asked, what came back (``status`` 0 and ``error`` when nothing did), and the seconds it took.

    ``url`` has no query; headers are masked. ``host`` is the name of the registry in the settings.
    """

    host: str
    method: str
    url: str
    request_headers: Headers
    status: int = 0
    response_headers: Headers = NO_HEADERS
    error: str = ""
    seconds: float = 0.0


ExchangeLog = Callable[[ExchangeRecord], None]
"""Is told of every exchange, token requests and redirects included; may be called from several threads."""


def unlogged(record: ExchangeRecord) -> None:
    """Ignore the exchange: the default."""


def masked(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Collect header fields with logins, cookies and the signed queries of addresses taken out."""
    return {name: tuple(_mask(name, value) for value in values) for name, values in headers_of(pairs).items()}


def masked_headers(headers: Headers) -> Headers:
    """Mask fields that were collected before."""
    return masked((name, value) for name, values in headers.items() for value in values)


def _mask(name: str, value: str) -> str:
    if name in _SCHEME_ONLY:
        return value.partition(" ")[0] + " ***"
    if name in _HIDDEN:
        return "***"
    if name in _ADDRESSES:
        address, found, rest = value.partition("?")
        hidden = "?***" + (rest[rest.index(">") :] if ">" in rest else "") if found else ""
        return re.sub(_LOGIN, "//***@", address) + hidden
    return value
