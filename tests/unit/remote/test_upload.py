"""The upload machine: what it says on the wire in each state."""

from __future__ import annotations

import io
from collections.abc import Mapping

from regclient.errors import (
    BlobNotFound,
    Denied,
    DigestMismatch,
    RegistryClientError,
    RegistryFault,
    RepositoryNotFound,
    SizeMismatch,
    Unreachable,
    Unsupported,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.remote.repository import RemoteRepository
from regclient.remote.shared import RemoteOptions, Shared
from regclient.remote.upload import MAX_RESTARTS, MAX_RETRIES, MAX_STALLS, SMALL, Upload
from regclient.remote.wire import Wire
from regclient.transport.messages import Body
from tests.claims import claims
from tests.fakes.registry import FakeRegistry
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

CONTENT = b"0123456789abcdef"
KNOWN = Descriptor.of(CONTENT, "application/x-layer")
ESCAPED = str(KNOWN.digest).replace(":", "%3A")
MOUNT = f"POST blobs/uploads/?mount={ESCAPED}"
SESSION = "https://registry.example/v2/team/app/blobs/uploads/1?_state=a%2Fb%3D"
OPENED = Answer(202, {"Location": "/v2/team/app/blobs/uploads/1?_state=a%2Fb%3D"})
CLOSED = f"PUT {SESSION}&digest={ESCAPED}"


class Pipe(io.BytesIO):
    """A stream that cannot be read twice."""

    def seekable(self) -> bool:
        return False


def session(name: str) -> str:
    return f"https://registry.example/v2/team/app/blobs/uploads/{name}"


def accepted(held: int, location: str = "") -> Answer:
    headers = {"Range": f"0-{held - 1}"} | ({"Location": location} if location else {})
    return Answer(202, headers)


def status(held: int) -> Answer:
    return Answer(204, {"Range": f"0-{max(held, 1) - 1}", "Location": session("1")})


def refused(held: int) -> Answer:
    return Answer(416, {"Range": f"0-{max(held, 1) - 1}", "Location": session("1")})


def opened(headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(202, {"Location": session("1"), **(headers or {})})


def upload(
    *script: tuple[str, Answer],
    content: io.BytesIO | None = None,
    expect: Descriptor | None = None,
    host: HostSettings | None = None,
    shared: Shared | None = None,
) -> tuple[Descriptor | RegistryClientError, ScriptedTransport]:
    transport = ScriptedTransport(*script)
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    shared = shared or Shared()
    stream = io.BytesIO(CONTENT) if content is None else content
    machine = Upload(wire, shared, host or HostSettings("registry.example"), stream, expect)
    try:
        result: Descriptor | RegistryClientError = machine.run()
    except RegistryClientError as error:
        result = error
    transport.end()
    return result, transport


def parts(size: int = 4) -> HostSettings:
    return HostSettings("registry.example", blob_chunk=size)


def test_a_known_blob_is_asked_for_as_a_mount_and_then_sent_in_one_request() -> None:
    result, transport = upload((MOUNT, OPENED), (CLOSED, Answer(201)), expect=KNOWN)

    assert KNOWN == result
    assert CONTENT == transport.sent[1].body
    assert {"Content-Type": "application/octet-stream"} == transport.sent[1].request.headers
    assert transport.sent[0].request.quiet


def test_a_mount_that_works_moves_no_bytes() -> None:
    content = io.BytesIO(CONTENT)

    result, _ = upload((MOUNT, Answer(201)), expect=KNOWN, content=content)

    assert KNOWN == result
    assert 0 == content.tell()


@table("answer", [Answer(404), Answer(405), Answer(202), Answer(error=Unreachable("registry.example", "x"))])
def test_a_mount_that_is_refused_is_forgotten(answer: Answer) -> None:
    result, _ = upload((MOUNT, answer), ("POST blobs/uploads/", OPENED), (CLOSED, Answer(204)), expect=KNOWN)

    assert KNOWN == result


def test_the_empty_blob_is_a_closing_request_without_a_body() -> None:
    empty = Descriptor.of(b"")
    digest = str(empty.digest).replace(":", "%3A")

    result, transport = upload(
        (f"POST blobs/uploads/?mount={digest}", OPENED),
        (f"PUT {SESSION}&digest={digest}", Answer(201)),
        expect=empty,
        content=io.BytesIO(),
    )

    assert empty == result
    assert b"" == transport.sent[1].body


def test_unknown_content_goes_in_parts() -> None:
    result, transport = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(10, session("2"))),
        (f"PATCH {session('2')}", Answer(202, {"Location": session("3")})),
        (f"PUT {session('3')}?digest={ESCAPED}", Answer(201)),
        host=parts(10),
    )

    assert Descriptor("application/octet-stream", KNOWN.digest, 16) == result
    assert ["0-9", "10-15"] == [sent.request.headers["Content-Range"] for sent in transport.sent[1:3]]
    assert CONTENT == b"".join(sent.body for sent in transport.sent)


def test_a_digest_without_size_is_checked_at_the_end() -> None:
    script = [("POST blobs/uploads/", opened()), (f"PATCH {session('1')}", accepted(16))]

    result, _ = upload(
        *script, (f"DELETE {session('1')}", Answer(204)), expect=KNOWN.replace(digest=Digest.of(b"other"), size=0)
    )

    assert isinstance(result, DigestMismatch)


def test_other_algorithms_are_announced() -> None:
    expect = Descriptor("application/x-layer", Digest.of(b"", "sha512"), -1)
    digest = Digest.of(CONTENT, "sha512")

    result, _ = upload(
        ("POST blobs/uploads/?digest-algorithm=sha512", opened()),
        (f"PATCH {session('1')}", accepted(16)),
        (
            f"PUT {session('1')}?digest={str(digest).replace(':', '%3A')}",
            Answer(201, {"Docker-Content-Digest": str(KNOWN.digest)}),
        ),
        expect=expect,
    )

    assert Descriptor("application/x-layer", digest, 16) == result


def test_a_blob_larger_than_allowed_in_one_request_goes_in_parts() -> None:
    host = HostSettings("registry.example", blob_chunk=10, blob_max=15)

    result, _ = upload(
        (MOUNT, opened()),
        (f"PATCH {session('1')}", accepted(10)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
        host=host,
    )

    assert KNOWN == result


def test_the_registry_may_ask_for_larger_parts_for_good() -> None:
    shared = Shared()

    upload(
        ("POST blobs/uploads/", opened({"OCI-Chunk-Min-Length": "12"})),
        (f"PATCH {session('1')}", accepted(12)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        host=parts(4),
        shared=shared,
    )

    assert 12 == shared.chunk_size(parts(4))


def test_a_pipe_that_fits_in_memory_is_sent_in_one_request() -> None:
    result, transport = upload((MOUNT, OPENED), (CLOSED, Answer(201)), expect=KNOWN, content=Pipe(CONTENT))

    assert KNOWN == result
    assert isinstance(transport.sent[1].request.body, bytes)


def test_a_pipe_that_does_not_fit_goes_in_parts_held_in_memory() -> None:
    result, transport = upload(
        (MOUNT, opened()),
        (f"PATCH {session('1')}", accepted(10)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
        content=Pipe(CONTENT),
        host=parts(10),
    )

    assert KNOWN == result
    assert isinstance(transport.sent[1].request.body, bytes)


@table("held", [0, 5, 16])
def test_a_single_request_that_fails_goes_on_where_the_registry_stopped(held: int) -> None:
    script = [
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(502)),
        (f"GET {session('1')}", status(held)),
    ]
    if held < 16:
        script.append((f"PATCH {session('1')}", accepted(16)))

    result, transport = upload(*script, (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)), expect=KNOWN)

    assert KNOWN == result
    assert CONTENT[held:] == b"".join(sent.body for sent in transport.sent[3:])


@table("held", [0, 5])
def test_after_a_lost_connection_the_rest_goes_in_one_request_and_after_another_in_parts(held: int) -> None:
    lost = Answer(error=Unreachable("registry.example", "reset"))
    result, transport = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", lost),
        (f"GET {session('1')}", status(held)),
        (f"PATCH {session('1')}", lost),
        (f"GET {session('1')}", status(6)),
        (f"PATCH {session('1')}", accepted(10)),
        (f"PATCH {session('1')}", accepted(14)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
        host=parts(4),
    )

    assert KNOWN == result
    assert [CONTENT[held:], CONTENT[6:10]] == [transport.sent[number].body for number in (3, 5)]
    resumable = [sent.request.body.resumable for sent in transport.sent if isinstance(sent.request.body, Body)]
    assert [True, True, False, False, False] == resumable


def test_a_registry_that_does_not_tell_is_sent_everything_again() -> None:
    result, _ = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(413)),
        (f"GET {session('1')}", Answer(405)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
    )

    assert KNOWN == result


def test_a_session_that_is_gone_is_opened_anew() -> None:
    result, _ = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(404)),
        (f"GET {session('1')}", Answer(404)),
        (f"HEAD blobs/{KNOWN.digest}", Answer(404)),
        ("POST blobs/uploads/", Answer(202, {"Location": session("2")})),
        (f"PATCH {session('2')}", accepted(16)),
        (f"PUT {session('2')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
    )

    assert KNOWN == result


def test_a_lost_answer_to_the_single_request_is_found_out() -> None:
    result, _ = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(404)),
        (f"GET {session('1')}", Answer(404)),
        (f"HEAD blobs/{KNOWN.digest}", Answer(200)),
        expect=KNOWN,
    )

    assert KNOWN == result


@table("failure", [Answer(404), Answer(504), Answer(error=Unreachable("registry.example", "x"))])
def test_a_lost_answer_to_the_closing_request_is_found_out(failure: Answer) -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", failure),
        (f"HEAD blobs/{KNOWN.digest}", Answer(200)),
    )

    assert Descriptor("application/octet-stream", KNOWN.digest, 16) == result


def test_a_closing_request_that_really_fails_is_an_error() -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(404)),
        (f"HEAD blobs/{KNOWN.digest}", Answer(404)),
        (f"DELETE {session('1')}", Answer(404)),
    )

    assert isinstance(result, RegistryClientError)


@table("content", [io.BytesIO, Pipe])
def test_a_part_refused_with_an_offset_goes_on_from_there(content: type[io.BytesIO]) -> None:
    result, transport = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(10)),
        (f"PATCH {session('1')}", refused(13)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        host=parts(10),
        content=content(CONTENT),
    )

    assert isinstance(result, Descriptor)
    assert ("13-15", CONTENT[13:]) == (transport.sent[3].request.headers["Content-Range"], transport.sent[3].body)


@table("failure", [Answer(429), Answer(416), Answer(500), Answer(error=Unreachable("registry.example", "x"))])
def test_a_part_that_fails_is_settled_by_asking_for_the_status(failure: Answer) -> None:
    result, transport = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", failure),
        (f"GET {session('1')}", status(7)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
    )

    assert isinstance(result, Descriptor)
    assert CONTENT[7:] == transport.sent[3].body


def test_a_part_that_fails_without_a_status_is_an_error_and_the_session_is_cancelled() -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", Answer(500)),
        (f"GET {session('1')}", Answer(405)),
        (f"DELETE {session('1')}", Answer(204)),
    )

    assert isinstance(result, RegistryFault)
    assert 500 == result.status


def test_parts_begin_again_when_their_session_is_gone() -> None:
    result, transport = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(10)),
        (f"PATCH {session('1')}", Answer(500)),
        (f"GET {session('1')}", Answer(404)),
        ("POST blobs/uploads/", Answer(202, {"Location": session("2")})),
        (f"PATCH {session('2')}", accepted(10)),
        (f"PATCH {session('2')}", accepted(16)),
        (f"PUT {session('2')}?digest={ESCAPED}", Answer(201)),
        host=parts(10),
    )

    assert isinstance(result, Descriptor)
    assert KNOWN.digest == result.digest
    assert [CONTENT[:10], CONTENT[10:]] == [sent.body for sent in transport.sent[5:7]]


def test_parts_of_a_pipe_cannot_begin_again() -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", Answer(500)),
        (f"GET {session('1')}", Answer(404)),
        (f"DELETE {session('1')}", Answer(204)),
        content=Pipe(CONTENT),
    )

    assert isinstance(result, RegistryFault)
    assert 500 == result.status


def test_parts_that_fail_while_nothing_more_arrives_are_given_up() -> None:
    stuck = ((f"PATCH {session('1')}", Answer(500)), (f"GET {session('1')}", status(4)))

    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(4)),
        *stuck * (MAX_STALLS + 2),
        (f"DELETE {session('1')}", Answer(204)),
        host=parts(4),
    )

    assert isinstance(result, RegistryFault)
    assert 500 == result.status


def test_parts_do_not_begin_again_for_ever() -> None:
    gone = (("POST blobs/uploads/", opened()), (f"PATCH {session('1')}", Answer(500)), (f"GET {session('1')}", Answer(404)))

    result, _ = upload(*gone * (MAX_RESTARTS + 1), (f"DELETE {session('1')}", Answer(204)))

    assert isinstance(result, RegistryFault)
    assert 500 == result.status


def test_0_0_means_nothing_to_distribution_and_one_byte_when_it_refuses() -> None:
    result, transport = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(500)),
        (f"GET {session('1')}", status(1)),
        (f"PATCH {session('1')}", refused(1)),
        (f"PATCH {session('1')}", accepted(16)),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(201)),
        expect=KNOWN,
    )

    assert KNOWN == result
    assert ["0-15", "1-15"] == [sent.request.headers["Content-Range"] for sent in transport.sent[3:5]]


def test_a_registry_that_keeps_nothing_is_given_up_after_a_while() -> None:
    stuck = (f"PATCH {session('1')}", Answer(202, {"Range": "0-3"}))

    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        *[stuck] * (MAX_RETRIES + 2),
        (f"DELETE {session('1')}", Answer(204)),
        host=parts(4),
    )

    assert isinstance(result, RegistryFault)
    assert "keeps nothing" in str(result)


def test_bytes_that_were_never_sent_are_not_believed() -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(99)),
        (f"GET {session('1')}", Answer(405)),
        (f"DELETE {session('1')}", Answer(204)),
    )

    assert isinstance(result, RegistryFault)


def test_a_pipe_whose_bytes_are_gone_is_an_error() -> None:
    result, _ = upload(
        ("POST blobs/uploads/", opened()),
        (f"PATCH {session('1')}", accepted(4)),
        (f"PATCH {session('1')}", refused(2)),
        (f"DELETE {session('1')}", Answer(204)),
        content=Pipe(CONTENT),
        host=parts(4),
    )

    assert isinstance(result, Unsupported)


@table(
    ("content", "kind"), [(CONTENT[:-1], SizeMismatch), (CONTENT + b"x", SizeMismatch), (CONTENT[:-1] + b"x", DigestMismatch)]
)
def test_other_content_than_promised_is_never_stored(content: bytes, kind: type[RegistryClientError]) -> None:
    result, _ = upload(
        (MOUNT, opened()),
        (f"DELETE {session('1')}", Answer(204)),
        expect=KNOWN,
        content=io.BytesIO(content),
    )

    assert kind is type(result)


def test_a_refusal_is_not_tried_in_another_way() -> None:
    result, _ = upload(
        (MOUNT, opened()),
        (f"PUT {session('1')}?digest={ESCAPED}", Answer(403)),
        (f"DELETE {session('1')}", Answer(error=BlobNotFound("x"))),
        expect=KNOWN,
    )

    assert isinstance(result, Denied)


def test_a_repository_that_must_be_created_first_is_named() -> None:
    result, _ = upload(("POST blobs/uploads/", Answer(404)))

    assert isinstance(result, RepositoryNotFound)
    assert "registry.example/team/app" == result.name


def test_an_answer_without_an_address_is_an_error() -> None:
    result, _ = upload(("POST blobs/uploads/", Answer(202)))

    assert isinstance(result, RegistryFault)
    assert "Location" in str(result)


def test_a_registry_that_stored_something_else_is_noticed() -> None:
    other = Answer(201, {"Docker-Content-Digest": str(Digest.of(b"other"))})

    result, _ = upload((MOUNT, OPENED), (CLOSED, other), (f"DELETE {SESSION}", Answer(204)), expect=KNOWN)

    assert isinstance(result, DigestMismatch)


def test_the_largest_part_is_ours_to_limit() -> None:
    shared = Shared(RemoteOptions(chunk_limit=8))
    shared.raise_chunk(parts(4), 1 << 40)

    assert 8 == shared.chunk_size(parts(4))


def conversation(size: int, host: HostSettings) -> list[str]:
    """The methods of one upload of so many bytes to the fake registry."""
    registry = FakeRegistry()
    content = bytes(size)
    repository = RemoteRepository(Reference.parse("registry.example/team/app"), registry.transport, host=host)
    repository.put_blob(io.BytesIO(content), Descriptor.of(content))
    registry.handler.close()
    return [method for method, _ in registry.ledger]


@claims("HostSettings.blob_max")
def test_a_host_sets_the_largest_blob_it_takes_in_one_request() -> None:
    parts = [conversation(10, HostSettings("registry.example", blob_max=most)) for most in (0, -1, 9, 10)]

    assert [["POST", "PUT"], ["POST", "PUT"], ["POST", "PATCH", "PUT"], ["POST", "PUT"]] == parts


@claims("HostSettings.blob_chunk")
def test_a_host_sets_the_size_of_a_part() -> None:
    counts = [
        conversation(10, HostSettings("registry.example", blob_max=1, blob_chunk=chunk)).count("PATCH") for chunk in (0, 4, 5)
    ]

    assert [1, 3, 2] == counts


@table(("size", "held"), [(SMALL, True), (5 * SMALL, False)])
def test_a_small_blob_is_sent_again_without_asking_its_source(size: int, *, held: bool) -> None:
    content = io.BytesIO(b"x" * size)
    blob = Descriptor.of(content.getvalue())
    escaped = str(blob.digest).replace(":", "%3A")

    result, transport = upload(
        (f"POST blobs/uploads/?mount={escaped}", opened()),
        (f"PUT {session('1')}?digest={escaped}", Answer(201)),
        expect=blob,
        content=content,
    )
    body = transport.sent[1].request.body
    assert isinstance(body, Body)
    content.seek(0)
    body.stream.seek(0)

    assert (blob, size, held) == (result, len(body.stream.read()), content.tell() == 0)
