"""Whether a blob is fetched in parts, when, and which: decisions about values, nothing is asked here.

One connection is often slower than the line: load balancers and object stores cap each of them. A large blob that comes slowly
is therefore fetched over several, in parts (``Range``, RFC 9110 14), where the settings of the host leave room for that.
"""

from __future__ import annotations

from typing import NamedTuple

from regclient.hosts import HostSettings
from regclient.model.headers import Headers
from regclient.remote.shared import RemoteOptions
from regclient.transport.ranges import is_range, range_from

CONNECTIONS = "blobRanges"
"""The API option of a host that says over how many connections one large blob may come; 0 turns parts off."""

SMALLEST_PART = 4 << 20
"""At the end of a blob; more requests would take longer than they share out."""
MEMORY = 48 << 20
"""What the parts of one blob may take of it."""


class Part(NamedTuple):
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


class Plan(NamedTuple):
    """How a blob of ``total`` bytes may be fetched: over so many connections, in parts of at most ``each`` bytes."""

    total: int
    connections: int
    each: int

    def parts_from(self, offset: int) -> tuple[Part, ...]:
        """Return what the connections fetch side by side, from ``offset`` on; at the end of a blob, the rest in equal parts."""
        share = -(-(self.total - offset) // self.connections)
        size = min(self.each, max(SMALLEST_PART, share))
        end = min(self.total, offset + size * self.connections)
        return tuple(Part(at, min(at + size, end), self.total) for at in range(offset, end, size))


def plan_of(size: int | None, options: RemoteOptions, host: HostSettings) -> Plan | None:
    """Return how a blob may be fetched in parts; None when it comes as a whole in any case.

    That is so when it is small or its size is unknown, and where a host is to be asked gently: one request at a time, or so
    many a second. Parts are smaller where there are more connections: for each of them, one part is held in memory.
    """
    if size is None or size < max(options.range_min, 1) or options.range_part <= 0 or host.req_per_sec > 0:
        return None
    connections = _connections(options, host)
    if connections < 2:
        return None
    return Plan(size, connections, min(options.range_part, MEMORY // connections))


class Pace:
    """How fast bytes come, in windows of some size: says when they come so slowly that more connections may help.

    Only the time spent waiting for them counts: a slow reader is not helped. Each time that more connections did not help
    either, twice as many windows pass before that is said again.
    """

    def __init__(self, window: int, rate: int) -> None:
        self._window = window
        self._rate = rate
        self._count = 0
        self._seconds = 0.0
        self._skip = 0
        self._refusals = 0

    def is_slow(self, count: int, seconds: float) -> bool:
        """Note that so many bytes came in so much time; say whether a window ended with them that was slow."""
        self._count += count
        self._seconds += seconds
        if self._count < self._window:
            return False
        slow = self._count < self._rate * self._seconds
        self._count, self._seconds = 0, 0.0
        if slow and self._skip:
            self._skip -= 1
            return False
        return slow

    def refused(self) -> None:
        """Note that more connections were not to be had."""
        self._skip = 2**self._refusals
        self._refusals += 1


def _connections(options: RemoteOptions, host: HostSettings) -> int:
    told = host.api_opts.get(CONNECTIONS, "")
    wanted = int(told) if told.isdecimal() and len(told) < 4 else options.range_connections
    return min(wanted, host.req_concurrent) if host.req_concurrent > 0 else wanted
