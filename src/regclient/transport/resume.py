"""Bodies that go on after a cut: asked for again from where they ended, of the same host or of another that has them.

The slot of the first answer is kept while the same host is asked. Another host's slot is only taken when it is free at once:
the one who reads may be in the middle of a write, and must not wait (see ``slots.py``).
"""

from __future__ import annotations

from regclient.errors import Unreachable
from regclient.transport.attempt import Mishap
from regclient.transport.decide import Outcome
from regclient.transport.exchange import Answer, Broken
from regclient.transport.journey import Journey, Leg
from regclient.transport.loop import Loop
from regclient.transport.ranges import Rest, is_progress
from regclient.transport.replies import LiveReply


class Reopening:
    """What it takes to go on with the body of one reply."""

    def __init__(self, loop: Loop, journey: Journey, reply: LiveReply, leg: Leg, total: int) -> None:
        self._loop = loop
        self._journey = journey
        self._reply = reply
        self._leg = leg
        self._total = total
        self._since = 0

    def reopen(self, offset: int, broken: Broken) -> Answer:
        """Return an answer whose body starts at ``offset``.

        Raises:
            RegistryClientError: the rest cannot be had.
        """
        journey, loop = self._journey, self._loop
        if is_progress(self._since, offset, self._total):
            self._since = offset
            journey.progressed()
        error = Unreachable(journey.request.host, f"{broken.reason} (at byte {offset} of {self._total})")
        loop.note(journey, self._leg, Mishap(Outcome(trouble=broken.trouble), error))
        held = self._reply.slot
        arrival, self._leg, slot = loop.run(journey, Rest(offset, self._total), held)
        if slot is not held:
            held.release()
            self._reply.slot = slot
        return arrival.answer
