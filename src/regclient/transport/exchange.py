"""One exchange with one server, as values: what the engine is given, what it gives back, and how it fails.

A logical request may take several exchanges (a challenge, a retry, a redirect, a token). The engine knows none of that: it
moves bytes, and whatever the operating system or TLS raises leaves it as :class:`Broken`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from regclient.kit.secret import Secret
from regclient.model.headers import Headers
from regclient.transport.addresses import URL
from regclient.transport.messages import Body
from regclient.transport.proxies import Proxy

Fields = tuple[tuple[str, str], ...]
"""Header fields in the order they are sent."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """How one host is trusted and who we are to it in TLS; connections are shared only where this is the same object.

    ``roots`` and ``certificate`` are PEM texts; without ``verify`` any certificate will do.
    """

    verify: bool = True
    roots: tuple[str, ...] = ()
    certificate: str = ""
    key: Secret = field(default_factory=Secret)

    def without_certificate(self) -> Identity:
        """Return what we are to any other server than the one the certificate is for: the same trust, nothing of ours."""
        return Identity(self.verify, self.roots) if self.certificate else self


class Exchange(NamedTuple):
    """One request to one server; ``deadline`` is a reading of ``time.monotonic`` after which it must have ended, if any."""

    method: str
    url: URL
    headers: Fields
    identity: Identity
    body: bytes | Body | None = None
    proxy: Proxy | None = None
    deadline: float | None = None


class Answer(Protocol):
    """The answer to an exchange; its body is read from the connection.

    Reading raises :class:`Broken` when the connection ends before the body does.
    """

    status: int
    headers: Headers

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end."""

    def close(self) -> None:
        """Give the connection back to the pool, or drop it when the body was not read to its end."""


class Engine(Protocol):
    """Makes exchanges; safe from many threads."""

    def exchange(self, exchange: Exchange) -> Answer:
        """Send the request and return the answer as soon as its head is there.

        Raises:
            Broken: the connection could not be made or failed.
            RegistryClientError: the request itself is at fault, or reading its body failed.
        """

    def close(self) -> None:
        """Drop the idle connections."""


class Trouble(Enum):
    """What kind of thing went wrong below HTTP; decisions depend on it."""

    NAME = "name"
    """The host name does not exist: asking again will not help."""
    CONNECT = "connect"
    TLS = "tls"
    """No agreement on TLS, or a certificate we do not trust: asking again will not help."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The connection ended in the middle."""
    STALE = "stale"
    """A connection kept alive from an earlier exchange had ended: a new one may well work at once."""
    PROTOCOL = "protocol"
    """What came back is not HTTP, or more than anyone needs."""
    PROXY = "proxy"
    """The proxy refused."""


class Broken(Exception):
    """An exchange that failed below HTTP: ``reason`` is for people, ``trouble`` for decisions."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        self.trouble = trouble
        self.reason = reason
        super().__init__(reason)
