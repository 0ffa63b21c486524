"""The line to one host: its settings made ready, its slots, its logins, and how it has behaved of late.

One failing request must not slow down the others of its host, so failures only put the host behind its mirrors for a while; a
429, however, is said to all of us, and everyone waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from regclient.hosts import TLS, Credential, CredentialSource, HostBook, HostSettings
from regclient.transport.addresses import URL, parse_url
from regclient.transport.auth.login import Login, LoginTools
from regclient.transport.exchange import Identity
from regclient.transport.options import CertificateSource
from regclient.transport.proxies import parse_proxy
from regclient.transport.slots import Slots

_LONGEST_REST = 30.0

ToolMaker = Callable[["HostLine"], LoginTools]
"""Gives what the logins of a host are made with: their token requests travel over the host's own line."""


def origin_of(settings: HostSettings) -> URL:
    """Return the address of a host's server, which is what its credential is for.

    Raises:
        InvalidConfig: the hostname is none.
    """
    return parse_url(f"{'http' if settings.tls is TLS.DISABLED else 'https'}://{settings.hostname}/")


class HostLine:
    """Everything one client keeps about one host; safe from many threads."""

    def __init__(self, settings: HostSettings, certificates: tuple[str, ...]) -> None:
        self.settings = settings
        self.origin = origin_of(settings)
        self.slots = Slots(settings.req_concurrent, settings.req_per_sec)
        self.proxy = parse_proxy(settings.proxy)
        self.identity = Identity(
            settings.tls is not TLS.INSECURE,
            tuple(text for text in (*certificates, settings.reg_cert) if text),
            settings.client_cert,
            settings.client_key,
        )
        self.has_head = settings.api_opts.get("disableHead", "").lower() not in {"1", "t", "true"}
        self._lock = threading.Lock()
        self._logins: dict[str, Login] = {}
        self._paced_until = 0.0
        self._rests_until = 0.0
        self._failures = 0

    def login_for(self, repository: str, credentials: CredentialSource, tools: ToolMaker) -> Login:
        """Return the login for a repository: one for the whole host, unless the settings ask for one each."""
        key = repository if self.settings.repo_auth else ""
        if login := self._logins.get(key):
            return login
        with self._lock:
            login = self._logins.get(key)
            if login is None:
                login = Login(self.settings.name, self.origin.origin, self._credential_from(credentials), tools(self))
                self._logins[key] = login
            return login

    def wait(self, now: float) -> float:
        """Return how long every request to this host has to wait from ``now``."""
        return max(0.0, self._paced_until - now)

    def pace(self, until: float) -> None:
        """Hold every request to this host back until a moment of the monotonic clock."""
        with self._lock:
            self._paced_until = max(self._paced_until, until)

    def resting(self, now: float) -> float:
        """Return for how long other hosts are preferred from ``now``; 0 for a host in good standing."""
        return max(0.0, self._rests_until - now, self._paced_until - now)

    def succeeded(self) -> None:
        """Note that the host answered."""
        if self._failures:
            with self._lock:
                self._failures, self._rests_until = 0, 0.0

    def failed(self, now: float) -> None:
        """Note that the host did not answer, or answered with a fault."""
        with self._lock:
            self._failures += 1
            self._rests_until = now + min(0.1 * 2.0 ** min(self._failures, 20), _LONGEST_REST)

    def _credential_from(self, credentials: CredentialSource) -> Callable[[], Credential]:
        return lambda: credentials(self.settings)


class HostLines:
    """The lines of one client, made when a host is first asked; safe from many threads."""

    def __init__(self, hosts: HostBook, certificates: CertificateSource | None) -> None:
        self._hosts = hosts
        self._certificates = certificates
        self._lock = threading.Lock()
        self._lines: dict[str, HostLine] = {}

    def line_to(self, name: str) -> HostLine:
        """Return the line to a host by its name in the settings.

        Raises:
            InvalidConfig, Unsupported: its settings cannot be used.
        """
        line = self._lines.get(name)
        if line is None:
            settings = self._hosts.resolve(name)
            found = tuple(self._certificates(settings)) if self._certificates else ()
            made = HostLine(settings, found)
            with self._lock:
                line = self._lines[name] = self._lines.setdefault(settings.name, made)
        return line

    def settings_of(self, name: str) -> HostSettings:
        """Return the effective settings of a host."""
        return self.line_to(name).settings
