"""Whether a blob is fetched in parts, and which: decisions about values, nothing is asked here.

One connection is often slower than the line: load balancers and object stores cap each of them. A large blob therefore comes
over several, in parts (``Range``, RFC 9110 14), where the settings of the host leave room for that.
"""

from __future__ import annotations

from dataclasses import dataclass

from regclient.hosts import HostSettings
from regclient.model.headers import Headers
from regclient.remote.shared import RemoteOptions
from regclient.transport.messages import LARGEST_PART
from regclient.transport.ranges import is_range, range_from

CONNECTIONS = "blobRanges"
"""The API option of a host that says over how many connections one large blob may come; 0 turns parts off."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a blob from ``offset`` up to ``end``, which is not part of it; ``total`` is the size of the blob."""

    offset: int
    end: int
    total: int

    @property
    def header(self) -> str:
        """The value of ``Range`` that asks for it."""
        return range_from(self.offset, self.end)

    def is_answered_by(self, status: int, headers: Headers) -> bool:
        """Whether an answer is this part, and not another one or everything."""
        return is_range(status, headers, self.offset, self.end, self.total)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a blob in order, and over how many connections they come."""

    parts: tuple[Part, ...]
    connections: int


def parts_of(size: int | None, options: RemoteOptions, host: HostSettings) -> Parts | None:
    """Return the parts a blob is fetched in; None when it comes as a whole.

    That is so when it is small or its size is unknown, and where a host is to be asked gently: one request at a time, or so
    many a second.
    """
    each = min(options.range_part, LARGEST_PART)
    if size is None or size < max(options.range_min, each + 1) or each <= 0 or host.req_per_sec > 0:
        return None
    connections = _connections(options, host)
    if connections < 2:
        return None
    return Parts(tuple(Part(at, min(at + each, size), size) for at in range(0, size, each)), connections)


def _connections(options: RemoteOptions, host: HostSettings) -> int:
    told = host.api_opts.get(CONNECTIONS, "")
    wanted = int(told) if told.isdecimal() and len(told) < 4 else options.range_connections
    return min(wanted, host.req_concurrent) if host.req_concurrent > 0 else wanted
