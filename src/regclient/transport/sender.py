"""The transport of every real client: requests in, responses out; what happens in between is the loop's."""

from __future__ import annotations

import threading
import time

from regclient.cancel import Cancel
from regclient.clock import Clock, SystemClock
from regclient.hosts import CredentialSource, HostBook, login_of
from regclient.observer import Observer, silent
from regclient.transport.attempt import Attempts
from regclient.transport.courier import Courier
from regclient.transport.exchange import Engine
from regclient.transport.hostline import HostLines
from regclient.transport.journey import Journey, Leg
from regclient.transport.loop import Loop
from regclient.transport.messages import Request, Response
from regclient.transport.mirrors import address_of, candidates_for, in_order
from regclient.transport.options import Surroundings, WireOptions
from regclient.transport.ranges import Rest, can_resume, total_of
from regclient.transport.redirects import system_resolver
from regclient.transport.replies import LiveReply, WholeReply
from regclient.transport.resume import Reopening
from regclient.transport.warnings import Warnings


class Sender:
    """Answers requests over the network: the :class:`~regclient.transport.messages.Transport` of every real client.

    Settings of a host are looked up when it is first asked. Close the sender when the client is done, which drops the idle
    connections.
    """

    def __init__(
        self,
        hosts: HostBook,
        options: WireOptions | None = None,
        *,
        credentials: CredentialSource = login_of,
        cancel: Cancel | None = None,
        clock: Clock | None = None,
        observer: Observer = silent,
    ) -> None:
        self._options = options or WireOptions()
        self._cancel = cancel or Cancel()
        self._clock = clock or SystemClock()
        self._lines = HostLines(hosts, self._options.certificates)
        self._lock = threading.Lock()
        self._made: Engine | None = None
        warnings = Warnings(observer)
        around = Surroundings(self._options, self._clock, self._cancel, warnings.warn)
        courier = Courier(self._engine, self._options, warnings, system_resolver)
        self._loop = Loop(Attempts(courier, credentials, around), around)

    def send(self, request: Request) -> Response:
        """Answer the request; see :class:`~regclient.transport.messages.Transport`."""
        self._cancel.check()
        journey = self._start(request)
        held = request.after.hang_up() if isinstance(request.after, LiveReply) else None
        rest = Rest(request.offset, request.size) if request.offset and request.size is not None else None
        arrival, leg, slot = self._loop.run(journey, rest, held)
        if held is not None and held is not slot:
            held.release()
        answer, url = arrival.answer, str(arrival.url)
        if arrival.body is not None:
            slot.release()
            return WholeReply(answer.status, answer.headers, url, arrival.body)
        total = total_of(request, answer.headers)
        reply = LiveReply(answer, url, slot, host=request.host, total=total, cancel=self._cancel, offset=request.offset)
        reply.lasting = request.after is not None
        if total is not None and can_resume(request):
            reply.reopen = Reopening(self._loop, journey, reply, leg, total).reopen
        return reply

    def close(self) -> None:
        """Drop the idle connections."""
        with self._lock:
            if self._made is not None:
                self._made.close()

    def _start(self, request: Request) -> Journey:
        total = self._options.timeouts.total
        onward = self._lines.line_to(request.onward).slots if request.onward else None
        return Journey(request, self._legs(request), time.monotonic() + total if total else None, onward)

    def _legs(self, request: Request) -> list[Leg]:
        line_to = self._lines.line_to
        home = line_to(request.host)
        found = candidates_for(request, home.settings, self._lines.settings_of)
        if len(found) == 1:
            return [Leg(home, address_of(request, found[0], home.settings, home.origin), upstream=True)]
        now = self._clock.monotonic()
        found = in_order(found, lambda one: line_to(one.name).resting(now))
        lines = [line_to(one.settings.name) for one in found]
        return [
            Leg(line, address_of(request, one, home.settings, line.origin), one.upstream)
            for line, one in zip(lines, found, strict=True)
        ]

    def _engine(self) -> Engine:
        if self._made is not None:
            return self._made
        with self._lock:
            if self._made is None:
                from regclient.transport.engine import HTTPEngine  # noqa: PLC0415 - 25 ms, paid by those who use it

                self._made = HTTPEngine(self._options.timeouts, self._options.roots, self._cancel)
            return self._made
