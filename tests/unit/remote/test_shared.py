"""What the repositories of one client have in common."""

from __future__ import annotations

import threading

from regclient.hosts import HostSettings
from regclient.model.reference import Reference
from regclient.remote.shared import MIB, RemoteOptions, Shared
from tests.fakes.clock import FakeClock

HERE = Reference.parse("registry.example/team/app").repository_only()
THERE = Reference.parse("registry.example/team/other").repository_only()


def test_a_part_has_the_size_of_the_host_or_else_of_the_client() -> None:
    shared = Shared(RemoteOptions(blob_chunk=5 * MIB))

    assert 5 * MIB == shared.chunk_size(HostSettings("a"))
    assert 7 == shared.chunk_size(HostSettings("a", blob_chunk=7))


def test_a_registry_raises_the_size_of_its_own_parts_only() -> None:
    shared = Shared()
    shared.raise_chunk(HostSettings("a"), 3 * MIB)
    shared.raise_chunk(HostSettings("a"), 2 * MIB)

    assert (3 * MIB, MIB) == (shared.chunk_size(HostSettings("a")), shared.chunk_size(HostSettings("b")))


def test_what_was_learned_of_the_referrers_api_is_forgotten_after_five_minutes() -> None:
    clock = FakeClock()
    shared = Shared(clock=clock)
    unknown = shared.referrers_api(HERE)
    shared.learn_referrers_api(HERE, supported=False)
    clock.advance(299)
    known = shared.referrers_api(HERE)
    clock.advance(1)

    assert (None, False, None) == (unknown, known, shared.referrers_api(HERE))
    assert shared.referrers_api(THERE) is None


def test_writers_of_one_repository_take_turns() -> None:
    shared = Shared()
    entered = threading.Event()
    order: list[str] = []

    def second() -> None:
        entered.set()
        with shared.turn(HERE):
            order.append("second")

    thread = threading.Thread(target=second)
    with shared.turn(HERE):
        thread.start()
        entered.wait()
        with shared.turn(THERE):
            order.append("another repository")
        order.append("first")
    thread.join()

    assert ["another repository", "first", "second"] == order
