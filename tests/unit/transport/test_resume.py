from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping

import pytest

from regclient.errors import RegistryClientError, Unreachable
from regclient.transport.slots import Load
from tests.fakes.sending import get_blob, plain, sending
from tests.fakes.wire import Script, Seen, Talk, WireServer, answering, reply
from tests.tables import table

BLOB = hashlib.sha512(b"seed").digest() * 5000
SIZE = len(BLOB)


def asked_from(seen: Seen) -> int:
    match = re.fullmatch(r"bytes=(\d+)-(\d+)", seen.headers.get("range", "bytes=0-0"))
    assert match is not None
    return int(match[1])


def part(start: int, end: int = SIZE, headers: Mapping[str, str] | None = None) -> bytes:
    """Answer with the blob from ``start``, announcing everything to its end but sending only up to ``end``."""
    given = {"Content_Length": str(SIZE - start)}
    if start:
        given |= {"Content_Range": f"bytes {start}-{SIZE - 1}/{SIZE}", **(headers or {})}
    return reply(206 if start else 200, BLOB[start:end], fields=given)


def cutting(step: int, cut: Callable[[Talk], None] = Talk.hang_up) -> Script:
    """Serve the blob, ``step`` bytes of it to each request."""

    def script(talk: Talk) -> None:
        while (seen := talk.request()) is not None:
            talk.requests.append(seen)
            start = asked_from(seen)
            talk.send(part(start, start + step))
            if start + step < SIZE:
                cut(talk)
                return

    return script


@table("tenth", range(1, 10))
def test_a_body_cut_once_anywhere_arrives_whole(tenth: int) -> None:
    at = SIZE * tenth // 10

    def script(talk: Talk) -> None:
        seen = talk.request()
        assert seen is not None
        talk.requests.append(seen)
        talk.send(part(asked_from(seen), SIZE if talk.number else at))

    with WireServer(script) as server, sending(plain(server)) as wire:
        with wire.sender.send(get_blob(server, size=SIZE)) as response:
            assert BLOB == response.read()

        assert [f"bytes={at}-{SIZE - 1}"] == [seen.headers["range"] for seen in server.requests[1:]]


@table("into", [True, False])
def test_a_body_cut_at_every_tenth_arrives_whole(*, into: bool) -> None:
    with WireServer(cutting(SIZE // 10)) as server, sending(plain(server)) as wire:
        with wire.sender.send(get_blob(server)) as response:
            if into:
                buffer, got = bytearray(30_000), bytearray()
                while count := response.readinto(buffer):
                    got += buffer[:count]
            else:
                got = bytearray(response.read())
        assert BLOB == got

        assert 10 == len(server.requests)


def test_a_reset_is_a_cut_like_any_other() -> None:
    read = threading.Event()

    def script(talk: Talk) -> None:
        seen = talk.request()
        assert seen is not None
        talk.send(part(asked_from(seen), SIZE if talk.number else SIZE // 2))
        if not talk.number:
            read.wait(30)
            talk.reset()

    with WireServer(script) as server, sending(plain(server)) as wire, wire.sender.send(get_blob(server)) as response:
        got = response.read(100)
        read.set()
        assert BLOB == got + response.read()


def test_cuts_without_progress_come_to_an_end() -> None:
    with WireServer(cutting(10)) as server, sending(plain(server)) as wire, wire.sender.send(get_blob(server)) as response:
        with pytest.raises(Unreachable, match=r"of the body are missing|at byte"):
            response.read()

        assert 6 >= len(server.requests)


def test_a_server_that_ignores_the_range_sends_everything_again() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(reply(body=BLOB) if talk.number else part(0, SIZE // 3))

    with WireServer(script) as server, sending(plain(server)) as wire, wire.sender.send(get_blob(server)) as response:
        assert BLOB == response.read()


def test_a_server_that_starts_again_and_ends_early_is_not_waited_for() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\n\r\nshort" if talk.number else part(0, SIZE // 3))

    with WireServer(script) as server, sending(plain(server)) as wire, wire.sender.send(get_blob(server)) as response:
        with pytest.raises(Unreachable, match="ended before the part"):
            response.read()

        assert 6 >= server.connections


WRONG = [
    {"Content_Range": "bytes 5-9/10"},
    {"Content_Range": f"bytes 0-{SIZE - 1}/{SIZE}"},
    {"Content_Range": "nonsense"},
]


@table("headers", WRONG)
def test_another_part_than_the_rest_is_not_taken_for_it(headers: dict[str, str]) -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(part(SIZE // 3, SIZE, headers) if talk.number else part(0, SIZE // 3))

    with WireServer(script) as server, sending(plain(server)) as wire, wire.sender.send(get_blob(server)) as response:
        with pytest.raises(Unreachable, match="got something else"):
            response.read()

        assert 2 == server.connections


def test_a_mirror_may_bring_the_rest() -> None:
    def dying(talk: Talk) -> None:
        talk.request()
        if not talk.number:
            talk.send(part(0, SIZE // 2))

    with (
        WireServer(dying) as mirror,
        WireServer(cutting(SIZE)) as server,
        sending(plain(server, mirrors=("mirror.test",)), plain(mirror, "mirror.test")) as wire,
        wire.sender.send(get_blob(server, mirrors=True)) as response,
    ):
        assert BLOB == response.read()
        assert [f"bytes={SIZE // 2}-{SIZE - 1}"] == [seen.headers["range"] for seen in server.requests]


def test_a_body_of_unknown_length_or_a_part_asked_for_is_not_resumed() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe"

    def script(talk: Talk) -> None:
        seen = talk.request()
        assert seen is not None
        talk.send(part(SIZE // 2, SIZE // 2 + 10) if "range" in seen.headers else chunked)

    with WireServer(script) as server, sending(plain(server)) as wire:
        for request in (get_blob(server), get_blob(server, headers={"Range": f"bytes={SIZE // 2}-"})):
            with wire.sender.send(request) as response, pytest.raises(Unreachable):
                response.read()

        assert 2 == server.connections


def test_slots_do_not_leak_through_resumes_and_failures() -> None:
    with WireServer(cutting(SIZE // 10)) as server, sending(plain(server, req_concurrent=1)) as wire:
        for _ in range(3):
            with wire.sender.send(get_blob(server)) as response:
                assert BLOB == response.read()
    with WireServer(cutting(10)) as server, sending(plain(server, req_concurrent=1)) as wire:
        for _ in range(3):
            with wire.sender.send(get_blob(server)) as response, pytest.raises(RegistryClientError):
                response.read()


def test_a_busy_mirror_is_not_waited_for() -> None:
    def dying(talk: Talk) -> None:
        seen = talk.request()
        assert seen is not None
        talk.send(part(asked_from(seen), SIZE if talk.number else SIZE // 2))

    with (
        WireServer(answering(lambda seen: part(asked_from(seen)))) as mirror,
        WireServer(dying) as server,
        sending(plain(server, mirrors=("mirror.test",)), plain(mirror, "mirror.test", req_concurrent=1, priority=5)) as wire,
        wire.sender.send(get_blob(server, mirrors=True)) as response,
    ):
        held = wire.sender._lines.line_to("mirror.test").slots.try_acquire(Load(write=False, big=True))
        assert held is not None
        assert BLOB == response.read()
        assert ([], 2) == (mirror.requests, server.connections)


@table("knows_ranges", [True, False])
def test_a_body_can_be_asked_for_from_some_byte_on_and_is_resumed_from_there(*, knows_ranges: bool) -> None:
    def script(talk: Talk) -> None:
        seen = talk.request()
        assert seen is not None
        talk.requests.append(seen)
        start = asked_from(seen) if knows_ranges else 0
        talk.send(part(start, SIZE if talk.number else 200_000))

    with WireServer(script) as server, sending(plain(server)) as wire:
        with wire.sender.send(get_blob(server, size=SIZE, offset=100_000)) as response:
            assert BLOB[100_000:] == response.read()

        assert [100_000, 200_000] == [asked_from(seen) for seen in server.requests]
