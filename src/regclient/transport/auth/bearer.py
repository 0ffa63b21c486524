"""Bearer: tokens in place of passwords, a few repositories to a token (see :mod:`.scope`), one fetch for all who wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from regclient.clock import Clock
from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL
from regclient.transport.auth.challenge import Challenge
from regclient.transport.auth.scope import Need, add, covers, has_room
from regclient.transport.auth.tokens import Service, Token, TokenSource


@dataclass(slots=True)
class _Bundle:
    scopes: tuple[str, ...]
    token: Token | None = None


class Bearer:
    """The tokens for one server; safe from many threads: those who need the same token wait for one fetch."""

    def __init__(self, source: TokenSource, clock: Clock, warn: Callable[[str], None]) -> None:
        self._source = source
        self._clock = clock
        self._warn = warn
        self._lock = threading.Lock()
        self._service: Service | None = None
        self._bundles: list[_Bundle] = []
        self._general: tuple[str, ...] = ()

    def accept(self, challenge: Challenge, url: URL, need: Need, refused: Secret, check: Callable[[URL], None]) -> Need:
        """Take note of a challenge to a request that was sent with ``refused``; return what the request needs now.

        ``check`` refuses addresses of token services that nobody should send us to.

        Raises:
            InvalidConfig: the challenge has no realm.
            RedirectRefused: the realm is such an address.
        """
        realm = challenge.params.get("realm")
        if not realm:
            raise InvalidConfig("WWW-Authenticate", "a Bearer challenge needs a realm")
        service = Service(url.join(realm), challenge.params.get("service", ""))
        check(service.realm)
        wanted = tuple(challenge.params.get("scope", "").split())
        with self._lock:
            if service != self._service:
                self._service, self._bundles = service, []
            for bundle in self._bundles:
                if bundle.token is not None and _value(bundle.token) == refused:
                    bundle.token = None
            if not need.scopes:
                self._general = wanted
        scopes = need.scopes
        for scope in wanted:
            scopes = add(scopes, scope)
        return Need(scopes, need.public, need.margin)

    def authorization(self, need: Need) -> Secret:
        """Return the value of ``Authorization`` for a request, getting a token first when there is no good one.

        It is empty as long as there was no challenge.

        Raises:
            Denied, RegistryFault, Broken: the token service refuses, or cannot be asked.
        """
        with self._lock:
            if self._service is None:
                return Secret()
            bundle = self._bundle_for(need.scopes or self._general)
            token = bundle.token
            if token is None or not token.is_good(self._clock.now(), need.margin) or (token.fallback and not need.public):
                token = bundle.token = self._source.fetch(self._service, bundle.scopes, public=need.public, warn=self._warn)
            return _value(token)

    def _bundle_for(self, wanted: tuple[str, ...]) -> _Bundle:
        for bundle in self._bundles:
            if all(covers(bundle.scopes, scope) for scope in wanted):
                return bundle
        # A request is either new here, or it needs more of a repository than its token allows: the newest bundle may grow.
        for bundle in reversed(self._bundles):
            grown = bundle.scopes
            for scope in wanted:
                grown = add(grown, scope) if has_room(grown, scope) else ()
                if not grown:
                    break
            else:
                bundle.scopes, bundle.token = grown, None
                return bundle
        scopes: tuple[str, ...] = ()
        for scope in wanted:
            scopes = add(scopes, scope)
        self._bundles.append(_Bundle(scopes))
        return self._bundles[-1]


def _value(token: Token) -> Secret:
    return Secret(f"Bearer {token.value.reveal()}")
