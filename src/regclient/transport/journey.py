"""One logical request under way: whom it may still ask, how often it failed, and what it will say if nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from regclient.errors import RegistryClientError, Unreachable
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL
from regclient.transport.auth.scope import SKEW, Need, scope_for
from regclient.transport.bodies import Cargo
from regclient.transport.decide import Action, Decision, Tries
from regclient.transport.hostline import HostLine
from regclient.transport.messages import Request
from regclient.transport.slots import Slots

_LONG_MARGIN = 60.0
_MOST_LOGINS = 4


@dataclass(slots=True, eq=False)
class Leg:
    """A host the request may ask: its address there, how often it was asked, and the moment it may be asked again."""

    line: HostLine
    url: URL
    upstream: bool
    asked: int = 0
    ready_at: float = 0.0


class Journey:
    """The state of one logical request; used by one thread at a time."""

    def __init__(self, request: Request, legs: Iterable[Leg], deadline: float | None, onward: Slots | None = None) -> None:
        self.request = request
        self.onward = onward
        self.cargo = Cargo(request.body)
        self.deadline = deadline
        self.tries = Tries()
        self.need = need_of(request, long=self.cargo.is_long)
        self._legs = list(legs)
        self._again: Leg | None = None
        self._last: RegistryClientError | None = None
        self._upstreams: RegistryClientError | None = None
        self._refused: set[tuple[object, Secret]] = set()

    def next_leg(self, now: float) -> Leg:
        """Return whom to ask next: the host that can be asked soonest, then the one asked least, then by rank.

        Raises:
            RegistryClientError: nobody is left; what the upstream said last, or else the last failure.
        """
        leg, self._again = self._again, None
        if leg is None:
            if not self._legs:
                raise self.failure()
            leg = (
                self._legs[0]
                if len(self._legs) == 1
                else min(self._legs, key=lambda one: (max(one.ready_at - now, one.line.wait(now), 0.0), one.asked))
            )
        leg.asked += 1
        return leg

    def skip(self, leg: Leg) -> None:
        """Leave a host out without having asked it."""
        self._legs.remove(leg)

    def note(self, leg: Leg, decision: Decision, error: RegistryClientError, now: float, *, throttled: bool = False) -> None:
        """Take in what an attempt came to."""
        self._last = error
        if leg.upstream:
            self._upstreams = error
        if decision.pace:
            leg.line.pace(now + decision.pace)
        if decision.action is Action.AGAIN:
            self._again = leg
        elif decision.action is Action.NEXT:
            leg.ready_at = now + decision.delay
        elif leg in self._legs:
            self._legs.remove(leg)
        if decision.action is Action.GIVE_UP:
            self._legs = [one for one in self._legs if not one.asked]
        if throttled:
            self.tries = self.tries._replace(throttled=self.tries.throttled + 1)
        elif decision.action is not Action.LEAVE:
            self.tries = self.tries._replace(failures=self.tries.failures + 1)

    def refuse(self, url: URL, authorization: Secret) -> None:
        """Remember a login that a server answered with 401."""
        self._refused.add((url.origin, authorization))

    def may_try(self, url: URL, authorization: Secret) -> bool:
        """Whether a login was not refused by that server yet, and there is still a point in trying."""
        refused = self._refused
        return not refused or ((url.origin, authorization) not in refused and len(refused) <= _MOST_LOGINS)

    def progressed(self) -> None:
        """Start the count of failures anew: a good part of the body came since the last one."""
        self.tries = Tries()

    def failure(self) -> RegistryClientError:
        """Return the error that tells best why the request failed."""
        return self._upstreams or self._last or Unreachable(self.request.host, "there is no host to ask")


def need_of(request: Request, *, long: bool) -> Need:
    """Return what a request needs of a login: pull for reading, push as well for the rest, and time enough for a long body."""
    beside = next((value for name, value in request.query if name == "from"), "") if request.method == "POST" else ""
    return _need(request.repository, beside, reads=request.method in {"GET", "HEAD"}, long=long)


@lru_cache(maxsize=64)
def _need(repository: str, beside: str, *, reads: bool, long: bool) -> Need:
    scopes = scope_for(repository, "GET" if reads else "POST"), scope_for(beside, "GET")
    return Need(tuple(scope for scope in scopes if scope), reads and bool(repository), _LONG_MARGIN if long else SKEW)
