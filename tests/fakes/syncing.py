"""Two fake registries without sockets, a client that knows them, and a sync between them with everything it said."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from regclient.client import Client
from regclient.hosts import HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutSettings
from regclient.server.message import ServerRequest, ServerResponse
from regclient.sync.config import SyncConfig, SyncDefaults, SyncStep, settled
from regclient.sync.events import Checked, Decision, SyncEvent
from regclient.sync.run import Syncer
from regclient.sync.steps import Action
from regclient.sync.tally import SyncResult
from tests.fakes.clock import FakeClock
from tests.fakes.registry import FakeRegistry
from tests.fakes.transport import FakeTransport

E = TypeVar("E")
Requests = tuple[dict[str, int], dict[str, int]]
QUICK = LayoutSettings(writing=Writing(sync=False), created=0.0)


@dataclass
class Pair:
    """The registries ``src.example`` and ``dst.example``; ``events`` are those of the last sync."""

    hosts: Iterable[HostSettings] = ()
    clock: FakeClock = field(default_factory=FakeClock)
    src: FakeRegistry = field(init=False)
    dst: FakeRegistry = field(init=False)
    client: Client = field(init=False)
    events: list[SyncEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the registries and the client."""
        self.src = FakeRegistry("src.example", clock=self.clock)
        self.dst = FakeRegistry("dst.example", clock=self.clock)
        transport = FakeTransport(self.src, self.dst)
        self.client = Client(self.hosts, transport=transport, layout=QUICK, clock=self.clock)

    def sync(
        self,
        *steps: SyncStep,
        action: Action = Action.COPY,
        defaults: SyncDefaults | None = None,
        abort: bool = False,
        functions: dict[str, Callable[..., object]] | None = None,
    ) -> SyncResult:
        """Run some steps once."""
        self.events.clear()
        config = settled(SyncConfig(steps, defaults or SyncDefaults()))
        parallel = config.defaults.parallel
        told = self.events.append
        with Syncer(self.client, parallel=parallel, observer=told, functions=functions or {}, clock=self.clock) as syncer:
            return syncer.run(config.steps, action, abort_on_error=abort)

    def decisions(self, *steps: SyncStep, action: Action = Action.COPY) -> dict[str, Decision]:
        """Run some steps once; return what was decided for each target."""
        self.sync(*steps, action=action)
        return {str(event.target): event.decision for event in self.said(Checked)}

    def said(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, of the last sync."""
        return [event for event in self.events if isinstance(event, kind)]

    def requests(self) -> Requests:
        """Return what both registries were asked since they last forgot, and have them forget it."""
        found = dict(self.src.counts()), dict(self.dst.counts())
        self.src.forget()
        self.dst.forget()
        return found


def stating_limits(registry: FakeRegistry, *later: int) -> None:
    """Have a registry state a rate limit: 100 pulls left when a tag is asked for first, and then one number after the other.

    So it is the copies that see the numbers, however they and the checks of other tags take turns.
    """
    seen, numbers, lock, answer = set[str](), iter(later), threading.Lock(), registry.handle

    def handle(request: ServerRequest) -> ServerResponse:
        found = answer(request)
        if request.method == "HEAD" and "/manifests/" in request.path:
            with lock:
                left = next(numbers) if request.path in seen else 100
                seen.add(request.path)
            found.headers.append(("RateLimit-Limit", "100;w=21600"))
            found.headers.append(("RateLimit-Remaining", f"{left};w=21600"))
        return found

    registry.handle = handle  # type: ignore[method-assign]


def image(source: str = "src.example/app:v1", target: str = "dst.example/app:v1") -> SyncStep:
    """A step for one image."""
    return SyncStep(source, target, "image")


def repository(source: str = "src.example/app", target: str = "dst.example/app") -> SyncStep:
    """A step for one repository."""
    return SyncStep(source, target, "repository")


def total(requests: Requests) -> Counter[str]:
    """Add up the requests to both registries."""
    return Counter(requests[0]) + Counter(requests[1])
