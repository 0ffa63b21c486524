from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.concurrency import Cancel
from regclient.errors import Cancelled, Unreachable
from regclient.model.headers import NO_HEADERS, Headers
from regclient.transport.exchange import Answer, Broken, Trouble
from regclient.transport.messages import Kind, Request
from regclient.transport.replies import LiveReply, WholeReply, body_at_once, decoded, is_whole
from regclient.transport.slots import Load, Slot, Slots
from tests.tables import table

BIG = Load(write=False, big=True)


class Parts:
    """An answer that gives its body part by part; a part may be a break."""

    def __init__(self, *parts: bytes | Broken) -> None:
        self.status = 200
        self.headers: Headers = NO_HEADERS
        self.parts = list(parts)
        self.closed = False

    def read(self, size: int = -1, /) -> bytes:
        part = self.parts.pop(0) if self.parts else b""
        if isinstance(part, Broken):
            raise part
        return part

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.closed = True


CUT = Broken(Trouble.CUT, "it was cut")


class Setup:
    """A live reply with the only slot of its host."""

    def __init__(self, *parts: bytes | Broken, total: int | None = None) -> None:
        self.slots = Slots(1)
        slot = self.slots.try_acquire(BIG)
        assert isinstance(slot, Slot)
        self.answer = Parts(*parts)
        self.cancel = Cancel()
        self.reply = LiveReply(self.answer, "http://r/", slot, host="r", total=total, cancel=self.cancel)

    @property
    def is_free(self) -> bool:
        return self.slots.try_acquire(BIG) is not None


def test_a_whole_reply_reads_like_a_file() -> None:
    with WholeReply(200, NO_HEADERS, "http://r/", b"hello") as reply:
        assert b"he" == reply.read(2)
        buffer = bytearray(10)
        assert 3 == reply.readinto(buffer)
        assert b"" == reply.read()


@table("total", [None, 5])
def test_the_end_of_the_body_frees_connection_and_slot(total: int | None) -> None:
    setup = Setup(b"he", b"llo", total=total)

    assert b"hello" == setup.reply.read()
    assert setup.answer.closed
    assert setup.is_free


def test_closing_early_frees_them_too() -> None:
    setup = Setup(b"he", b"llo")
    with setup.reply as reply:
        reply.read(2)
        assert not setup.is_free

    assert setup.answer.closed
    assert setup.is_free


@table("parts", [(b"he", CUT), (b"he",)])
def test_a_cut_that_nobody_mends_is_an_error(parts: tuple[bytes | Broken, ...]) -> None:
    setup = Setup(*parts, total=5)

    with pytest.raises(Unreachable, match="at byte 2"):
        setup.reply.read()
    assert setup.is_free


def test_a_mended_body_goes_on_where_it_was_cut() -> None:
    setup = Setup(b"he", CUT, total=5)
    asked: list[int] = []

    def reopen(offset: int, broken: Broken) -> Answer:
        asked.append(offset)
        return Parts(b"l", CUT) if len(asked) == 1 else Parts(b"lo")

    setup.reply.reopen = reopen
    buffer = bytearray(10)
    assert 2 == setup.reply.readinto(buffer)
    assert b"llo" == setup.reply.read()
    assert [2, 3] == asked


def test_a_cancel_is_no_cut() -> None:
    setup = Setup(b"he", CUT, total=5)
    setup.reply.read(2)
    setup.cancel.cancel()

    with pytest.raises(Cancelled):
        setup.reply.read(2)


@table(
    ("method", "kind", "status", "length", "whole"),
    [
        ("HEAD", Kind.HEAD, 200, "99999999", True),
        ("GET", Kind.MANIFEST, 204, "", True),
        ("GET", Kind.MANIFEST, 200, "1048576", True),
        ("GET", Kind.MANIFEST, 200, "1048577", False),
        ("GET", Kind.BLOB, 200, "65536", True),
        ("GET", Kind.BLOB, 200, "65537", False),
        ("GET", Kind.PART, 206, "65536", True),
        ("GET", Kind.PART, 206, "65537", False),
        ("GET", Kind.QUERY, 200, "", False),
        ("GET", Kind.QUERY, 200, "99999999999999", False),
        ("PUT", Kind.BLOB, 201, "0", True),
    ],
)
def test_small_bodies_are_read_at_once(method: str, kind: Kind, status: int, length: str, *, whole: bool) -> None:
    headers = {"Content-Length": (length,)} if length else {}

    assert whole == is_whole(Request("r", method, kind=kind), status, headers)


def test_a_blob_promised_to_be_small_is_read_at_once_whatever_frames_it() -> None:
    brief = Request("r", "GET", kind=Kind.BLOB, size=5)

    assert b"hello" == body_at_once(Parts(b"he", b"llo"), brief)
    assert b"hello" == body_at_once(Parts(b"he", b"llo"), replace(brief, size=9))
    assert b"hello," == body_at_once(Parts(b"hello", b",", b" and so on"), brief)
    assert body_at_once(Parts(b"hello"), replace(brief, size=None)) is None
    assert body_at_once(Parts(b"hello"), replace(brief, size=1 << 20)) is None


def test_who_hangs_up_has_the_slot() -> None:
    setup = Setup(b"ab")

    slot = setup.reply.hang_up()

    assert setup.answer.closed
    assert not setup.is_free
    slot.release()
    assert setup.is_free


def test_a_body_from_an_offset_is_gone_on_with_from_there() -> None:
    setup = Setup(b"cd", CUT, total=6)
    slot = setup.slots
    reply = LiveReply(setup.answer, "http://r/", setup.reply.slot, host="r", total=6, cancel=setup.cancel, offset=2)
    asked = []

    def reopen(offset: int, _broken: Broken) -> Answer:
        asked.append(offset)
        return Parts(b"ef")

    reply.reopen = reopen

    assert b"cdef" == reply.read()
    assert [4] == asked
    assert slot.try_acquire(BIG) is not None


def packed(coding: str, length: str = "20", *, status: int = 200) -> Parts:
    answer = Parts()
    answer.status = status
    answer.headers = {"Content-Encoding": (coding,), "Content-Length": (length,)}
    return answer


@table("coding", ["gzip", "x-gzip", " GZIP"])
def test_a_body_that_is_compressed_though_it_must_not_be_is_unpacked(coding: str) -> None:
    for size in (None, 50):
        assert {} == decoded(packed(coding), "GET", size).headers


@table(
    ("answer", "method", "size"),
    [
        (packed(""), "GET", None),
        (packed("identity"), "GET", None),
        (packed("br"), "GET", None),
        (packed("gzip"), "GET", 20),
        (packed("gzip"), "HEAD", None),
        (packed("gzip", status=206), "GET", 50),
        (packed("gzip", "0"), "GET", None),
    ],
)
def test_what_is_not_compressed_for_the_way_stays_as_it_is(answer: Parts, method: str, size: int | None) -> None:
    assert decoded(answer, method, size) is answer
