from __future__ import annotations

import json

import pytest

from regclient.errors import Denied, NotFound, RateLimited, RegistryFault
from regclient.model.headers import NO_HEADERS, Headers
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.faults import READ_LIMIT, fault_of, read_fault, read_limited
from regclient.transport.messages import Request
from tests.tables import table

PUT = Request("r.example", "PUT", "manifests/latest", "a/b")
URL = "https://r.example/v2/a/b/manifests/latest"


def body(*errors: object) -> bytes:
    return json.dumps({"errors": errors}).encode()


def test_the_codes_and_words_of_the_registry_are_kept() -> None:
    data = body(
        {"code": "MANIFEST_INVALID", "message": "no such thing"}, {"code": "NAME_INVALID", "message": "bad\nname", "detail": {}}
    )

    fault = fault_of(PUT, URL, 400, {"X-Request-Id": ("id-7",)}, data)

    assert isinstance(fault, RegistryFault)
    assert ("MANIFEST_INVALID", "NAME_INVALID") == fault.codes
    assert "no such thing; bad name" == fault.detail
    assert "id-7" == fault.request_id
    assert f"r.example answered 400 to PUT {URL} (MANIFEST_INVALID, NAME_INVALID): no such thing; bad name" == str(fault)


@table("status", [401, 403])
def test_refusals_are_denied(status: int) -> None:
    fault = fault_of(PUT, URL, status, {}, body({"code": "DENIED", "message": "x"}))

    assert isinstance(fault, Denied)
    assert (status, ("DENIED",), "r.example") == (fault.status, fault.codes, fault.host)


def test_404_says_what_is_missing_where() -> None:
    fault = fault_of(PUT, URL, 404, {}, b"")

    assert isinstance(fault, NotFound)
    assert "content manifests/latest not found in r.example/a/b" == str(fault)


def test_429_is_its_own_class() -> None:
    assert isinstance(fault_of(PUT, URL, 429, {}, b""), RateLimited)


@table(
    ("content_type", "data", "detail"),
    [
        ("text/plain", b"go away\x1b[31m", "go away [31m"),
        ("text/html", b"<html>", ""),
        ("application/json", b'{"error": "x"}', '{"error": "x"}'),
        ("application/json", b'{"errors": [1, {"code": 5, "message": null}]}', ""),
        ("application/json", b"[" * 100_000, ""),
        ("text/plain", b"x" * 1000, "x" * 500 + "…"),
    ],
)
def test_other_bodies_are_shown_as_far_as_they_are_text(content_type: str, data: bytes, detail: str) -> None:
    fault = fault_of(PUT, URL, 502, {"Content-Type": (content_type,)}, data)

    assert isinstance(fault, RegistryFault)
    assert detail == fault.detail


class Trickle:
    """An answer that gives its body bit by bit, and may break."""

    status = 500
    headers: Headers = NO_HEADERS

    def __init__(self, parts: list[bytes | Broken]) -> None:
        self.parts = parts
        self.closed = False

    def read(self, size: int = -1, /) -> bytes:
        part = self.parts.pop(0) if self.parts else b""
        if isinstance(part, Broken):
            raise part
        return part

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        raise NotImplementedError

    def close(self) -> None:
        self.closed = True


def test_the_body_of_a_fault_is_read_up_to_a_limit() -> None:
    answer = Trickle([b"x" * (READ_LIMIT - 1), b"y", b"never"])

    assert b"x" * (READ_LIMIT - 1) + b"y" == read_fault(answer)
    assert answer.closed


def test_a_fault_that_breaks_off_is_still_a_fault() -> None:
    answer = Trickle([b"half", Broken(Trouble.CUT, "x")])

    assert b"half" == read_fault(answer)
    assert answer.closed


def test_a_small_document_is_read_whole_or_refused() -> None:
    assert b"abc" == read_limited(Trickle([b"a", b"bc"]))
    too_long = Trickle([b"abc", b"def"])
    with pytest.raises(Broken):
        read_limited(too_long, 5)
    assert too_long.closed
