"""Large blobs over several connections, and what happens when a server has its own idea of that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from regclient.errors import DigestMismatch, NotFound, RegistryClientError, RegistryFault, SizeMismatch, Unreachable
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.remote.download import open_blob
from regclient.remote.ranged import _SERIOUS
from regclient.remote.shared import RemoteOptions, Shared
from regclient.remote.wire import Wire
from regclient.transport.messages import Kind, Request, Response
from tests.fakes.script import Answer, ScriptedResponse, ScriptedTransport
from tests.tables import table

PART = 1 << 20
CONTENT = b"".join(bytes([number]) * 1000 for number in range(256)) * 20
BLOB = Descriptor.of(CONTENT)
PARTS = -(-len(CONTENT) // PART)
Fault = Callable[[int, int], Answer | None]


@dataclass
class Server:
    """A transport that answers requests for one blob, in parts where asked; ``fault`` may answer for it, by range."""

    content: bytes = CONTENT
    fault: Fault = lambda _first, _last: None
    asked: list[str] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)
    book: ScriptedTransport = field(default_factory=ScriptedTransport)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request) -> Response:
        wanted = request.headers.get("Range", "")
        with self.lock:
            self.asked.append(wanted)
            self.kinds.add(request.kind)
        answer = self.answer(wanted)
        if answer.error is not None:
            raise answer.error
        response = ScriptedResponse("https://registry.example/x", answer, self.book)
        self.book.open.add(response)
        return response

    def answer(self, wanted: str) -> Answer:
        if not wanted:
            return Answer(200, {}, self.content)
        first, last = map(int, wanted.removeprefix("bytes=").split("-"))
        total = len(self.content)
        given = Answer(206, {"Content-Range": f"bytes {first}-{last}/{total}"}, self.content[first : last + 1])
        return self.fault(first, last) or given


def shared_of(**options: int) -> Shared:
    return Shared(RemoteOptions(**{"range_min": 2 * PART, "range_part": PART, "range_connections": 3, **options}))


def read(server: Server, blob: Descriptor = BLOB, shared: Shared | None = None) -> bytes:
    """Read a blob, and see that everything was given back."""
    wire = Wire(server, Reference.parse("registry.example/app"))
    shared = shared or shared_of()
    try:
        with open_blob(wire, blob, shared, HostSettings("registry.example")) as stream:
            return stream.read()
    finally:
        assert set() == server.book.open
        assert shared.ranged.acquire(blocking=False)
        shared.ranged.release()


def later(answer: Answer, *, times: int = 1_000) -> Fault:
    """Give this answer to the requests for parts after the first one."""
    left = [times]

    def fault(first: int, _last: int) -> Answer | None:
        if first == 0 or not left[0]:
            return None
        left[0] -= 1
        return answer

    return fault


def test_a_large_blob_comes_in_parts_each_asked_for_once() -> None:
    server = Server()

    assert CONTENT == read(server)
    assert sorted(server.asked) == sorted(
        {f"bytes={at}-{min(at + PART, len(CONTENT)) - 1}" for at in range(0, len(CONTENT), PART)}
    )
    assert {Kind.BLOB, Kind.PART} == server.kinds


def test_a_small_blob_comes_as_a_whole() -> None:
    server = Server()

    assert CONTENT == read(server, shared=shared_of(range_min=len(CONTENT) + 1))
    assert [""] == server.asked


def test_one_blob_at_a_time_comes_in_parts() -> None:
    server, shared = Server(), shared_of()
    wire = Wire(server, Reference.parse("registry.example/app"))
    with open_blob(wire, BLOB, shared) as first, open_blob(wire, BLOB, shared) as second:
        assert CONTENT == second.read() == first.read()

    assert 1 == server.asked.count("")
    assert 1 == server.asked.count(f"bytes=0-{PART - 1}")


def test_who_reads_only_the_beginning_is_sent_no_more() -> None:
    server = Server()
    with open_blob(Wire(server, Reference.parse("registry.example/app")), BLOB, shared_of()) as stream:
        assert CONTENT[:500] == stream.read(500)

    assert 500 < _SERIOUS
    assert 1 == len(server.asked)
    assert set() == server.book.open


def test_a_server_without_ranges_is_asked_once() -> None:
    server = Server(fault=lambda _first, _last: Answer(200, {}, CONTENT))

    assert CONTENT == read(server)
    assert 1 == len(server.asked)


@table(
    "answer",
    [
        Answer(416),
        Answer(error=RegistryFault("registry.example", 400, "GET blob")),
        Answer(206, {"Content-Range": f"bytes 7-{PART + 6}/{len(CONTENT)}"}, bytes(PART)),
        Answer(206, {}, bytes(PART)),
        Answer(200, {"Content-Length": "5"}, b"other"),
    ],
)
def test_an_answer_that_proves_nothing_is_followed_by_asking_for_all(answer: Answer) -> None:
    server = Server(fault=lambda first, _last: answer if first == 0 else None)

    assert CONTENT == read(server)
    assert [f"bytes=0-{PART - 1}", ""] == server.asked


@table(
    "answer",
    [
        Answer(206, {"Content-Range": f"bytes 0-{PART - 1}/{len(CONTENT)}"}, bytes(PART)),
        Answer(200, {}, CONTENT),
        Answer(416),
        Answer(error=Unreachable("registry.example", "cut")),
        Answer(206, {"Content-Range": f"bytes {PART}-{2 * PART - 1}/{len(CONTENT)}"}, b"short"),
    ],
)
def test_a_part_that_fails_is_followed_by_asking_for_all_once(answer: Answer) -> None:
    server = Server(fault=later(answer))

    assert CONTENT == read(server)
    assert 1 == server.asked.count("")


def test_a_first_part_that_is_cut_is_followed_by_asking_for_all() -> None:
    short = Answer(206, {"Content-Range": f"bytes 0-{PART - 1}/{len(CONTENT)}"}, CONTENT[:1000])
    server = Server(fault=lambda first, _last: short if first == 0 else None)

    assert CONTENT == read(server)
    assert 1 == server.asked.count("")


def test_what_is_wrong_with_the_blob_itself_is_said() -> None:
    changed = bytes(len(CONTENT))
    with pytest.raises(DigestMismatch):
        read(Server(changed))
    with pytest.raises(SizeMismatch):
        read(Server(CONTENT, fault=lambda _first, _last: Answer(416)), BLOB.replace(size=len(CONTENT) + 1))


@table("error", [NotFound("blob"), RegistryFault("registry.example", 503, "GET blob")])
def test_a_failure_that_has_nothing_to_do_with_parts_is_raised_at_once(error: RegistryClientError) -> None:
    server = Server(fault=lambda _first, _last: Answer(error=error))
    with pytest.raises(RegistryClientError):
        read(server)

    assert 1 == len(server.asked)


def test_a_blob_can_be_read_again_from_its_start() -> None:
    server = Server()
    shared = shared_of()
    with open_blob(Wire(server, Reference.parse("registry.example/app")), BLOB, shared) as stream:
        assert CONTENT[: 3 * PART] == stream.read(3 * PART)
        stream.seek(0)
        assert CONTENT == stream.read()

    assert set() == server.book.open
