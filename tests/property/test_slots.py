"""Whatever copies, pulls and pushes at once: nobody waits for ever, and the limit holds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.concurrency import Cancel
from regclient.transport.slots import Load, Slots
from tests.property.examples import share

SMALL_READ, BIG_READ = Load(write=False, big=False), Load(write=False, big=True)
SMALL_WRITE, BIG_WRITE = Load(write=True, big=False), Load(write=True, big=True)
PATIENCE = 20.0


@dataclass
class Host:
    """A host that counts who is there."""

    limit: int
    slots: Slots = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)
    reads: int = 0
    writes: int = 0
    worst: int = 0
    worst_kind: int = 0

    def __post_init__(self) -> None:
        self.slots = Slots(self.limit)

    def enter(self, load: Load) -> None:
        with self.lock:
            self.writes += load.write
            self.reads += not load.write
            self.worst = max(self.worst, self.reads + self.writes)
            self.worst_kind = max(self.worst_kind, self.reads, self.writes)

    def leave(self, load: Load) -> None:
        with self.lock:
            self.writes -= load.write
            self.reads -= not load.write


# A task is (kind, source host, target host): copies hold a big read of one host while they write to another, or to the same.
TASKS = st.lists(
    st.tuples(st.sampled_from(["copy", "pull", "push", "small"]), st.integers(0, 1), st.integers(0, 1)), max_size=14
)


def run(task: tuple[str, int, int], hosts: list[Host], cancel: Cancel) -> None:
    kind, source, target = task

    def hold(host: Host, load: Load, inside: list[tuple[Host, Load]]) -> None:
        slot = host.slots.acquire(load, cancel)
        host.enter(load)
        for inner, inner_load in inside:
            hold(inner, inner_load, [])
        host.leave(load)
        slot.release()

    if kind == "copy":
        hold(hosts[source], SMALL_READ, [])
        hold(hosts[source], BIG_READ, [(hosts[target], SMALL_WRITE), (hosts[target], BIG_WRITE), (hosts[target], SMALL_WRITE)])
    elif kind == "pull":
        hold(hosts[source], BIG_READ, [])
    elif kind == "push":
        hold(hosts[target], SMALL_WRITE, [])
        hold(hosts[target], BIG_WRITE, [])
    else:
        hold(hosts[source], SMALL_READ, [])


@settings(max_examples=share(60), deadline=None)
@given(limits=st.tuples(st.integers(-1, 4), st.integers(-1, 4)), tasks=TASKS)
def test_every_workload_ends_within_the_limits(limits: tuple[int, int], tasks: list[tuple[str, int, int]]) -> None:
    hosts = [Host(limit) for limit in limits]
    cancel = Cancel()
    threads = [threading.Thread(target=run, args=(task, hosts, cancel), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    stuck = [task for task, thread in zip(tasks, threads, strict=True) if thread.is_alive()]
    cancel.cancel()
    assert [] == stuck
    for host in hosts:
        assert (0, 0) == (host.reads, host.writes)
        if host.limit >= 2:
            assert host.worst <= host.limit
        if host.limit == 1:
            assert host.worst_kind <= 1
