"""Upload sessions: pieces, expiry, limits, turns."""

from __future__ import annotations

import errno
import io
import threading
from typing import TYPE_CHECKING, BinaryIO

import pytest

from regclient.errors import StorageFault
from regclient.server.fault import Fault
from regclient.server.sessions import Session, Sessions
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Spools:
    """Remembers every place that was opened."""

    def __init__(self) -> None:
        self.opened: list[BinaryIO] = []

    def __call__(self) -> BinaryIO:
        self.opened.append(io.BytesIO())
        return self.opened[-1]


class Full(io.BytesIO):
    """A disk that takes ``room`` bytes of each write and is full then, until there is room for all."""

    room = 2

    def write(self, data: ReadableBuffer, /) -> int:
        if len(memoryview(data)) <= self.room:
            return super().write(data)
        super().write(memoryview(data)[: self.room])
        raise OSError(errno.ENOSPC, "No space left on device")


def sessions_of(clock: FakeClock, spools: Spools, limit: int = 2) -> Sessions:
    return Sessions(clock, spools, limit=limit, seconds=60)


def test_a_piece_that_the_disk_does_not_take_does_not_count_and_can_be_sent_again() -> None:
    disk = Full()
    session = Session("a", lambda: disk)
    session.append(io.BytesIO(b"he"))
    with pytest.raises(StorageFault, match="No space left"):
        session.append(io.BytesIO(b"llo, and so on"))
    assert 2 == session.offset
    assert b"he" == session.content().read()

    disk.room = 10
    session.append(io.BytesIO(b"llo"))
    assert b"hello" == session.content().read()


def test_pieces_are_put_together() -> None:
    session = Session("a", io.BytesIO)

    session.append(io.BytesIO(b"hel"))
    session.append(io.BytesIO(b"lo"))

    assert 5 == session.offset
    assert b"hello" == session.content().read()


def test_a_session_opens_no_file_before_a_piece_comes() -> None:
    spools = Spools()
    sessions = sessions_of(FakeClock(), spools)

    session = sessions.start("a")
    assert [] == spools.opened
    session.append(io.BytesIO(b"x"))
    sessions.close()

    assert [True] == [opened.closed for opened in spools.opened]
    assert 0 == len(sessions)


class Breaking(io.BytesIO):
    """Fails after its first piece."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        count = super().readinto(buffer)
        if not count:
            raise ConnectionError
        return count


def test_what_came_before_a_piece_broke_is_kept() -> None:
    session = Session("a", io.BytesIO)

    with pytest.raises(ConnectionError):
        session.append(Breaking(b"half"))

    assert 4 == session.offset


def test_a_session_belongs_to_its_repository() -> None:
    sessions = sessions_of(FakeClock(), Spools())
    session = sessions.start("a")

    with pytest.raises(Fault) as fault:
        sessions.take("b", session.identity)

    assert (404, "BLOB_UPLOAD_UNKNOWN") == (fault.value.status, fault.value.code)
    assert session is sessions.take("a", session.identity)


def test_sessions_end_when_nobody_touches_them() -> None:
    clock, spools = FakeClock(), Spools()
    sessions = sessions_of(clock, spools)
    old = sessions.start("a")
    old.append(io.BytesIO(b"x"))
    clock.advance(59)
    sessions.take("a", old.identity).lock.release()
    clock.advance(59)
    sessions.take("a", old.identity).lock.release()
    clock.advance(61)

    with pytest.raises(Fault):
        sessions.take("a", old.identity)
    assert spools.opened[0].closed


def test_a_session_in_use_does_not_expire() -> None:
    clock = FakeClock()
    sessions = sessions_of(clock, Spools())
    used = sessions.take("a", sessions.start("a").identity)
    clock.advance(1000)

    sessions.start("b")

    assert 2 == len(sessions)
    assert not used.closed


def test_only_so_many_are_open_at_once() -> None:
    clock = FakeClock()
    sessions = sessions_of(clock, Spools())
    sessions.start("a")
    sessions.start("a")

    with pytest.raises(Fault) as fault:
        sessions.start("a")
    assert 429 == fault.value.status
    clock.advance(61)
    sessions.start("a")


def test_who_waited_for_a_session_that_ended_is_told() -> None:
    sessions = sessions_of(FakeClock(), Spools())
    session = sessions.take("a", sessions.start("a").identity)
    faults: list[Fault] = []

    def wait() -> None:
        try:
            sessions.take("a", session.identity)
        except Fault as fault:
            faults.append(fault)

    waiting = threading.Thread(target=wait)
    waiting.start()
    sessions.drop(session)
    session.lock.release()
    waiting.join(10)

    assert ["BLOB_UPLOAD_UNKNOWN"] == [fault.code for fault in faults]
