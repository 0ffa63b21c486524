"""One question carried to its answer: the exchange, and the redirects it leads to.

Requests and token requests both travel this way, so that the rules about who may send us where, and which login goes along, are
in one place: a login is asked for at every hop, by the address of that hop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from regclient.errors import RedirectRefused
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL
from regclient.transport.bodies import Cargo
from regclient.transport.exchange import Answer, Broken, Engine, Exchange, Fields, Identity
from regclient.transport.options import WireOptions
from regclient.transport.proxies import Proxy
from regclient.transport.redirects import MOST_HOPS, Resolver, check_redirect, method_after, next_hop
from regclient.transport.trace import ExchangeRecord, masked, masked_headers, unlogged
from regclient.transport.warnings import Warnings

Login = Callable[[URL], Secret]
"""Gives the value of ``Authorization`` for an address, empty for none."""


class Letter(NamedTuple):
    """What is to be asked: of which host (its name in the settings), how that host is reached, and for how long we wait.

    Without ``follow`` a redirect is an answer like any other.
    """

    host: str
    method: str
    url: URL
    headers: Fields
    identity: Identity
    proxy: Proxy | None = None
    deadline: float | None = None
    follow: bool = True


class Delivery(NamedTuple):
    """The answer, the address it came from after redirects, and the login that went there."""

    answer: Answer
    url: URL
    authorization: Secret


class Courier:
    """Carries letters over an engine; safe from many threads."""

    def __init__(self, engine: Callable[[], Engine], options: WireOptions, warnings: Warnings, resolve: Resolver) -> None:
        self._engine = engine
        self._options = options
        self._warnings = warnings
        self._resolve = resolve

    def carry(self, letter: Letter, cargo: Cargo, login: Login) -> Delivery:
        """Ask, and follow redirects until an answer is not one.

        Raises:
            Broken: the connection could not be made or failed.
            RedirectRefused: a redirect leads where we do not go, or there are too many.
            RegistryClientError: the login could not be had, or the body could not be read.
        """
        for _ in range(MOST_HOPS + 1):
            authorization = login(letter.url)
            answer = self._exchange(letter, cargo, authorization)
            target = self._next(letter, answer)
            if target is None or not letter.follow or not cargo.can_send:
                return Delivery(answer, letter.url, authorization)
            answer.close()
            method = method_after(letter.method, answer.status)
            if method != letter.method:
                cargo = Cargo(None)
            same = target.origin == letter.url.origin
            identity = letter.identity if same else letter.identity.without_certificate()
            letter = letter._replace(url=target, method=method, identity=identity)
        raise RedirectRefused(letter.url.authority, f"more than {MOST_HOPS} redirects, the last to {letter.url.shown()}")

    def check(self, letter: Letter, target: URL) -> None:
        """Refuse a target the server of a letter should not be able to send us to; behind a proxy names are not ours to judge.

        Raises:
            RedirectRefused: see :func:`~regclient.transport.redirects.check_redirect`.
        """
        behind_proxy = self.proxy_for(letter, target) is not None
        check_redirect(letter.url, target, _nothing if behind_proxy else self._resolve)

    def proxy_for(self, letter: Letter, url: URL) -> Proxy | None:
        """Return the proxy on the way to an address: the host's own, or the one by the rules."""
        return letter.proxy or self._options.proxies.proxy_for(url)

    def _next(self, letter: Letter, answer: Answer) -> URL | None:
        try:
            target = next_hop(letter.url, answer.status, answer.headers)
            if target is not None and letter.follow:
                self.check(letter, target)
        except RedirectRefused:
            answer.close()
            raise
        return target

    def _exchange(self, letter: Letter, cargo: Cargo, authorization: Secret) -> Answer:
        headers = letter.headers
        if authorization:
            headers = (*headers, ("Authorization", authorization.reveal()))
        proxy = self.proxy_for(letter, letter.url)
        exchange = Exchange(letter.method, letter.url, headers, letter.identity, cargo.load(), proxy, letter.deadline)
        start = time.monotonic()
        try:
            answer = self._engine().exchange(exchange)
        except Broken as broken:
            self._log(letter, headers, start, None, broken.reason)
            raise
        self._log(letter, headers, start, answer, "")
        self._warnings.collect(answer.headers)
        return answer

    def _log(self, letter: Letter, headers: Fields, start: float, answer: Answer | None, error: str) -> None:
        if self._options.log is unlogged:
            return
        record = ExchangeRecord(letter.host, letter.method, letter.url.shown(), masked(headers))
        if answer is not None:
            record = record._replace(status=answer.status, response_headers=masked_headers(answer.headers))
        self._options.log(record._replace(error=error, seconds=time.monotonic() - start))


def _nothing(host: str) -> tuple[str, ...]:  # noqa: ARG001 - the shape of a resolver
    return ()
