"""Tokens from a token service: asking for one, reading the answer, and knowing when it ends.

https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/ are the two ways to ask. A stored login that the
service refuses must not keep anyone from public content, so reading falls back to asking without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from regclient.clock import Clock
from regclient.errors import Denied, RegistryFault
from regclient.hosts import ANONYMOUS, Credential
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL
from regclient.transport.auth.basic import basic_value
from regclient.transport.auth.scope import SKEW

SHORTEST_LIFE = 60.0
LONGEST_LIFE = 366 * 86400.0
_REFUSALS = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A question to a token service: a GET with a query or a POST with a form, perhaps with a login."""

    method: str
    url: URL
    form: bytes | None = None
    authorization: Secret = field(default_factory=Secret)


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What came back: status, body, and the ``Date`` the service believes it is, in seconds (None when it did not say)."""

    status: int
    body: bytes
    date: float | None = None


Ask = Callable[[TokenRequest], TokenAnswer]
"""Carries a question to the token service; raises what the transport raises."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its end; ``fallback`` when it was had without the login that the service refused."""

    value: Secret
    expires: float
    life: float
    refresh: Secret = field(default_factory=Secret)
    fallback: bool = False

    def is_good(self, now: float, margin: float = SKEW) -> bool:
        """Whether it lasts ``margin`` seconds more (never asking for more than half its life)."""
        return now < self.expires - max(SKEW, min(margin, self.life / 2))


@dataclass(frozen=True, slots=True)
class Service:
    """A token service as a challenge names it."""

    realm: URL
    name: str = ""


class TokenSource:
    """Gets tokens of one service for one login; the caller sees to it that one thread asks at a time."""

    def __init__(self, host: str, ask: Ask, credential: Callable[[], Credential], *, clock: Clock, client_id: str) -> None:
        self._host = host
        self._ask = ask
        self._credential = credential
        self._clock = clock
        self._client_id = client_id
        self._refresh = Secret()

    def fetch(self, service: Service, scopes: tuple[str, ...], *, public: bool, warn: Callable[[str], None]) -> Token:
        """Get a token for all ``scopes``; with ``public`` a refused login is left out rather than fatal.

        Raises:
            Denied: the service refuses us.
            RegistryFault: it answers something else than a token.
        """
        credential = self._credential()
        answer = self._with_login(service, scopes, credential)
        if answer.status in _REFUSALS and public and (credential or self._refresh):
            anonymous = self._ask(self._query(service, scopes, ANONYMOUS))
            if anonymous.status == 200:
                warn(f"the login for {self._host} was refused ({answer.status}), continuing without it")
                return self._token(anonymous, fallback=True)
        return self._token(answer)

    def _with_login(self, service: Service, scopes: tuple[str, ...], credential: Credential) -> TokenAnswer:
        refused: TokenAnswer | None = None
        for token in [token for token in (self._refresh, credential.token) if token]:
            answer = self._ask(self._form(service, scopes, token))
            if answer.status in {200, 429} or answer.status >= 500:
                return answer
            if token == self._refresh:
                self._refresh = Secret()
            if answer.status in _REFUSALS:
                refused = answer
        if refused is not None and not (credential.user and credential.password):
            return refused
        return self._ask(self._query(service, scopes, credential))

    def _query(self, service: Service, scopes: tuple[str, ...], credential: Credential) -> TokenRequest:
        fields = [("client_id", self._client_id), ("service", service.name), *(("scope", scope) for scope in scopes)]
        login = bool(credential.user and credential.password)
        fields += [("account", credential.user)] if login else []
        url = service.realm.with_query(urlencode([(name, value) for name, value in fields if value]))
        return TokenRequest("GET", url, authorization=basic_value(credential) if login else Secret())

    def _form(self, service: Service, scopes: tuple[str, ...], token: Secret) -> TokenRequest:
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": token.reveal(),
            "client_id": self._client_id,
            "service": service.name,
            "scope": " ".join(scopes),
        }
        form = urlencode({name: value for name, value in fields.items() if value})
        return TokenRequest("POST", service.realm, form=form.encode("ascii"))

    def _token(self, answer: TokenAnswer, *, fallback: bool = False) -> Token:
        if answer.status in _REFUSALS:
            raise Denied(self._host, "its token service", status=answer.status)
        token = read_token(answer, self._clock.now(), fallback=fallback) if answer.status == 200 else None
        if token is None:
            raise RegistryFault(self._host, answer.status, "the request for a token", detail="no token in the answer")
        if token.refresh:
            self._refresh = token.refresh
        return token


def read_token(answer: TokenAnswer, now: float, *, fallback: bool = False) -> Token | None:
    """Read the JSON of a token answer that arrived at ``now`` on our clock; None when there is no token in it.

    How old the token is already is told by two readings of the service's own clock, so that a skewed clock on either side
    neither ends tokens early nor keeps them too long.
    """
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    value = document.get("access_token") or document.get("token")
    if not isinstance(value, str) or not value:
        return None
    life = _life_of(document.get("expires_in"))
    issued = _seconds_of(document.get("issued_at"))
    age = (answer.date if answer.date is not None else now) - issued if issued is not None else 0.0
    if not 0 <= age < life - SKEW:
        age = 0.0
    refresh = document.get("refresh_token")
    return Token(Secret(value), now + life - age, life, Secret(refresh if isinstance(refresh, str) else ""), fallback)


def _life_of(seconds: object) -> float:
    """Return how long a token lives; what is no number, too small or beyond reason is not taken at its word."""
    if not isinstance(seconds, int | float) or not seconds > SHORTEST_LIFE:
        return SHORTEST_LIFE
    return float(min(seconds, LONGEST_LIFE))


def _seconds_of(value: object) -> float | None:
    """Read an RFC 3339 time; a token service that writes something else is taken to have issued the token just now."""
    from datetime import datetime  # noqa: PLC0415 - only token answers need it

    if not isinstance(value, str):
        return None
    # Fractions longer than microseconds are more than fromisoformat takes before 3.12.
    whole, dot, rest = value.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    text = f"{whole}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}" if dot else value
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None
