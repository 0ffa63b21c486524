"""What crosses the one seam to the network: a request goes in, a response comes out.

Everything above (``remote/``) builds :class:`Request` values; everything below (sender, engine) knows hosts, logins, retries
and sockets. Tests put a function in place of the network here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import BinaryIO, NamedTuple, Protocol, Self

from regclient.model.headers import Headers


class Kind(Enum):
    """What a request is for, which decides whether it may wait behind big transfers.

    ``PART`` is a part of a blob that its asker reads into memory at once, waiting for nothing else. It is only sent when the
    host has a slot free, for nobody who reads a blob should wait for one.
    """

    HEAD = "head"
    MANIFEST = "manifest"
    QUERY = "query"
    BLOB = "blob"
    PART = "part"


class Body(NamedTuple):
    """The body of a request.

    ``stream`` is read from its present position; ``size`` is its length in bytes. A stream that is ``seekable()`` can be sent
    again after a failure, from the position it had at first; any other is sent once. With ``resumable`` the registry can be
    asked how much of it arrived, so that it is not sent again from its start once some of it was sent.
    """

    stream: BinaryIO
    size: int
    resumable: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One logical request; the sender may need several exchanges (challenge, retry, mirror) to answer it.

    ``host`` is the name of the registry in the settings. ``path`` is what follows ``/v2/<repository>/`` (``manifests/latest``);
    ``url`` is an absolute address the registry gave us (an upload session, a next page) and replaces host, repository and path
    in the address, while login, throttling and retries stay those of ``host``. ``accept`` lists statuses outside 2xx that are
    an answer to the caller rather than a fault. ``size`` is the length the response body must have, when known. ``mirrors``
    says that a mirror may answer. ``quiet`` requests may fail as a matter of course: one try, no back-off recorded.
    ``external`` marks a ``url`` outside the registry (a layer's ``urls``): no credential is ever sent. ``onward`` names the
    host that the body of the answer is written to while it is read, empty for none, None when nobody knows: it decides whether
    a big read may take the last slot of its host. A GET of ``offset`` wants the body from that byte on, of ``size`` bytes; a
    server without ranges sends all, and what comes before is skipped. ``after`` is an answer of the same host that is no longer
    needed when this one comes: it is closed, and its slot is used again, so that who has one need not wait for another.
    """

    host: str
    method: str
    path: str = ""
    repository: str = ""
    query: tuple[tuple[str, str], ...] = ()
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body | None = None
    kind: Kind = Kind.QUERY
    accept: frozenset[int] = frozenset()
    size: int | None = None
    mirrors: bool = False
    quiet: bool = False
    external: bool = False
    onward: str | None = None
    offset: int = 0
    after: Response | None = None


class Response(Protocol):
    """An answer whose body is read like a file; close it (or leave its block) to give the connection and the slot back.

    ``url`` is the address that answered, after redirects: relative links are relative to it. A body cut in the middle of a GET
    resumes by itself.
    """

    status: int
    headers: Headers
    url: str

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of it when negative."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer`` and return how many bytes; 0 at the end."""

    def close(self) -> None:
        """Give the connection back (or drop it when the body was not read to its end)."""

    def __enter__(self) -> Self:
        """Return the response itself."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""


class Transport(Protocol):
    """The only seam to the network; safe from many threads."""

    def send(self, request: Request) -> Response:
        """Answer the request with a 2xx response or one whose status is in ``request.accept``.

        Raises:
            NotFound: 404, everywhere the request could be asked.
            Denied: 401 or 403.
            RateLimited: 429, after waiting as told.
            RegistryFault: any other status.
            Unreachable: no host could be talked to.
            Cancelled: the work was cancelled.
        """
