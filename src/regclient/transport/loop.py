"""The loop every request goes through: host → slot → login → exchange → decision, until somebody answers or nobody is left."""

from __future__ import annotations

import time

from regclient.clock import SystemClock
from regclient.errors import Unreachable
from regclient.transport.attempt import Arrival, Attempts, Mishap
from regclient.transport.decide import Action, decide
from regclient.transport.journey import Journey, Leg
from regclient.transport.messages import Kind
from regclient.transport.options import Surroundings
from regclient.transport.ranges import Rest
from regclient.transport.slots import Slot, load_of


class Loop:
    """Drives journeys for one client; safe from many threads."""

    def __init__(self, attempts: Attempts, around: Surroundings) -> None:
        self._attempts = attempts
        self._options = around.options
        self._clock = around.clock
        self._cancel = around.cancel

    def run(self, journey: Journey, rest: Rest | None = None, held: Slot | None = None) -> tuple[Arrival, Leg, Slot]:
        """Ask host after host until one answers; return the answer, who gave it, and the slot that now belongs to the caller.

        ``held`` is a slot the caller has already: it is used where it is good for, and the caller's as before when this fails.

        Raises:
            RegistryClientError: nobody answered in a way the caller can use.
        """
        while True:
            now = self._clock.monotonic()
            leg = journey.next_leg(now)
            self._pause(journey, leg.ready_at - now)
            journey.cargo.rewind()
            slot = self._slot(journey, leg, held)
            if slot is None:
                journey.skip(leg)
                continue
            keeps = False
            try:
                now = self._clock.monotonic()
                self._pause(journey, max(leg.line.wait(now), leg.line.slots.reserve_start(now)))
                came = self._attempts.make(journey, leg, rest)
                if isinstance(came, Arrival):
                    keeps = True
                    leg.line.succeeded()
                    return came, leg, slot
            finally:
                if not keeps and slot is not held:
                    slot.release()
            self.note(journey, leg, came)

    def note(self, journey: Journey, leg: Leg, came: Mishap) -> None:
        """Decide what a failed attempt means for the journey and for the standing of the host."""
        now = self._clock.monotonic()
        decision = decide(journey.request, journey.tries, came.outcome, self._options.retries, self._options.jitter())
        if decision.action is Action.NEXT:
            leg.line.failed(now)
        journey.note(leg, decision, came.error, now, throttled=came.outcome.status == 429)

    def _slot(self, journey: Journey, leg: Leg, held: Slot | None) -> Slot | None:
        slots, load = leg.line.slots, load_of(journey.request)
        if held is None and journey.request.kind is not Kind.PART:
            return slots.acquire(load, self._cancel, journey.onward)
        # Whoever reads on may be in the middle of a write: it must not wait for another host's slot.
        return held if held is not None and held.is_of(slots) else slots.try_acquire(load, journey.onward)

    def _pause(self, journey: Journey, seconds: float) -> None:
        if journey.deadline is not None and time.monotonic() + seconds > journey.deadline:
            raise Unreachable(journey.request.host, f"no answer within {self._options.timeouts.total:g} seconds")
        if seconds > 0:
            if isinstance(self._clock, SystemClock):
                self._cancel.wait(seconds)
            else:
                self._clock.sleep(seconds)
        self._cancel.check()
