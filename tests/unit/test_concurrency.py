"""Workers, Crew, Ticker and Service: bounded, prompt, and nothing left behind."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable

import pytest

from regclient.concurrency import Cancel, Crew, Ticker, Workers, serve_connections
from regclient.errors import Cancelled

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


def waiter(go: threading.Event) -> Callable[[], None]:
    def wait() -> None:
        assert go.wait(LONG)

    return wait


def test_a_crew_runs_calls_in_the_background_and_waits_for_them_when_the_block_is_left() -> None:
    go, done = threading.Event(), list[str]()

    def work() -> None:
        assert go.wait(LONG)
        done.append("a")

    with Crew() as crew:
        assert crew.start("a", work)
        assert done == []
        go.set()
    assert done == ["a"]


def test_no_two_calls_of_one_key_run_at_once_and_the_key_is_free_afterwards() -> None:
    go = threading.Event()
    with Crew() as crew:
        assert crew.start("a", waiter(go))
        assert not crew.start("a", pytest.fail)
        assert crew.start("b", lambda: None)
        go.set()
        assert crew.join(LONG)
        assert crew.start("a", lambda: None)


def test_a_crew_is_waited_for_as_long_as_told_and_no_longer_than_wanted() -> None:
    go = threading.Event()
    with Crew() as crew:
        crew.start("a", waiter(go))
        assert not crew.join(0.0)
        assert not crew.join(LONG, until=lambda: True)
        go.set()
        assert crew.join()


def test_the_first_error_of_a_crew_is_raised_where_its_block_is_left() -> None:
    def fail() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"), Crew() as crew:
        crew.start("a", fail)

    def block() -> None:
        with Crew() as crew:
            crew.start("a", fail)
            raise KeyError

    with pytest.raises(KeyError):
        block()


def test_the_ticker_beats_while_the_block_runs_and_once_at_its_end() -> None:
    beats, third = list[int](), threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 3:
            third.set()

    with Ticker(0, beat):
        assert third.wait(LONG)
    assert len(beats) > 3
    with Ticker(LONG, lambda: beats.append(2)):
        pass
    assert beats.count(2) == 1


def test_what_a_beat_raises_is_raised_when_the_block_is_left() -> None:
    def beat() -> None:
        raise ValueError("beat")

    with pytest.raises(ValueError, match="beat"), Ticker(0, beat):
        pass
    with pytest.raises(KeyError), Ticker(0, beat):
        raise KeyError("block")


def say(address: tuple[str, int], text: bytes = b"") -> bytes:
    with socket.create_connection(address, timeout=LONG) as peer:
        peer.sendall(text)
        peer.shutdown(socket.SHUT_WR)
        return peer.recv(100)


def test_each_connection_is_served_in_a_thread_of_its_own() -> None:
    meeting = threading.Barrier(3)

    def serve(connection: socket.socket) -> None:
        meeting.wait(LONG)
        connection.sendall(connection.recv(100))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = serve_connections(listener, serve, count=2)
        answers: list[bytes] = []
        address = listener.getsockname()
        peers = [threading.Thread(target=lambda text=text: answers.append(say(address, text))) for text in (b"a", b"b")]
        for peer in peers:
            peer.start()
        meeting.wait(LONG)
        for peer in peers:
            peer.join(LONG)
        service.close()
        assert service.join(LONG)

    assert [b"a", b"b"] == sorted(answers)


def test_a_closed_service_accepts_nothing_and_waits_for_what_runs() -> None:
    entered, leave = threading.Event(), threading.Event()

    def serve(connection: socket.socket) -> None:
        entered.set()
        leave.wait(LONG)

    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname(), timeout=LONG):
        service = serve_connections(listener, serve)
        assert entered.wait(LONG)
        service.close()
        service.close()
        assert not service.join(0.0)
        leave.set()
        assert service.join(LONG)


def test_no_more_connections_are_served_at_once_than_allowed() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def serve(connection: socket.socket) -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        connection.sendall(connection.recv(100))
        with lock:
            running.pop()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = serve_connections(listener, serve, count=1)
        peers = [threading.Thread(target=say, args=(listener.getsockname(), b"x")) for _ in range(5)]
        for peer in peers:
            peer.start()
        for peer in peers:
            peer.join(LONG)
        service.close()
        assert service.join(LONG)

    assert [1] * 5 == most
