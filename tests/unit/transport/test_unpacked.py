from __future__ import annotations

import gzip
import io

import pytest

from regclient.errors import Unreachable
from regclient.model.headers import headers_of
from regclient.transport.exchange import Answer, Broken
from regclient.transport.unpacked import Unpacked
from tests.fakes.sending import get, get_blob, plain, sending
from tests.fakes.wire import Seen, WireServer, answering, reply
from tests.tables import table

TEXT = b"".join(b"%d\n" % number for number in range(50_000))
PACKED = gzip.compress(TEXT, mtime=0)


class Held(io.BytesIO):
    """An answer whose body is in memory, and said to be compressed."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.status = 200
        fields = {"Content-Encoding": "gzip", "Content-Length": str(len(body)), "Accept-Ranges": "bytes", "Content-Type": "a/b"}
        self.headers = headers_of(fields.items())


def whole(answer: Answer, step: int) -> bytes:
    parts = []
    while data := answer.read(step):
        assert len(data) <= step
        parts.append(data)
    return b"".join(parts)


@table("step", [7, 1000, 1 << 20])
def test_a_body_is_unpacked_while_it_is_read(step: int) -> None:
    answer = Unpacked(Held(PACKED))

    assert {"Content-Type": ("a/b",)} == answer.headers
    assert whole(answer, step) == TEXT
    assert b"" == answer.read(1)


def test_all_of_it_can_be_read_at_once_and_into_a_buffer() -> None:
    buffer = bytearray(10)

    assert Unpacked(Held(PACKED)).read() == TEXT
    assert 10 == Unpacked(Held(PACKED)).readinto(buffer)
    assert buffer == TEXT[:10]


def test_streams_one_after_the_other_are_one_body() -> None:
    assert b"onetwo" == Unpacked(Held(gzip.compress(b"one") + gzip.compress(b"") + gzip.compress(b"two"))).read()


def test_no_more_is_fetched_than_is_asked_for() -> None:
    held = Held(PACKED)

    assert 1000 == len(Unpacked(held).read(1000))
    assert held.tell() < len(PACKED)


def test_what_is_no_gzip_or_ends_early_is_damage() -> None:
    with pytest.raises(Broken, match="not compressed as its Content-Encoding says"):
        Unpacked(Held(TEXT)).read()
    with pytest.raises(Broken, match="ends early"):
        Unpacked(Held(PACKED[:-3])).read()


def zipped(seen: Seen) -> bytes:
    assert seen.headers["accept-encoding"] == "identity"
    return reply(body=PACKED, Content_Encoding="gzip", Accept_Ranges="bytes")


def test_answers_arrive_unpacked_whether_their_size_is_known_or_not() -> None:
    with WireServer(answering(zipped)) as server, sending(plain(server)) as wire:
        for request in (get(server), get_blob(server), get_blob(server, size=len(TEXT))):
            with wire.sender.send(request) as response:
                assert response.read() == TEXT
        with wire.sender.send(get_blob(server, size=len(PACKED))) as response:
            assert response.read() == PACKED


def test_a_cut_body_goes_on_only_where_the_server_sends_it_all_again() -> None:
    def cut_once(seen: Seen) -> bytes:
        if "range" not in seen.headers:
            return reply(body=PACKED[:-9], Content_Encoding="gzip", Content_Length=str(len(PACKED) - 9))
        return zipped(seen)

    def part(seen: Seen) -> bytes:
        if "range" not in seen.headers:
            return cut_once(seen)
        return reply(206, PACKED[5:], Content_Encoding="gzip", Content_Range=f"bytes 5-{len(PACKED) - 1}/{len(PACKED)}")

    with WireServer(answering(cut_once)) as server, sending(plain(server)) as wire:
        assert wire.sender.send(get_blob(server, size=len(TEXT))).read() == TEXT
    with WireServer(answering(part)) as server, sending(plain(server)) as wire, pytest.raises(Unreachable):
        wire.sender.send(get_blob(server, size=len(TEXT))).read()
