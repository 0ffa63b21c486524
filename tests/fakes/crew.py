"""A server's life in a moment: waits that turn a fake clock, and a crew without threads."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from regclient.cli.call import Call
from regclient.concurrency import Crew
from tests.fakes.clock import FakeClock


class Inline(Crew):
    """A crew that runs each call at once, in the caller's thread."""

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        """Run the call."""
        del key
        call()
        return True


def until(call: Call, clock: FakeClock, seconds: float) -> Callable[[float], bool]:
    """A wait that turns the clock, and stops the server when ``seconds`` have gone by."""
    end = clock.now() + seconds

    def wait(left: float) -> bool:
        clock.advance(left)
        if clock.now() >= end:
            call.stop.cancel()
        return call.stop.cancelled

    return wait
