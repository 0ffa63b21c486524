"""Workers: bounded, prompt, and nothing left behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import pytest

from regclient.cancel import Cancel
from regclient.errors import Cancelled
from regclient.workers import Lane, Workers

LONG = 30.0
"""Longer than any test may take: what waits this long was not woken."""


def test_results_come_in_the_order_of_the_items() -> None:
    with Workers(3) as workers:
        assert [str(n) for n in range(50)] == workers.map(str, range(50))
        assert workers.map(str, []) == []


def test_no_more_calls_run_at_once_than_there_are_workers_and_all_of_them_do() -> None:
    barrier = threading.Barrier(3)
    running, most, lock = set[int](), list[int](), threading.Lock()

    def call(number: int) -> None:
        with lock:
            running.add(number)
            most.append(len(running))
        barrier.wait(LONG)
        with lock:
            running.discard(number)

    with Workers(3) as workers:
        workers.map(call, range(9))
    assert max(most) == 3


def test_threads_are_reused_and_joined_when_the_block_is_left() -> None:
    before = threading.active_count()
    with Workers(2) as workers:
        for _ in range(5):
            workers.map(str, range(10))
        assert before < threading.active_count() <= before + 2
    assert threading.active_count() == before
    with pytest.raises(RuntimeError):
        workers.map(str, range(2))


def test_a_single_item_starts_no_thread() -> None:
    with Workers(2) as workers:
        assert [threading.get_ident()] == workers.map(lambda _: threading.get_ident(), [0])


def test_the_first_failure_is_raised_and_drops_what_has_not_started() -> None:
    seen = list[int]()

    def call(number: int) -> int:
        seen.append(number)
        if number == 1:
            raise ValueError(number)
        return number

    with Workers(1) as workers:
        with pytest.raises(ValueError, match="1"):
            workers.map(call, range(100))
        assert seen == [0, 1]
        assert workers.map(str, range(3)) == ["0", "1", "2"]


def test_a_failure_interrupts_the_running_siblings_and_leaves_the_token_usable() -> None:
    cancel, started, echoes = Cancel(), threading.Event(), list[str]()

    def call(number: int) -> None:
        if number:
            started.wait(LONG)
            raise ValueError("sibling")
        with cancel.closing(lambda: echoes.append("closed")):
            started.set()
            if cancel.wait(LONG):
                echoes.append("woken")
                raise Cancelled

    with Workers(2, cancel) as workers:
        with pytest.raises(ValueError, match="sibling"):
            workers.map(call, range(2))
        assert sorted(echoes) == ["closed", "woken"]
        assert not cancel.cancelled
        assert workers.map(lambda _: cancel.cancelled, range(8)) == [False] * 8


def test_a_real_error_is_preferred_to_the_cancelled_that_came_before_it() -> None:
    first = threading.Event()

    def call(number: int) -> None:
        if number == 0:
            first.wait(LONG)
            raise ValueError("cause")
        try:
            raise Cancelled
        finally:
            first.set()

    with Workers(2) as workers, pytest.raises(ValueError, match="cause"):
        workers.map(call, range(2))


def test_a_cancel_ends_the_map_and_refuses_the_next() -> None:
    cancel = Cancel()

    def call(number: int) -> None:
        if number == 0:
            cancel.cancel()
        assert cancel.wait(LONG)
        cancel.check()

    with Workers(2, cancel) as workers:
        with pytest.raises(Cancelled):
            workers.map(call, range(4))
        with pytest.raises(Cancelled):
            workers.map(str, [1])


def test_ctrl_c_in_the_coordinator_interrupts_the_calls_and_joins_them() -> None:
    cancel, both, ended, main = Cancel(), threading.Barrier(2), list[int](), threading.get_ident()

    def call(number: int) -> None:
        if both.wait(LONG) == 0:
            signal.pthread_kill(main, signal.SIGINT)
        assert cancel.wait(LONG)
        ended.append(number)

    with Workers(2, cancel) as workers, pytest.raises(KeyboardInterrupt):
        workers.map(call, range(9))
    assert len(ended) == 2
    assert not cancel.cancelled


def test_a_map_inside_a_call_runs_in_place_and_cannot_dead_lock() -> None:
    with Workers(2) as workers:
        assert [[0, 1], [0, 1], [0, 1]] == workers.map(lambda _: workers.map(int, range(2)), range(3))


def test_two_coordinators_share_the_group_and_fail_apart() -> None:
    with Workers(2) as workers:
        outcomes = list[object]()

        def coordinate(call: Callable[[int], int]) -> None:
            try:
                outcomes.append(workers.map(call, range(20)))
            except ZeroDivisionError as error:
                outcomes.append(type(error))

        threads = [threading.Thread(target=coordinate, args=[call]) for call in (lambda n: 1 // (n - 7), lambda n: n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ZeroDivisionError in outcomes
    assert list(range(20)) in outcomes


def test_calls_of_one_key_take_turns_and_others_go_on_meanwhile() -> None:
    busy, other, most = list[str](), threading.Event(), list[int]()

    def call(name: str) -> str:
        if name == "other":
            other.set()
            return name
        busy.append(name)
        most.append(len(busy))
        other.wait(LONG)
        busy.remove(name)
        return name

    with Workers(3) as workers:
        assert workers.map(call, ["layer", "layer", "layer", "other"], key=str) == ["layer", "layer", "layer", "other"]
    assert most == [1, 1, 1]


def test_what_calls_find_on_the_way_is_called_too_until_nothing_is_left() -> None:
    seen, lock = list[int](), threading.Lock()

    def halves(number: int) -> list[int]:
        with lock:
            seen.append(number)
        return [number // 2] * 2 if number > 1 else []

    with Workers(3) as workers:
        workers.drain(halves, [8, 4], key=lambda _: Lane("all", 3))
        workers.drain(halves, [], key=lambda _: Lane("all", 3))
    assert sorted([8, *[4] * 3, *[2] * 6, *[1] * 12]) == sorted(seen)


def test_a_lane_lets_so_many_calls_run_at_once_and_does_not_hold_up_the_others() -> None:
    free, narrow, wide = threading.Event(), Lane("narrow", 2), Lane("wide", 3)
    running, most, lock = set[int](), [0], threading.Lock()

    def call(number: int) -> list[int]:
        if number >= 100:
            if number == 100:
                free.set()
            return [number - 1] if number > 100 else []
        with lock:
            running.add(number)
            most[0] = max(most[0], len(running))
        assert free.wait(LONG)
        with lock:
            running.discard(number)
        return []

    with Workers(6) as workers:
        workers.drain(call, [*range(8), 105], key=lambda number: wide if number >= 100 else narrow)
    assert most == [2]


def test_every_lane_has_its_turn_when_there_are_fewer_threads_than_work() -> None:
    order = list[str]()

    def noted(item: str) -> list[str]:
        order.append(item)
        return []

    with Workers(1) as workers:
        workers.drain(noted, ["a1", "a2", "a3", "b1", "b2"], key=lambda item: Lane(item[0], 9))
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_a_failure_ends_a_drain_and_drops_what_was_found_on_the_way() -> None:
    def call(number: int) -> list[int]:
        if number == 20:
            raise ValueError(number)
        return [number + 1, number + 1000]

    with Workers(2) as workers:
        with pytest.raises(ValueError, match="20"):
            workers.drain(call, [0], key=lambda number: Lane(number > 999, 1))
        assert workers.map(str, range(2)) == ["0", "1"]


def test_a_call_that_is_interrupted_while_it_coordinates_another_group_interrupts_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("regclient.workers.BLINK", 0.01)
    cancel, inside, ended = Cancel(), threading.Barrier(3), list[str]()

    def deep(name: str) -> None:
        inside.wait(LONG)
        assert cancel.wait(LONG)
        ended.append(name)
        raise Cancelled

    with Workers(2, cancel) as inner, Workers(2, cancel) as outer:

        def call(number: int) -> None:
            if number:
                inner.map(deep, "ab")
            else:
                inside.wait(LONG)
                raise ValueError(number)

        with pytest.raises(ValueError, match="0"):
            outer.map(call, range(2))
        assert not cancel.cancelled
        assert ["a", "b"] == sorted(ended)
        assert inner.map(str, range(2)) == ["0", "1"]
