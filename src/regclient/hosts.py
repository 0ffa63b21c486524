"""How one registry is talked to, as values.

Settings files, Docker's files and ``--host`` all become :class:`HostSettings`; :func:`merge` is the one place that says which
of two wins. Names and defaults are those of regclient's host configuration, so existing files keep their meaning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret

DOCKER_HUB = "docker.io"
DOCKER_HUB_HOSTNAME = "registry-1.docker.io"
DOCKER_HUB_AUTH = "https://index.docker.io/v1/"


class TLS(Enum):
    """How the connection is protected; the numbers are what Go templates print."""

    UNSET = 0
    ENABLED = 1
    INSECURE = 2
    DISABLED = 3


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who we are: a user with a password, or an identity ``token`` (an OAuth2 refresh token)."""

    user: str = ""
    password: Secret = field(default_factory=Secret)
    token: Secret = field(default_factory=Secret)

    def __bool__(self) -> bool:
        """Whether there is anything to present."""
        return bool(self.token) or bool(self.user and self.password)


ANONYMOUS = Credential()

CredentialSource = Callable[["HostSettings"], Credential]
"""Finds the credential of a host when a challenge asks for one; may run a helper program."""


@dataclass(frozen=True, slots=True)
class HostSettings:
    """Everything that is particular to one host.

    ``name`` is the key references use; ``hostname`` (default: the name) is what is connected to. Sizes are bytes, durations
    seconds; 0 or empty means "not set, use the default". ``reg_cert``, ``client_cert`` and ``client_key`` are PEM text.
    ``proxy`` may hold a login, so it is not shown.
    """

    name: str
    tls: TLS = TLS.UNSET
    reg_cert: str = ""
    client_cert: str = ""
    client_key: Secret = field(default_factory=Secret)
    hostname: str = ""
    user: str = ""
    password: Secret = field(default_factory=Secret)
    token: Secret = field(default_factory=Secret)
    cred_helper: str = ""
    cred_expire: float = 0.0
    cred_host: str = ""
    path_prefix: str = ""
    mirrors: tuple[str, ...] = ()
    priority: int = 0
    repo_auth: bool = False
    api: str = ""
    api_opts: Mapping[str, str] = field(default_factory=dict)
    blob_chunk: int = 0
    blob_max: int = 0
    req_per_sec: float = 0.0
    req_concurrent: int = 0
    scheme: str = ""
    proxy: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse a text where it would be misread: ``"disabled"`` would mean TLS, and a password would be shown.

        Raises:
            TypeError: ``tls`` is no :class:`TLS`, or a secret no :class:`Secret`.
        """
        if not isinstance(self.tls, TLS):
            raise TypeError(f"tls of {self.name} is one of TLS.ENABLED, TLS.INSECURE and TLS.DISABLED, not {self.tls!r}")
        for what in ("client_key", "password", "token"):
            if not isinstance(getattr(self, what), Secret):
                raise TypeError(f"{what} of {self.name} is to be given as Secret(...), which does not show itself")


DEFAULT_CONCURRENT = 3
_HUB_NAMES = frozenset({DOCKER_HUB, DOCKER_HUB_HOSTNAME, DOCKER_HUB_AUTH})


class Change(NamedTuple):
    """A setting that a merge overwrote: worth a line in a log, for two sources disagree.

    ``what`` is the setting in words (``login user``). ``before`` and ``after`` stay empty where the setting is a secret.
    """

    host: str
    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """One sentence for people."""
        shown = f": {self.before} becomes {self.after}" if self.before or self.after else ""
        return f"changing the {self.what} of registry {self.host}{shown}"


def new_host(text: str, template: HostSettings | None = None) -> HostSettings:
    """Make the settings of a host from its name, an address such as Docker's files use as keys, or a name of Docker Hub.

    ``template`` is the user's default host: all of its fields are taken over but the names.
    """
    made = template or HostSettings("")
    tls = TLS.ENABLED if made.tls is TLS.UNSET else made.tls
    made = replace(made, tls=tls, req_concurrent=made.req_concurrent or DEFAULT_CONCURRENT)
    if text in _HUB_NAMES:
        return replace(made, name=DOCKER_HUB, hostname=DOCKER_HUB_HOSTNAME, cred_host=DOCKER_HUB_AUTH)
    scheme, host, _ = _split(text)
    tls = TLS.DISABLED if scheme == "http" else tls
    return replace(made, name=host, hostname=host, tls=tls, cred_host=text if text != host else made.cred_host)


def is_host_key(text: str) -> bool:
    """Whether a key of Docker's ``auths`` names a host we can use: no path, and no scheme but http and https."""
    if text in _HUB_NAMES:
        return True
    scheme, host, path = _split(text)
    return bool(host) and scheme in {"http", "https"} and path in {"", "/"}


def host_name(text: str) -> str:
    """Return the key a host has in a settings file: ``docker.io`` for each name of Docker Hub, otherwise the text."""
    return DOCKER_HUB if text in _HUB_NAMES else text


def host_of(text: str) -> str:
    """Return the name of the host that a name or an address means: the one :func:`new_host` gives it."""
    return DOCKER_HUB if text in _HUB_NAMES else _split(text)[1]


def _with_address(entry: HostSettings) -> HostSettings:
    """Return an entry with what its name says where it is an address (``http://host/``): what is set itself wins."""
    if host_of(entry.name) in (entry.name, DOCKER_HUB):
        return entry
    made = new_host(entry.name)
    tls = made.tls if entry.tls is TLS.UNSET and made.tls is TLS.DISABLED else entry.tls
    return replace(entry, tls=tls, cred_host=entry.cred_host or made.cred_host)


def is_unchanged(settings: HostSettings) -> bool:
    """Whether nothing is set that the name alone would not give, so that the host need not be saved.

    That is never so for Docker Hub, which is reached by other names than its own.
    """
    made = replace(
        settings,
        tls=TLS.UNSET if settings.tls is TLS.ENABLED else settings.tls,
        hostname="" if settings.hostname == settings.name else settings.hostname,
        req_concurrent=0 if settings.req_concurrent == DEFAULT_CONCURRENT else settings.req_concurrent,
    )
    return made == HostSettings(settings.name)


def merge(existing: HostSettings, new: HostSettings) -> tuple[HostSettings, tuple[Change, ...]]:
    """Lay ``new`` over ``existing``: what is set wins, what is not keeps its value. The name stays.

    A new helper without a login replaces the old login; a new login or token without a helper replaces the old helper. The
    second half of the result lists what was overwritten, without secrets.
    """
    base = _settle_login(existing, new)
    fields: dict[str, object] = {}
    changes: list[Change] = []
    for field_name, words in _MERGED.items():
        after = _cleaned(field_name, getattr(new, field_name))
        before = getattr(base, field_name)
        if not _is_set(field_name, after) or after == before:
            continue
        fields[field_name] = after
        # What the login rule has just cleared was overwritten as well.
        if _is_set(field_name, earlier := getattr(existing, field_name)) and earlier != after:
            changes.append(_change(existing.name, words, earlier, after))
    fields["api_opts"] = {**base.api_opts, **new.api_opts}
    return replace(base, **fields), tuple(changes)  # type: ignore[arg-type]


_MERGED = {
    "tls": "TLS setting",
    "reg_cert": "certificate",
    "client_cert": "client certificate",
    "client_key": "client key",
    "hostname": "hostname",
    "user": "login user",
    "password": "login password",
    "token": "login token",
    "cred_helper": "credential helper",
    "cred_expire": "credential expiry",
    "cred_host": "credential host",
    "path_prefix": "path prefix",
    "mirrors": "mirrors",
    "priority": "mirror priority",
    "repo_auth": "login per repository",
    "api": "api",
    "blob_chunk": "blob chunk size",
    "blob_max": "blob maximum size",
    "req_per_sec": "request rate",
    "req_concurrent": "request concurrency",
    "scheme": "scheme",
    "proxy": "proxy",
}
_ONLY_POSITIVE = frozenset({"blob_chunk", "req_concurrent"})
_UNSHOWN = frozenset({"certificate", "client certificate", "proxy"})


def _settle_login(existing: HostSettings, new: HostSettings) -> HostSettings:
    login = bool(new.user or new.password or new.token)
    if new.cred_helper and not login:
        return replace(existing, user="", password=Secret(), token=Secret())
    if not new.cred_helper and (new.password or new.token):
        return replace(existing, cred_helper="", cred_expire=0.0)
    return existing


def _is_set(field_name: str, value: object) -> bool:
    if field_name in _ONLY_POSITIVE:
        return isinstance(value, int) and value > 0
    return value is not TLS.UNSET and bool(value)


def _cleaned(field_name: str, value: object) -> object:
    return value.strip("/") if field_name == "path_prefix" and isinstance(value, str) else value


def _change(host: str, words: str, before: object, after: object) -> Change:
    if isinstance(before, Secret) or words in _UNSHOWN:
        return Change(host, words)
    return Change(host, words, _shown(before), _shown(after))


def _shown(value: object) -> str:
    if isinstance(value, TLS):
        return value.name.lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _split(text: str) -> tuple[str, str, str]:
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "https", text
    host, slash, path = rest.partition("/")
    return scheme, host, slash + path


class HostBook:
    """Every host that was set up, and how to talk to the ones that were not; safe from many threads.

    Entries are added in order of rising precedence. Docker Hub is there from the start, so that a default host set later
    never reaches it.
    """

    def __init__(self, entries: Iterable[HostSettings] = (), *, default: HostSettings | None = None) -> None:
        self.default = default
        self._lock = threading.Lock()
        self._hosts = {DOCKER_HUB: new_host(DOCKER_HUB)}
        self._effective: dict[str, HostSettings] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: HostSettings) -> tuple[Change, ...]:
        """Merge an entry over what is known of its host, or over the default host; return what was overwritten.

        Raises:
            InvalidConfig: the entry has no name.
        """
        if not entry.name:
            raise InvalidConfig("", "a host entry needs a name")
        name = host_of(entry.name)
        if not name:
            raise InvalidConfig("", f"{entry.name} names no host")
        if name == DOCKER_HUB and host_name(entry.hostname) == DOCKER_HUB:
            entry = replace(entry, hostname=DOCKER_HUB_HOSTNAME)
        with self._lock:
            known = self._hosts.get(name)
            self._hosts[name], changes = merge(known or new_host(name, self.default), _with_address(entry))
            self._effective.pop(name, None)
        return changes if known else ()

    def resolve(self, name: str) -> HostSettings:
        """Return the effective settings of a host: TLS, hostname and concurrency are always set.

        ``name`` may be an address, as mirrors are named in some files. A host never mentioned is made from the default host.
        """
        with self._lock:
            if name not in self._effective:
                made = new_host(name, self.default)
                name = made.name
                found = self._hosts.setdefault(name, made)
                self._effective[name] = replace(
                    found,
                    tls=TLS.ENABLED if found.tls is TLS.UNSET else found.tls,
                    hostname=found.hostname or found.name,
                    req_concurrent=found.req_concurrent or DEFAULT_CONCURRENT,
                )
            return self._effective[name]

    def __iter__(self) -> Iterator[HostSettings]:
        """Iterate over the hosts known so far, in order of arrival."""
        with self._lock:
            return iter(list(self._hosts.values()))


def login_of(settings: HostSettings) -> Credential:
    """Return the login written in the settings themselves: the source of credentials that runs no helper."""
    return Credential(settings.user, settings.password, settings.token)
