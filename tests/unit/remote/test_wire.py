"""Requests of one repository, and what their statuses mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import (
    BlobNotFound,
    InvalidConfig,
    InvalidReference,
    ManifestNotFound,
    NotFound,
    RateLimited,
    RedirectRefused,
    RegistryFault,
    SizeLimitExceeded,
    Unreachable,
)
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.remote.wire import Wire, content_length, may_pass, path_of, read_limited, size_of
from regclient.transport.messages import Kind
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table


def wire_to(*script: tuple[str, Answer]) -> Wire:
    return Wire(ScriptedTransport(*script), Reference.parse("registry.example/team/app").repository_only())


def test_a_request_names_host_and_repository() -> None:
    request = wire_to().request("HEAD", "blobs/x", Kind.HEAD)

    assert ("registry.example", "team/app", "HEAD", "blobs/x", Kind.HEAD) == (
        request.host,
        request.repository,
        request.method,
        request.path,
        request.kind,
    )


def test_what_is_missing_is_named() -> None:
    wire = wire_to(("GET manifests/1", Answer(404)))

    with pytest.raises(ManifestNotFound, match="manifest 1 not found in here"):
        wire.send(wire.request("GET", "manifests/1"), missing=ManifestNotFound("1", "here"))


def test_what_a_body_misses_keeps_its_own_name() -> None:
    wire = wire_to(("PUT x", Answer(error=BlobNotFound("of the source"))))

    with pytest.raises(BlobNotFound, match="of the source"):
        wire.send(wire.request("PUT", "x"), missing=ManifestNotFound("1"))


def test_without_a_name_the_error_of_the_transport_stays() -> None:
    wire = wire_to(("GET x", Answer(404)))

    with pytest.raises(NotFound, match="content x"):
        wire.send(wire.request("GET", "x"))


def test_an_unexpected_success_is_a_fault_without_the_query() -> None:
    wire = wire_to(("GET x?token=abc", Answer(203)))

    with pytest.raises(RegistryFault) as caught:
        wire.send(replace(wire.request("GET", "x"), query=(("token", "abc"),)))

    assert "registry.example answered 203 to GET https://registry.example/v2/team/app/x: expected 200" == str(caught.value)


def test_a_status_the_request_accepts_is_an_answer() -> None:
    wire = wire_to(("PATCH x", Answer(416)))

    with wire.send(replace(wire.request("PATCH", "x"), accept=frozenset({416})), ok=(202,)) as response:
        assert 416 == response.status


def test_what_may_pass_is_asked_again_with_patience() -> None:
    wire = wire_to(("GET x", Answer(503)), ("GET x", Answer(200)))
    wire.try_send(wire.request("GET", "x")).close()
    transport = wire.transport
    assert isinstance(transport, ScriptedTransport)

    assert [True, False] == [sent.request.quiet for sent in transport.sent]


def test_a_refusal_is_not_asked_again() -> None:
    wire = wire_to(("GET x", Answer(405)))

    with pytest.raises(RegistryFault):
        wire.try_send(wire.request("GET", "x"))


@table(
    ("error", "passing"),
    [
        (Unreachable("host", "x"), True),
        (RedirectRefused("host", "x"), False),
        (RegistryFault("host", 500, "x"), True),
        (RateLimited("host", 429, "x"), True),
        (RegistryFault("host", 400, "x"), False),
        (RegistryFault("host", 501, "x"), False),
    ],
)
def test_a_failure_of_the_moment_is_told_from_an_answer(error: RegistryFault | Unreachable, *, passing: bool) -> None:
    assert passing == may_pass(error)


def test_a_tag_and_a_digest_are_parts_of_a_path() -> None:
    digest = Digest.of(b"")

    assert ("v1.0", str(digest)) == (path_of("v1.0"), path_of(digest))


@table("name", ["", ".", "..", "a/b", "a?b", "a b", "x" * 129, "sha256:abc", "ä"])
def test_anything_else_is_not_a_part_of_a_path(name: str) -> None:
    with pytest.raises(InvalidReference):
        path_of(name)


def test_size_0_is_believed_of_the_empty_blob_alone() -> None:
    digest = Digest.of(b"x")

    assert [1, 0, None, None] == [
        size_of(blob)
        for blob in (Descriptor("", digest, 1), Descriptor.of(b""), Descriptor("", digest, 0), Descriptor("", digest, -1))
    ]


@table(("text", "expected"), [("12", 12), ("", None), ("-1", None), ("9" * 20, None), ("²", None)])
def test_a_length_is_read_or_unknown(text: str, expected: int | None) -> None:
    wire = wire_to(("GET x", Answer(200, {"Content-Length": text})))
    with wire.send(wire.request("GET", "x")) as response:
        assert expected == content_length(response)


def test_a_body_up_to_the_limit_is_read_whole() -> None:
    wire = wire_to(("GET x", Answer(200, {}, b"12345")))
    with wire.send(wire.request("GET", "x")) as response:
        assert b"12345" == read_limited(response, 5, "it")


def test_without_a_limit_everything_is_read() -> None:
    wire = wire_to(("GET x", Answer(200, {"Content-Length": "5"}, b"12345")))
    with wire.send(wire.request("GET", "x")) as response:
        assert b"12345" == read_limited(response, 0, "it")


@table("headers", [{}, {"Content-Length": "6"}])
def test_a_body_over_the_limit_is_refused(headers: dict[str, str]) -> None:
    wire = wire_to(("GET x", Answer(200, headers, b"123456")))
    with wire.send(wire.request("GET", "x")) as response, pytest.raises(SizeLimitExceeded, match="it is larger"):
        read_limited(response, 5, "it")


def followed(location: str, url: str = "https://registry.example/v2/a/list") -> str:
    names = {"inside.example": ["127.0.0.1"], "registry.example": ["192.0.2.1"], "other.example": ["192.0.2.2"]}
    wire = Wire(ScriptedTransport((f"GET {url}", Answer())), Reference(registry="registry.example"), lambda host: names[host])
    with wire.send(replace(wire.request("GET"), url=url)) as response:
        return wire.follow(response, location)


@table(
    ("location", "expected"),
    [
        ("/v2/b?x=%2F", "https://registry.example/v2/b?x=%2F"),
        ("https://other.example/b?sig=a+b", "https://other.example/b?sig=a+b"),
        ("http://registry.example/v2/b", "https://registry.example/v2/b"),
        ("http://registry.example:80/v2/b", "https://registry.example/v2/b"),
    ],
)
def test_an_address_the_registry_gives_is_followed_without_leaving_tls(location: str, expected: str) -> None:
    assert expected == followed(location)


@table("location", ["http://other.example/b", "https://inside.example/b", "https://127.0.0.1/b"])
def test_an_address_that_leaves_tls_or_leads_inside_is_refused(location: str) -> None:
    with pytest.raises(RedirectRefused):
        followed(location)


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(InvalidConfig):
        followed("ftp://other.example/b")


def test_a_local_registry_may_lead_anywhere() -> None:
    assert "http://127.0.0.1:99/b" == followed("http://127.0.0.1:99/b", "http://localhost:5000/v2/a")
