"""How one registry is talked to, as values.

Settings files, Docker's files and ``--host`` all become :class:`HostSettings`; :func:`merge` is the one place that says which
of two wins. Names and defaults are those of regclient's host configuration, so existing files keep their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

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
    proxy: str = ""
