"""Crew, Relay, Ticker and Service: bounded, prompt, and nothing left behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from regclient.concurrency import Crew, Relay, Ticker, serve_connections

LONG = 30.0
"""Longer than any test may take: what waits this long was not woken."""


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


def test_a_relay_takes_pieces_in_their_order_in_another_thread() -> None:
    taken, threads = list[int](), set[int]()

    def take(piece: int) -> None:
        taken.append(piece)
        threads.add(threading.get_ident())

    with Relay(take) as relay:
        for piece in range(100):
            relay.give(piece)

    assert (list(range(100)), 1) == (taken, len(threads))
    assert threading.get_ident() not in threads


def test_a_relay_is_given_the_next_piece_while_one_is_taken() -> None:
    given = threading.Event()

    with Relay[int](lambda _: given.wait(LONG)) as relay:
        relay.give(1)
        relay.give(2)
        given.set()

    assert given.is_set()


def test_an_error_of_a_relay_is_raised_to_the_giver_and_what_comes_after_is_dropped() -> None:
    taken = []

    def take(piece: int) -> None:
        taken.append(piece)
        raise ZeroDivisionError

    def give_all() -> None:
        with Relay(take) as relay:
            for piece in range(100):
                relay.give(piece)

    with pytest.raises(ZeroDivisionError):
        give_all()
    assert [0] == taken

    with pytest.raises(ZeroDivisionError), Relay(take) as relay:
        relay.give(1)
    assert [0, 1] == taken


def test_a_block_that_fails_drops_what_waits_in_a_relay() -> None:
    began, go, taken = threading.Event(), threading.Event(), []

    def take(piece: int) -> None:
        taken.append(piece)
        began.set()
        assert go.wait(LONG)

    relay = Relay(take)
    relay.give(1)
    assert began.wait(LONG)
    relay.give(2)
    with Crew() as crew:
        crew.start("leave", lambda: relay.__exit__(KeyError, KeyError(), None))
        assert not crew.join(LONG, until=lambda: relay.dropping)
        go.set()

    assert [1] == taken


def test_a_relay_without_pieces_starts_no_thread() -> None:
    before = threading.active_count()

    with Relay(pytest.fail):
        assert before == threading.active_count()
