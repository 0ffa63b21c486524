from __future__ import annotations

import io
from typing import BinaryIO, cast

from regclient.transport.bodies import Cargo
from regclient.transport.messages import Body


class Pipe(io.BytesIO):
    """A stream that does not seek."""

    def seekable(self) -> bool:
        return False


def drain(cargo: Cargo) -> bytes:
    body = cargo.load()
    assert isinstance(body, Body)
    return body.stream.read(body.size)


def test_bytes_are_sent_as_often_as_needed() -> None:
    cargo = Cargo(b"abc")

    assert [b"abc", b"abc"] == [cargo.load(), cargo.load()]
    assert cargo.can_send
    assert Cargo(None).load() is None


def test_a_stream_that_seeks_starts_again_where_it_stood() -> None:
    stream = io.BytesIO(b"--abc")
    stream.seek(2)
    cargo = Cargo(Body(stream, 3))

    assert [b"abc", b"abc"] == [drain(cargo), drain(cargo)]
    assert cargo.can_send


def test_another_stream_is_sent_once() -> None:
    cargo = Cargo(Body(cast("BinaryIO", Pipe(b"abc")), 3))

    cargo.load()
    assert cargo.can_send, "nobody has read from it"
    assert b"abc" == drain(cargo)
    assert not cargo.can_send


def test_long_bodies_are_known() -> None:
    assert Cargo(Body(io.BytesIO(), 5_000_000)).is_long
    assert not Cargo(Body(io.BytesIO(), 5_000)).is_long
    assert not Cargo(b"x").is_long


def test_a_body_under_way_is_not_worth_resending_when_the_rest_can_be_sent() -> None:
    for resumable, worth in (True, False), (False, True):
        cargo = Cargo(Body(io.BytesIO(b"abc"), 3, resumable=resumable))
        assert cargo.is_worth_resending, "nothing was sent yet"
        drain(cargo)
        assert worth == cargo.is_worth_resending
        assert cargo.can_send
