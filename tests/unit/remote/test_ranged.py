"""Large blobs over several connections, and what happens when a server has its own idea of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

import pytest

from regclient.concurrency import Cancel
from regclient.errors import (
    Cancelled,
    DigestMismatch,
    NotFound,
    RegistryClientError,
    RegistryFault,
    SizeMismatch,
    Unreachable,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.remote.download import open_blob
from regclient.remote.shared import RemoteOptions, Shared
from regclient.remote.wire import Wire
from regclient.transport.messages import Kind, Request, Response
from tests.fakes.clock import FakeClock
from tests.fakes.crew import Inline
from tests.fakes.script import Answer, ScriptedResponse, ScriptedTransport
from tests.tables import table

PART = 256 * 1024
WINDOW = PART
SIZE = 12 * PART + 5
CONTENT = b"".join(bytes([number]) * 100 for number in range(256)) * (SIZE // 25_600) + bytes(SIZE % 25_600)
BLOB = Descriptor.of(CONTENT)
RANGES = {"Accept-Ranges": "bytes"}
RATE = PART
Fault = Callable[[Request, int, int], Answer | None]


def no_fault(_request: Request, _first: int, _last: int) -> None:
    return None


class Line(ScriptedResponse):
    """An answer over a line that brings so many bytes a second, by the clock of the test."""

    def __init__(self, answer: Answer, server: Server) -> None:
        super().__init__("https://registry.example/x", answer, server.book)
        self._server = server

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        count = super().readinto(buffer)
        self._server.clock.advance(count / self._server.speed)
        return count


@dataclass
class Server:
    """A transport that answers requests for one blob, or for parts of it; ``fault`` may answer for it."""

    content: bytes = CONTENT
    fault: Fault = no_fault
    speed: float = RATE / 2
    headers: Mapping[str, str] = field(default_factory=lambda: RANGES)
    clock: FakeClock = field(default_factory=FakeClock)
    asked: list[Request] = field(default_factory=list)
    book: ScriptedTransport = field(default_factory=ScriptedTransport)

    def send(self, request: Request) -> Response:
        assert request.after is None or request.after in self.book.open, "the slot to go on with was given away"
        self.asked.append(request)
        answer = self.answer(request)
        if answer.error is not None:
            raise answer.error
        if request.after is not None:
            request.after.close()
        response = Line(answer, self)
        self.book.open.add(response)
        return response

    def answer(self, request: Request) -> Answer:
        total = len(self.content)
        first, last = request.offset, total - 1
        if wanted := request.headers.get("Range", ""):
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
        if fault := self.fault(request, first, last):
            return fault
        if not wanted and not first:
            return Answer(200, self.headers, self.content)
        return Answer(206, {"Content-Range": f"bytes {first}-{last}/{total}"}, self.content[first : last + 1])

    @property
    def parts(self) -> list[tuple[int, int]]:
        """The parts that were asked for, in order of place."""
        wanted = (one.headers["Range"].removeprefix("bytes=").split("-") for one in self.asked if "Range" in one.headers)
        return sorted((int(first), int(last)) for first, last in wanted)

    @property
    def wholes(self) -> list[int]:
        """From where everything was asked for."""
        return [one.offset for one in self.asked if "Range" not in one.headers]


def shared_of(server: Server, **options: int) -> Shared:
    chosen = {"range_min": PART, "range_window": WINDOW, "range_rate": RATE, "range_part": PART, "range_connections": 3}
    return Shared(RemoteOptions(**{**chosen, **options}), server.clock, crew=Inline)


def read(server: Server, blob: Descriptor = BLOB, shared: Shared | None = None) -> bytes:
    """Read a blob, and see that everything was given back."""
    wire = Wire(server, Reference.parse("registry.example/app"))
    shared = shared or shared_of(server)
    try:
        with open_blob(wire, blob, shared, HostSettings("registry.example")) as stream:
            return b"".join(iter(partial(stream.read, WINDOW), b""))
    finally:
        assert set() == server.book.open
        assert shared.ranged.acquire(blocking=False)
        shared.ranged.release()


def to_parts(answer: Answer, *, kinds: Collection[Kind] = (Kind.PART,), times: int = 1_000, skip: int = 0) -> Fault:
    """Give this answer to requests for parts, after some that are answered well."""
    count = 0

    def fault(request: Request, _first: int, _last: int) -> Answer | None:
        nonlocal count
        if request.kind not in kinds or "Range" not in request.headers:
            return None
        count += 1
        return answer if skip < count <= skip + times else None

    return fault


def test_a_blob_that_comes_quickly_is_asked_for_once() -> None:
    server = Server(speed=RATE * 2)

    assert CONTENT == read(server)
    assert [0] == server.wholes
    assert [] == server.parts


def test_a_slow_blob_comes_in_parts_each_asked_for_once() -> None:
    server = Server()

    assert CONTENT == read(server)
    assert [0] == server.wholes
    ends = [end + 1 for _, end in server.parts]
    assert ends == [*(first for first, _ in server.parts[1:]), SIZE]
    # The first answer brings the window and its share of the parts.
    assert WINDOW + PART == server.parts[0][0]
    assert {Kind.BLOB, Kind.PART} == {one.kind for one in server.asked}


def test_no_more_parts_are_held_or_asked_for_at_once_than_there_are_connections() -> None:
    server = Server()
    most = []

    def watch(request: Request, _first: int, _last: int) -> None:
        held = len(server.book.open) - (request.after in server.book.open)
        most.append(held + 1)

    server.fault = watch
    assert CONTENT == read(server)
    assert max(most) <= 3


@table(
    ("options", "headers"),
    [
        ({"range_min": SIZE + 1}, RANGES),
        ({"range_connections": 1}, RANGES),
        ({"range_rate": 0}, RANGES),
        ({}, {}),
        ({}, {"Accept-Ranges": "none"}),
    ],
)
def test_where_parts_are_not_wanted_or_not_known_a_blob_comes_as_a_whole(
    options: dict[str, int], headers: dict[str, str]
) -> None:
    server = Server(headers=headers)

    assert CONTENT == read(server, shared=shared_of(server, **options))
    assert 1 == len(server.asked)


def test_one_blob_at_a_time_comes_in_parts() -> None:
    server = Server()
    shared = shared_of(server)
    wire = Wire(server, Reference.parse("registry.example/app"))
    with open_blob(wire, BLOB, shared) as first, open_blob(wire, BLOB, shared) as second:
        assert CONTENT[: 3 * PART] == first.read(3 * PART)
        before = len(server.parts)
        assert 0 < before
        assert CONTENT == second.read()
        assert before == len(server.parts)
        assert CONTENT[3 * PART :] == first.read()


def test_who_reads_only_the_beginning_is_sent_no_parts() -> None:
    server = Server()
    with open_blob(Wire(server, Reference.parse("registry.example/app")), BLOB, shared_of(server)) as stream:
        assert CONTENT[:500] == stream.read(500)

    assert 1 == len(server.asked)
    assert set() == server.book.open


def test_what_is_nearly_there_needs_no_help() -> None:
    server = Server(CONTENT[: PART + WINDOW // 2])
    shared = shared_of(server, range_window=PART)

    assert server.content == read(server, Descriptor.of(server.content), shared)
    assert 1 == len(server.asked)


@table(
    "answer",
    [
        Answer(error=Unreachable("registry.example", "no connection is free")),
        Answer(error=RegistryFault("registry.example", 416, "GET blob")),
        Answer(200, {}, CONTENT),
        Answer(206, {}, bytes(PART)),
        Answer(206, {"Content-Range": f"bytes 7-{PART + 6}/{SIZE}"}, bytes(PART)),
    ],
)
def test_where_nobody_can_join_the_first_answer_is_read_to_its_end(answer: Answer) -> None:
    server = Server(fault=to_parts(answer))

    assert CONTENT == read(server)
    assert [0] == server.wholes
    # Tried in vain, it is tried again less and less often.
    assert 2 <= len(server.parts) <= 12


def test_a_part_that_fails_is_read_by_the_connection_that_is_left() -> None:
    server = Server(fault=to_parts(Answer(error=Unreachable("registry.example", "cut")), skip=1, times=1))

    assert CONTENT == read(server)
    assert [0] == server.wholes


def test_when_others_help_no_more_the_rest_comes_in_one_answer() -> None:
    server = Server(fault=to_parts(Answer(error=Unreachable("registry.example", "busy")), skip=2))

    assert CONTENT == read(server)
    assert 0 == server.wholes[0]
    assert 0 < server.wholes[1] < SIZE


@table(
    "answer",
    [
        Answer(200, {}, CONTENT),
        Answer(206, {}, bytes(PART)),
        Answer(202, {}, bytes(PART)),
        Answer(204),
        Answer(error=Unreachable("registry.example", "cut")),
        Answer(error=RegistryFault("registry.example", 416, "GET blob")),
    ],
)
def test_when_the_reading_connection_gets_no_part_the_rest_comes_in_one_answer(answer: Answer) -> None:
    for skip in (0, 1, 2):
        server = Server(fault=to_parts(answer, kinds={Kind.BLOB}, skip=skip, times=1))

        assert CONTENT == read(server)
        assert 0 == server.wholes[0]
        assert 0 < server.wholes[1] < SIZE


def test_a_part_that_is_cut_is_followed_by_the_rest_in_one_answer() -> None:
    def cut(request: Request, first: int, last: int) -> Answer | None:
        if request.kind is Kind.PART or "Range" not in request.headers or len(server.wholes) > 1:
            return None
        return Answer(206, {"Content-Range": f"bytes {first}-{last}/{SIZE}"}, CONTENT[first : first + 1000])

    server = Server(fault=cut)

    assert CONTENT == read(server)
    assert 1000 == server.wholes[1] - max(first for first, _ in server.parts if first <= server.wholes[1])


def test_what_is_wrong_with_the_blob_itself_is_said() -> None:
    changed = bytes(SIZE)
    for speed in (RATE / 2, RATE * 2):
        with pytest.raises(DigestMismatch):
            read(Server(changed, speed=speed))
        with pytest.raises((SizeMismatch, DigestMismatch)):
            read(Server(CONTENT + b"more", speed=speed), BLOB)


@table("error", [NotFound("blob"), RegistryFault("registry.example", 503, "GET blob")])
def test_a_failure_that_has_nothing_to_do_with_parts_is_raised_at_once(error: RegistryClientError) -> None:
    server = Server(fault=lambda _request, _first, _last: Answer(error=error))
    with pytest.raises(RegistryClientError):
        read(server)

    assert 1 == len(server.asked)


def test_a_blob_whose_rest_cannot_be_had_either_is_an_error() -> None:
    gone = Answer(error=Unreachable("registry.example", "gone"))
    server = Server(fault=lambda request, first, _last: gone if first and request.kind is Kind.BLOB else None)
    with pytest.raises(Unreachable):
        read(server)


def test_a_cancel_is_not_taken_for_a_failure() -> None:
    server = Server()
    server.fault = to_parts(Answer(error=Cancelled()), kinds={Kind.BLOB})
    with pytest.raises(Cancelled):
        read(server)

    assert [0] == server.wholes


class Stalled(Line):
    """A part that interrupts the reader as soon as it is under way, and then brings nothing until it is interrupted itself."""

    def __init__(self, answer: Answer, server: Server, cancel: Cancel, reader: int) -> None:
        super().__init__(answer, server)
        self._cancel = cancel
        self._reader = reader

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        del buffer
        self._cancel.interrupt({self._reader})
        while not self._cancel.wait(10):
            pass
        raise Cancelled


def test_who_is_interrupted_while_it_waits_for_a_part_leaves_nobody_behind() -> None:
    cancel, reader = Cancel(), threading.get_ident()

    class Stalling(Server):
        def send(self, request: Request) -> Response:
            response = super().send(request)
            if request.kind is not Kind.PART:
                return response
            self.book.open.discard(response)
            response = Stalled(self.answer(request), self, cancel, reader)
            self.book.open.add(response)
            return response

    server = Stalling()
    options = RemoteOptions(range_min=PART, range_window=WINDOW, range_rate=RATE, range_part=PART, range_connections=3)
    with pytest.raises(Cancelled):
        read(server, shared=Shared(options, server.clock, cancel=cancel))


def test_a_blob_can_be_read_again_from_its_start() -> None:
    server = Server()
    with open_blob(Wire(server, Reference.parse("registry.example/app")), BLOB, shared_of(server)) as stream:
        assert CONTENT[: 3 * PART] == stream.read(3 * PART)
        stream.seek(0)
        assert CONTENT == stream.read()

    assert set() == server.book.open
