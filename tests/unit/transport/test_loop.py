from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import pytest

from regclient.errors import NotFound, RateLimited, RegistryFault, SizeMismatch, Unreachable
from regclient.hosts import TLS, HostSettings
from regclient.transport.messages import Body, Kind, Request
from tests.fakes.sending import get, get_blob, plain, sending
from tests.fakes.wire import Seen, Talk, WireServer, answering, nobody, reply
from tests.tables import table


def in_turn(*answers: bytes) -> Callable[[Seen], bytes]:
    """Answer with each in turn, the last one for ever; no bytes hang up."""
    left = list(answers)
    return lambda seen: left.pop(0) if len(left) > 1 else left[0]


OK = reply(body=b"hello")


@table("status", [408, 500, 502, 503, 504])
def test_a_fault_that_may_pass_is_waited_out(status: int) -> None:
    with WireServer(answering(in_turn(reply(status), reply(status), OK))) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get(server)).read()

        assert pytest.approx([0.2, 0.4]) == wire.clock.slept
        assert 3 == len(server.requests)


def test_a_fault_that_stays_is_an_error_after_six_attempts() -> None:
    fault = reply(503, b'{"errors": [{"code": "UNAVAILABLE", "message": "later"}]}')
    with WireServer(answering(in_turn(fault))) as server, sending(plain(server)) as wire:
        with pytest.raises(RegistryFault, match=r"UNAVAILABLE.*later"):
            wire.sender.send(get(server))

        assert 6 == len(server.requests)
        assert pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2]) == wire.clock.slept


def test_retry_after_is_obeyed() -> None:
    with WireServer(answering(in_turn(reply(503, Retry_After="7"), OK))) as server, sending(plain(server)) as wire:
        wire.sender.send(get(server)).close()

        assert [7.0] == wire.clock.slept


def test_too_many_requests_hold_back_everyone_and_fail_nobody() -> None:
    slow = [reply(429, Retry_After="3")] * 8
    with WireServer(answering(in_turn(*slow, OK))) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get(server)).read()
        assert [3.0] * 8 == wire.clock.slept

        line = wire.sender._lines.line_to(server.host)
        line.pace(wire.clock.monotonic() + 5)
        wire.sender.send(get(server)).close()
        assert 5.0 == wire.clock.slept[-1]


def test_being_told_to_wait_for_hours_is_an_error_at_once() -> None:
    with WireServer(answering(in_turn(reply(429, Retry_After="20000")))) as server, sending(plain(server)) as wire:
        with pytest.raises(RateLimited):
            wire.sender.send(get(server))

        assert (1, []) == (len(server.requests), wire.clock.slept)


def test_too_many_requests_for_ever_is_an_error_in_the_end() -> None:
    with WireServer(answering(in_turn(reply(429)))) as server, sending(plain(server)) as wire:
        with pytest.raises(RateLimited):
            wire.sender.send(get(server))

        assert 11 == len(server.requests)


def test_quiet_requests_are_asked_once_and_slow_nobody_down() -> None:
    with WireServer(answering(in_turn(reply(503)))) as server, sending(plain(server)) as wire:
        with pytest.raises(RegistryFault):
            wire.sender.send(get(server, quiet=True))

        assert (1, []) == (len(server.requests), wire.clock.slept)


def test_one_failing_request_does_not_slow_down_the_others() -> None:
    def handler(seen: Seen) -> bytes:
        return reply(503) if "broken" in seen.target else OK

    with WireServer(answering(handler)) as server, sending(plain(server)) as wire:
        with pytest.raises(RegistryFault):
            wire.sender.send(get(server, "manifests/broken"))
        slept = len(wire.clock.slept)
        for _ in range(5):
            wire.sender.send(get(server)).close()

        assert slept == len(wire.clock.slept)


def test_a_connection_that_breaks_is_made_again() -> None:
    with WireServer(answering(in_turn(b"", b"", OK))) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get(server)).read()

        assert pytest.approx([0.2, 0.4]) == wire.clock.slept


def test_a_small_body_that_was_cut_is_asked_for_again() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(reply(body=b"hel", Content_Length="5") if talk.number < 2 else OK)

    with WireServer(script) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get(server)).read()

        assert 3 == server.connections


def test_a_length_the_caller_does_not_expect_is_not_taken() -> None:
    with WireServer(answering(in_turn(reply(body=b"hell"), OK))) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get_blob(server, size=5)).read()
        assert [] == wire.clock.slept

        with pytest.raises(SizeMismatch, match="expected 6 bytes, got 5"):
            wire.sender.send(get_blob(server, size=6))
        assert 2 + 6 == len(server.requests)


class Pipe(io.BytesIO):
    """A stream that does not seek."""

    def seekable(self) -> bool:
        return False


def put(server: WireServer, stream: io.BytesIO) -> Request:
    body = Body(cast("BinaryIO", stream), 3)
    return Request(server.host, "PUT", "blobs/uploads/1", "a", kind=Kind.BLOB, body=body)


def test_a_body_that_seeks_is_sent_again_and_another_is_not() -> None:
    with WireServer(answering(in_turn(reply(503), reply(201)))) as server, sending(plain(server)) as wire:
        wire.sender.send(put(server, io.BytesIO(b"abc"))).close()
        assert [b"abc", b"abc"] == [seen.body for seen in server.requests]
    with WireServer(answering(in_turn(reply(503), reply(201)))) as server, sending(plain(server)) as wire:
        with pytest.raises(RegistryFault, match="answered 503"):
            wire.sender.send(put(server, Pipe(b"abc")))
        assert 1 == len(server.requests)


@pytest.fixture
def closed() -> Iterator[str]:
    with nobody() as port:
        yield f"127.0.0.1:{port}"


def test_nobody_at_home_is_unreachable_after_a_few_tries(closed: str) -> None:
    with sending(HostSettings(closed, tls=TLS.DISABLED)) as wire:
        with pytest.raises(Unreachable, match="connection refused"):
            wire.sender.send(Request(closed, "GET"))

        assert 5 == len(wire.clock.slept)


def test_a_name_that_does_not_exist_is_not_tried_again() -> None:
    with sending() as wire:
        with pytest.raises(Unreachable, match="looking up"):
            wire.sender.send(Request("-no.such.host.invalid", "GET"))

        assert [] == wire.clock.slept


@table("answer", [reply(404), reply(403), reply(500), reply(429), b"", reply(401)])
def test_a_mirror_that_does_not_have_it_is_passed_over_at_once(answer: bytes) -> None:
    with WireServer(answering(lambda seen: answer)) as mirror, WireServer(answering(in_turn(OK))) as server:
        upstream = plain(server, mirrors=("mirror.test",))
        with sending(upstream, plain(mirror, "mirror.test")) as wire:
            assert b"hello" == wire.sender.send(get(server, mirrors=True)).read()

            assert [] == wire.clock.slept
            assert f"/v2/a/b/manifests/latest?ns={server.host}".replace(":", "%3A", 1) == mirror.requests[0].target
            assert "/v2/a/b/manifests/latest" == server.requests[0].target


def test_a_mirror_that_failed_is_asked_after_the_upstream_for_a_while() -> None:
    with (
        WireServer(answering(in_turn(reply(500), OK))) as mirror,
        WireServer(answering(in_turn(OK))) as server,
        sending(plain(server, mirrors=("mirror.test",)), plain(mirror, "mirror.test")) as wire,
    ):
        for _ in range(3):
            wire.sender.send(get(server, mirrors=True)).close()
        assert (1, 3) == (len(mirror.requests), len(server.requests))
        wire.clock.advance(60)
        wire.sender.send(get(server, mirrors=True)).close()

        assert (2, 3) == (len(mirror.requests), len(server.requests))


def test_writes_and_other_requests_never_reach_a_mirror() -> None:
    with WireServer(answering(in_turn(OK))) as mirror, WireServer(answering(in_turn(reply(201)))) as server:
        with sending(plain(server, mirrors=("mirror.test",)), plain(mirror, "mirror.test")) as wire:
            wire.sender.send(Request(server.host, "PUT", "manifests/x", "a", body=b"{}")).close()

        assert ([], 1) == (mirror.requests, len(server.requests))


def test_the_upstream_is_asked_even_after_a_dozen_dead_mirrors(closed: str) -> None:
    dead = [HostSettings(f"dead{number}.test", tls=TLS.DISABLED, hostname=closed) for number in range(12)]
    names = tuple(one.name for one in dead)
    with WireServer(answering(in_turn(OK))) as server, sending(plain(server, mirrors=names), *dead) as wire:
        assert b"hello" == wire.sender.send(get(server, mirrors=True)).read()


def test_when_all_fail_the_word_of_the_upstream_counts(closed: str) -> None:
    with WireServer(answering(in_turn(reply(404)))) as server:
        dead = HostSettings("dead.test", tls=TLS.DISABLED, hostname=closed, priority=9)
        with sending(plain(server, mirrors=("dead.test",)), dead) as wire, pytest.raises(NotFound):
            wire.sender.send(get(server, mirrors=True))
