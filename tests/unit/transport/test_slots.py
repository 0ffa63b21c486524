from __future__ import annotations

import io
import random
import threading

import pytest

from regclient.concurrency import Cancel
from regclient.errors import Cancelled
from regclient.transport.messages import Body, Kind, Request
from regclient.transport.slots import Load, Slot, Slots, load_of
from tests.tables import table

SMALL_READ, BIG_READ = Load(write=False, big=False), Load(write=False, big=True)
SMALL_WRITE, BIG_WRITE = Load(write=True, big=False), Load(write=True, big=True)
SURE_READ = Load(write=False, big=True, sure=True)


@table(
    ("request_", "load"),
    [
        (Request("r", "GET", kind=Kind.BLOB), BIG_READ),
        (Request("r", "GET", kind=Kind.BLOB, onward=""), SURE_READ),
        (Request("r", "GET", kind=Kind.BLOB, onward="other"), SURE_READ),
        (Request("r", "HEAD", kind=Kind.BLOB), SMALL_READ),
        (Request("r", "GET", kind=Kind.PART), SMALL_READ),
        (Request("r", "GET", kind=Kind.BLOB, size=64 * 1024), SMALL_READ),
        (Request("r", "GET", kind=Kind.BLOB, size=64 * 1024 + 1), BIG_READ),
        (Request("r", "GET", kind=Kind.MANIFEST), SMALL_READ),
        (Request("r", "PUT", kind=Kind.BLOB, body=Body(io.BytesIO(), 5)), BIG_WRITE),
        (Request("r", "PATCH", kind=Kind.BLOB, body=b"part"), BIG_WRITE),
        (Request("r", "POST", kind=Kind.BLOB), SMALL_WRITE),
        (Request("r", "PUT", kind=Kind.MANIFEST, body=b"{}"), SMALL_WRITE),
        (Request("r", "DELETE"), SMALL_WRITE),
    ],
)
def test_a_request_is_big_when_bytes_of_a_blob_travel(request_: Request, load: Load) -> None:
    assert load == load_of(request_)


def taken(slots: Slots, *loads: Load) -> list[Slot | None]:
    return [slots.try_acquire(load) for load in loads]


@table(
    ("limit", "held", "wanted", "free"),
    [
        (3, [BIG_READ], BIG_READ, True),
        (3, [BIG_READ, BIG_READ], BIG_READ, False),
        (3, [BIG_READ, BIG_READ], SMALL_READ, True),
        (3, [BIG_READ, BIG_READ], BIG_WRITE, True),
        (3, [BIG_READ, BIG_WRITE], BIG_WRITE, True),
        (3, [BIG_WRITE, BIG_WRITE], BIG_WRITE, True),
        (3, [BIG_WRITE, BIG_WRITE], BIG_READ, True),
        (3, [BIG_READ, BIG_READ], SURE_READ, True),
        (3, [SURE_READ, SURE_READ], SURE_READ, True),
        (3, [SURE_READ, SURE_READ], BIG_READ, False),
        (3, [SURE_READ] * 3, BIG_WRITE, False),
        (3, [BIG_READ, BIG_READ, SMALL_READ], SMALL_READ, False),
        (3, [SMALL_READ, SMALL_WRITE, SMALL_READ], SMALL_WRITE, False),
        (2, [BIG_READ], BIG_READ, False),
        (2, [BIG_READ], BIG_WRITE, True),
        (2, [BIG_WRITE], BIG_READ, True),
        (2, [BIG_WRITE], SMALL_READ, True),
        (2, [BIG_READ, BIG_WRITE], SMALL_READ, False),
        (1, [BIG_READ], BIG_WRITE, True),
        (1, [BIG_READ], SMALL_READ, False),
        (1, [SURE_READ], SURE_READ, False),
        (1, [SMALL_WRITE], SMALL_WRITE, False),
        (0, [BIG_READ] * 50, BIG_READ, True),
        (-1, [BIG_READ] * 50, BIG_READ, True),
    ],
)
def test_who_gets_a_slot(limit: int, held: list[Load], wanted: Load, *, free: bool) -> None:
    slots = Slots(limit)
    assert None not in taken(slots, *held)

    assert free == (slots.try_acquire(wanted) is not None)


def test_a_slot_given_back_twice_counts_once() -> None:
    slots = Slots(2)
    first, second = taken(slots, SMALL_READ, SMALL_READ)
    assert first is not None
    assert second is not None
    first.release()
    first.release()

    assert slots.try_acquire(SMALL_READ) is not None
    assert slots.try_acquire(SMALL_READ) is None


class Queue:
    """Threads that wait for slots and say when they got one."""

    def __init__(self, slots: Slots, cancel: Cancel | None = None) -> None:
        self.slots = slots
        self.cancel = cancel or Cancel()
        self.got: list[tuple[str, Slot]] = []
        self.failed: list[str] = []
        self.arrived = threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def wait(self, name: str, load: Load) -> None:
        before = len(self.slots._waiters)
        thread = threading.Thread(target=self._run, args=(name, load))
        self.threads.append(thread)
        thread.start()
        while len(self.slots._waiters) == before and thread.is_alive():
            thread.join(0.001)

    def names(self, count: int) -> list[str]:
        for _ in range(count):
            assert self.arrived.acquire(timeout=30)
        return [name for name, _ in self.got]

    def _run(self, name: str, load: Load) -> None:
        try:
            self.got.append((name, self.slots.acquire(load, self.cancel)))
        except Cancelled:
            self.failed.append(name)
        self.arrived.release()


def test_waiters_are_served_in_order_past_those_who_cannot_be() -> None:
    slots = Slots(2)
    read, small = taken(slots, BIG_READ, SMALL_READ)
    assert read is not None
    assert small is not None
    queue = Queue(slots)
    queue.wait("second big read", BIG_READ)
    queue.wait("first small", SMALL_READ)
    queue.wait("second small", SMALL_WRITE)

    small.release()
    assert ["first small"] == queue.names(1)
    read.release()
    assert ["first small", "second big read"] == queue.names(1)
    queue.got[0][1].release()
    assert ["first small", "second big read", "second small"] == queue.names(1)
    for thread in queue.threads:
        thread.join()


def test_a_small_request_waits_for_the_end_of_one_blob_and_not_of_all() -> None:
    slots = Slots(1)
    held = slots.try_acquire(BIG_WRITE)
    assert held is not None
    queue = Queue(slots)
    for number in range(3):
        queue.wait(f"blob {number}", BIG_WRITE)
    queue.wait("small", SMALL_WRITE)

    held.release()
    for number in range(3):
        queue.names(1)
        queue.got[number][1].release()
    assert ["blob 0", "small", "blob 1", "blob 2"] == queue.names(1)
    for thread in queue.threads:
        thread.join()


def test_a_read_leaves_room_where_the_bytes_of_another_will_be_written() -> None:
    here, there = Slots(3), Slots(2)
    back = there.try_acquire(SURE_READ, here)
    assert back is not None
    assert None not in taken(here, SURE_READ, SURE_READ)

    assert here.try_acquire(SURE_READ) is None
    write = here.try_acquire(BIG_WRITE)
    assert write is not None
    write.release()
    back.release()

    assert here.try_acquire(SURE_READ) is not None


def test_who_waits_for_the_end_of_what_will_be_written_is_woken_by_it() -> None:
    here, there = Slots(2), Slots(2)
    back = there.try_acquire(SURE_READ, here)
    assert back is not None
    assert here.try_acquire(SURE_READ) is not None
    queue = Queue(here)
    queue.wait("read", SURE_READ)

    back.release()

    assert ["read"] == queue.names(1)
    queue.threads[0].join()


def test_a_read_that_gets_no_slot_is_no_longer_expected_anywhere() -> None:
    here, there, cancel = Slots(2), Slots(2), Cancel()
    assert None not in taken(there, SURE_READ, SURE_READ)
    assert there.try_acquire(SURE_READ, here) is None
    cancel.cancel()
    with pytest.raises(Cancelled):
        there.acquire(SURE_READ, cancel, here)

    assert None not in taken(here, SURE_READ, SURE_READ)


def test_copies_in_rings_never_lock_up() -> None:
    chance = random.Random(8)
    for _ in range(100):
        hosts = [Slots(chance.randint(2, 3)) for _ in range(chance.randint(2, 3))]
        copies = [Copy(*chance.sample(hosts, 2)) for _ in range(10)]
        copies += [Copy(host, host) for host in hosts]
        while copies:
            chance.shuffle(copies)
            assert any(copy.goes_on() for copy in copies), "nobody can go on"
            copies = [copy for copy in copies if not copy.done]


class Copy:
    """A copy of one blob, a step at a time: a slot to read with, then one to write with, then neither."""

    def __init__(self, src: Slots, dst: Slots) -> None:
        self.src, self.dst = src, dst
        self.held: list[Slot] = []
        self.done = False

    def goes_on(self) -> bool:
        if len(self.held) == 2:
            for slot in self.held:
                slot.release()
            self.done = True
            return True
        got = self.dst.try_acquire(BIG_WRITE) if self.held else self.src.try_acquire(SURE_READ, self.dst)
        self.held += [slot for slot in [got] if slot is not None]
        return got is not None


def test_a_cancel_wakes_those_who_wait() -> None:
    slots = Slots(1)
    slots.try_acquire(SMALL_READ)
    queue = Queue(slots)
    queue.wait("a", SMALL_READ)
    queue.wait("b", BIG_READ)

    queue.cancel.cancel()

    queue.names(2)
    for thread in queue.threads:
        thread.join()
    assert {"a", "b"} == set(queue.failed)
    assert 0 == len(slots._waiters)


def test_a_slot_granted_to_one_who_was_cancelled_goes_to_the_next() -> None:
    slots = Slots(1)
    held = slots.try_acquire(SMALL_READ)
    assert held is not None
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(Cancelled):
        slots.acquire(SMALL_READ, cancel)
    held.release()

    assert slots.try_acquire(SMALL_READ) is not None


def test_a_slot_knows_whose_it_is_until_it_is_released() -> None:
    slots, others = Slots(1), Slots(1)
    slot = slots.try_acquire(BIG_READ)
    assert slot is not None

    assert slot.is_of(slots)
    assert not slot.is_of(others)
    slot.release()
    assert not slot.is_of(slots)


def test_starts_are_spaced_by_the_rate() -> None:
    slots = Slots(3, per_second=4)

    assert [0.0, 0.25, 0.5] == [slots.reserve_start(100.0) for _ in range(3)]
    assert 0.0 == slots.reserve_start(200.0)
    assert 0.0 == Slots(3).reserve_start(0.0)
