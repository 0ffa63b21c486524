"""Blobs from a registry or from the addresses of their descriptor."""

from __future__ import annotations

import io

import pytest

from regclient.errors import (
    BlobNotFound,
    Denied,
    DigestMismatch,
    RedirectRefused,
    RegistryFault,
    SizeMismatch,
    Unreachable,
    Unsupported,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.remote.download import open_blob, stat_blob
from regclient.remote.wire import Wire
from regclient.transport.messages import Kind
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

CONTENT = b"0123456789" * 100
BLOB = Descriptor.of(CONTENT)
GET = f"GET blobs/{BLOB.digest}"


NAMES = {"inside.example": ["127.0.0.1"], "one.example": ["192.0.2.7"]}


def wire_to(*script: tuple[str, Answer], host: str = "registry.example") -> Wire:
    reference = Reference.parse(f"{host}/team/app").repository_only()
    return Wire(ScriptedTransport(*script), reference, resolve=lambda name: NAMES.get(name, []))


def transport_of(wire: Wire) -> ScriptedTransport:
    assert isinstance(wire.transport, ScriptedTransport)
    return wire.transport


def read(blob: Descriptor, *script: tuple[str, Answer], host: str = "registry.example") -> bytes:
    wire = wire_to(*script, host=host)
    try:
        with open_blob(wire, blob) as stream:
            return stream.read()
    finally:
        transport_of(wire).end()


def test_a_blob_is_read_and_verified() -> None:
    assert CONTENT == read(BLOB, (GET, Answer(200, {}, CONTENT)))


def test_the_request_says_how_long_the_blob_is_and_that_mirrors_will_do() -> None:
    wire = wire_to((GET, Answer(200, {}, CONTENT)))
    with open_blob(wire, BLOB):
        request = transport_of(wire).sent[0].request

    assert (1000, True, Kind.BLOB) == (request.size, request.mirrors, request.kind)


def test_a_size_that_is_not_known_is_not_promised() -> None:
    wire = wire_to((GET, Answer(200, {}, CONTENT)))
    with open_blob(wire, BLOB.replace(size=0)) as stream:
        assert CONTENT == stream.read()

    assert transport_of(wire).sent[0].request.size is None


def test_inline_content_costs_no_request() -> None:
    assert b"{}" == read(Descriptor.of(b"{}").replace(data=b"{}"))


def test_inline_content_that_does_not_verify_is_ignored() -> None:
    assert CONTENT == read(BLOB.replace(data=b"wrong"), (GET, Answer(200, {}, CONTENT)))


def test_the_empty_blob_costs_no_request() -> None:
    assert b"" == read(Descriptor.of(b""))


@table(
    ("content", "kind"), [(CONTENT[:-1], SizeMismatch), (CONTENT + b"x", SizeMismatch), (CONTENT[:-1] + b"x", DigestMismatch)]
)
def test_other_content_is_an_error_at_its_end(content: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read(BLOB, (GET, Answer(200, {}, content)))


def test_the_start_can_be_gone_back_to_and_is_asked_for_at_once() -> None:
    wire = wire_to((GET, Answer(200, {}, CONTENT)), (GET, Answer(200, {}, CONTENT)))
    with open_blob(wire, BLOB) as stream:
        first = stream.read()
        buffered = stream.seek(0) == 0 and stream.tell() == 0
        asked = len(transport_of(wire).sent)

        assert (CONTENT, True, 2, CONTENT) == (first, buffered, asked, stream.read())
    transport_of(wire).end()


def test_nowhere_else_can_be_gone_to() -> None:
    with open_blob(wire_to((GET, Answer(200, {}, CONTENT))), BLOB) as stream, pytest.raises(Unsupported):
        stream.seek(0, io.SEEK_END)


def test_a_start_that_cannot_be_gone_back_to_is_an_error() -> None:
    wire = wire_to((GET, Answer(200, {}, CONTENT)), (GET, Answer(error=Unreachable("registry.example", "x"))))
    with open_blob(wire, BLOB) as stream:
        stream.read()

        with pytest.raises(Unreachable):
            stream.seek(0)


def test_a_stream_says_what_it_verifies() -> None:
    with open_blob(wire_to((GET, Answer(200, {}, CONTENT))), BLOB) as stream:
        assert BLOB.digest == getattr(stream, "verifies", None)


def test_a_missing_blob_is_named_when_it_is_opened() -> None:
    with pytest.raises(BlobNotFound, match=r"not found in registry.example/team/app"):
        read(BLOB, (GET, Answer(404)))


def test_the_addresses_of_a_descriptor_are_tried_in_order_and_without_a_login() -> None:
    blob = BLOB.replace(urls=("https://one.example/x?sig=a%2Fb", "https://two.example/x"))
    wire = wire_to(
        (GET, Answer(403)),
        ("GET https://one.example/x?sig=a%2Fb", Answer(404)),
        ("GET https://two.example/x", Answer(200, {}, CONTENT)),
    )
    with open_blob(wire, blob) as stream:
        assert CONTENT == stream.read()
    sent = [entry.request for entry in transport_of(wire).sent]

    assert [(False, True), (True, False), (True, False)] == [(request.external, request.mirrors) for request in sent]


def test_the_last_failure_is_told() -> None:
    blob = BLOB.replace(urls=("https://one.example/x",))

    with pytest.raises(BlobNotFound):
        read(blob, (GET, Answer(403)), ("GET https://one.example/x", Answer(404)))
    with pytest.raises(Denied):
        read(blob, (GET, Answer(404)), ("GET https://one.example/x", Answer(403)))


@table(
    "url",
    ["http://127.0.0.1/x", "http://localhost:5000/x", "http://[::1]/x", "http://169.254.169.254/latest", "http://0.0.0.0/"],
)
def test_an_address_on_this_machine_is_not_asked_for_a_registry_elsewhere(url: str) -> None:
    with pytest.raises(RedirectRefused):
        read(BLOB.replace(urls=(url,)), (GET, Answer(404)), host="192.0.2.1:5000")


def test_an_address_on_this_machine_is_asked_for_a_registry_on_this_machine() -> None:
    blob = BLOB.replace(urls=("http://127.0.0.1:99/x",))

    assert CONTENT == read(
        blob, (GET, Answer(404)), ("GET http://127.0.0.1:99/x", Answer(200, {}, CONTENT)), host="localhost:5000"
    )


def test_where_the_registry_really_is_decides() -> None:
    blob = BLOB.replace(urls=("http://127.0.0.1:99/x",))
    wire = wire_to((GET, Answer(404)), ("GET http://127.0.0.1:99/x", Answer(200, {}, CONTENT)))
    with open_blob(wire, blob, host=HostSettings("registry.example", hostname="localhost:5000")) as stream:
        assert CONTENT == stream.read()


@table("url", ["file:///etc/passwd", "ftp://example.com/x", "//example.com/x", "x"])
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(RedirectRefused):
        read(BLOB.replace(urls=(url,)), (GET, Answer(404)))


def test_a_stat_gives_size_and_type() -> None:
    digest = Digest.of(b"x")
    answer = Answer(200, {"Content-Length": "7", "Content-Type": "application/octet-stream; q=1"})
    stat = stat_blob(wire_to((f"HEAD blobs/{digest}", answer)), Descriptor("", digest, -1))

    assert stat is not None
    assert (digest, 7, "application/octet-stream") == (stat.digest, stat.size, stat.media_type)
    assert ("7",) == stat.headers["Content-Length"]


def test_a_stat_of_a_missing_blob_is_none_and_its_addresses_are_not_asked() -> None:
    assert stat_blob(wire_to((f"HEAD blobs/{BLOB.digest}", Answer(404))), BLOB.replace(urls=("https://one.example/x",))) is None


def test_a_stat_without_a_length_takes_that_of_the_descriptor() -> None:
    stat = stat_blob(wire_to((f"HEAD blobs/{BLOB.digest}", Answer(200))), BLOB)

    assert stat is not None
    assert 1000 == stat.size


@table("refusal", [Answer(error=Unsupported("off")), Answer(405)])
def test_a_host_without_head_is_asked_for_the_blob_which_is_not_read(refusal: Answer) -> None:
    wire = wire_to((f"HEAD blobs/{BLOB.digest}", refusal), (GET, Answer(200, {"Content-Length": "1000"}, CONTENT)))
    stat = stat_blob(wire, BLOB)
    transport_of(wire).end()

    assert stat is not None
    assert 1000 == stat.size


def test_another_failure_of_a_stat_is_told() -> None:
    with pytest.raises(RegistryFault):
        stat_blob(wire_to((f"HEAD blobs/{BLOB.digest}", Answer(500))), BLOB)
