"""A large blob over several connections when one of them is slow; handed on in order, checked like any other by who reads it.

It begins as one ordinary answer with everything. When that comes slowly, says that the server knows ranges, and the host has
slots free, other connections join: they fetch parts from further on into memory. Where the first of these begins the ordinary
answer is left, and its slot is used for the next part that nobody fetches yet, which is read as it comes. Each connection goes
on so, part after part. The slot of the first answer is kept all the time, so a reader never waits for one. Whatever goes wrong
with the parts, the rest of the blob is asked for in one answer; so parts are never the reason why a download fails.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from mmap import mmap
from typing import Protocol

from regclient.concurrency import Crew
from regclient.errors import Cancelled, RegistryClientError, Unreachable
from regclient.model.headers import Headers, first
from regclient.remote.ahead import Ahead
from regclient.remote.parts import Pace, Part, Plan
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire
from regclient.transport.messages import Kind, Request, Response

Ask = Callable[[Request], Response]
"""Sends a request for the blob and gives an answer of status 200, or 206 when a part was asked for."""


class Download(Protocol):
    """The bytes of a blob on their way."""

    headers: Headers

    def readinto(self, buffer: memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end."""

    def close(self) -> None:
        """Give back what is held."""


class RangedDownload:
    """A blob on its way: ``headers`` are those of the first answer.

    The *live* answer is the one that is read as it comes: for everything from some byte on, or for one part (``bounded``).
    """

    def __init__(self, wire: Wire, request: Request, plan: Plan, shared: Shared, ask: Ask) -> None:
        """Ask for the blob.

        Raises:
            RegistryClientError: from ``ask``.
        """
        self._wire = wire
        self._request = request
        self._plan = plan
        self._shared = shared
        self._ask = ask
        self._crew = shared.crew or Crew
        self._position = 0
        self._live = ask(request)
        self._from, self._until, self._bounded = 0, plan.total, False
        self._memory = memoryview(b"")
        self._ahead: deque[tuple[Part, Ahead[memoryview]]] = deque()
        self._later: deque[Part] = deque()
        self._pace = Pace(shared.options.range_window, shared.options.range_rate)
        self._in_turn = False
        self._helped = False
        self.headers = self._live.headers
        self._knows_ranges = first(self.headers, "Accept-Ranges").lower() == "bytes"

    def readinto(self, buffer: memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end.

        Raises:
            RegistryClientError: the blob cannot be had in parts, nor as a whole.
        """
        while True:
            try:
                count = self._read(buffer)
            except Cancelled:
                raise
            except RegistryClientError:
                if not self._bounded:
                    raise
                self._go_alone()
                continue
            if count is not None:
                self._position += count
                return count

    def close(self) -> None:
        """End the fetching of parts, and let another blob have its turn."""
        self._drop_ahead()
        self._live.close()

    def _read(self, buffer: memoryview) -> int | None:
        """Read what comes next from where it is; None when it had to be brought about first."""
        if self._memory:
            count = min(len(buffer), len(self._memory))
            buffer[:count], self._memory = self._memory[:count], self._memory[count:]
            return count
        if self._ahead and self._ahead[0][0].offset == self._position:
            self._take()
            return None
        if not self._bounded or self._from <= self._position < self._until:
            return self._read_live(buffer)
        if self._position == self._plan.total:
            return 0
        self._fill_gap()
        return None

    def _read_live(self, buffer: memoryview) -> int:
        if self._bounded:
            buffer = buffer[: self._until - self._position]
        elif self._ahead:
            buffer = buffer[: self._ahead[0][0].offset - self._position]
        start = self._shared.clock.monotonic()
        count = self._live.readinto(buffer)
        if self._bounded and not count and len(buffer):
            raise Unreachable(self._request.host, f"a part ended at byte {self._position} of {self._until}")
        alone = self._knows_ranges and not self._bounded and not self._ahead
        if alone and self._pace.is_slow(count, self._shared.clock.monotonic() - start):
            self._join(self._position + count)
        return count

    def _join(self, offset: int) -> None:
        """Have other connections fetch what comes after a share of the live answer; one blob of a client at a time."""
        if self._plan.total - offset < self._shared.options.range_window or not self._shared.ranged.acquire(blocking=False):
            return
        self._in_turn = True
        self._fetch_ahead(self._plan.parts_from(offset)[1:])

    def _take(self) -> None:
        """Go on with the part that was fetched ahead; the live answer is for what comes after all of these, from now on."""
        if not self._bounded and not self._ahead[0][1].is_under_way:
            self._pace.refused()
            self._drop_ahead()
            return
        if self._ahead[0][1].is_under_way and (not self._bounded or self._position == self._until):
            self._fetch_from((self._later or [part for part, _ in self._ahead])[-1].end)
        content = self._ahead[0][1].take()
        self._ahead.popleft()
        if content is not None:
            self._helped, self._memory = True, content
        self._fetch_ahead()  # its connection is free now

    def _fill_gap(self) -> None:
        """Ask for what nobody fetches: a part that failed, or all that is left."""
        if self._ahead:
            self._fetch_live(Part(self._position, self._ahead[0][0].offset, self._plan.total))
        elif self._helped:
            self._helped = False
            self._fetch_from(self._position)
        else:
            self._go_alone()

    def _fetch_from(self, offset: int) -> None:
        parts = self._plan.parts_from(offset)
        if parts:
            self._fetch_live(parts[0])
            self._fetch_ahead(parts[1:])
        else:
            self._from = self._until = offset
            self._bounded = True

    def _fetch_live(self, part: Part) -> None:
        self._bounded = True
        self._live = self._ask(replace(self._asking_for(part), after=self._live))
        self._from, self._until = part.offset, part.end
        self._check(part, self._live)

    def _fetch_ahead(self, parts: tuple[Part, ...] = ()) -> None:
        """Fetch these parts after those that are to be fetched already, as many at a time as there are connections."""
        self._later.extend(parts)
        while self._later and len(self._ahead) < self._plan.connections - 1:
            part = self._later.popleft()
            self._ahead.append((part, Ahead(partial(self._fetch, part), self._crew(), self._shared.cancel)))

    def _fetch(self, part: Part, begin: Callable[[], None]) -> memoryview:
        """Fetch one part into memory; runs in a thread of its own."""
        with self._ask(replace(self._asking_for(part), kind=Kind.PART, quiet=True)) as response:
            self._check(part, response)
            begin()
            # Given back to the system when it was read; what a thread allocates and frees stays with the process for long.
            content = memoryview(mmap(-1, part.end - part.offset))
            left = content
            while left and (count := response.readinto(left)):
                left = left[count:]
        if left:
            raise Unreachable(self._request.host, f"a part of {len(content)} bytes lacks {len(left)}")
        return content

    def _asking_for(self, part: Part) -> Request:
        return replace(self._request, headers={**self._request.headers, "Range": part.header}, size=None)

    def _check(self, part: Part, response: Response) -> None:
        if not part.is_answered_by(response.status, response.headers):
            raise self._wire.fault(self._request, response, f"asked for {part.header}, got something else")

    def _go_alone(self) -> None:
        """Ask for the rest in one answer, which goes on by itself when it is cut."""
        self._pace.refused()
        self._drop_ahead()
        self._bounded, self._memory = False, memoryview(b"")
        self._live = self._ask(replace(self._request, offset=self._position, after=self._live))
        self._from, self._until = self._position, self._plan.total

    def _drop_ahead(self) -> None:
        self._later.clear()
        while self._ahead:
            self._ahead.popleft()[1].close()
        if self._in_turn:
            self._in_turn = False
            self._shared.ranged.release()
