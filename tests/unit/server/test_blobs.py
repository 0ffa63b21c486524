"""Blobs pulled whole and in part, and deleted."""

from __future__ import annotations

import io

import pytest

from regclient.model.digest import Digest
from regclient.server.blobs import part_of
from regclient.server.fault import Fault
from tests.fakes.asking import Asker
from tests.tables import table

CONTENT = bytes(range(100))
DIGEST = Digest.of(CONTENT)


def registry() -> Asker:
    asker = Asker()
    asker.store.create("a").put_blob(io.BytesIO(CONTENT))
    return asker


def test_a_blob_is_given_with_its_facts() -> None:
    answer = registry().ask("GET", f"a/blobs/{DIGEST}")

    assert (200, CONTENT) == (answer.status, answer.body)
    assert str(DIGEST) == answer.headers["Docker-Content-Digest"]
    assert "bytes" == answer.headers["Accept-Ranges"]
    assert "application/octet-stream" == answer.headers["Content-Type"]


def test_head_says_the_size() -> None:
    answer = registry().ask("HEAD", f"a/blobs/{DIGEST}", headers={"Range": "bytes=0-1"})

    assert (200, "100", b"") == (answer.status, answer.headers["Content-Length"], answer.body)


@table("method", ["GET", "HEAD", "DELETE"])
def test_what_is_not_there_is_unknown(method: str) -> None:
    missing = Digest.of(b"missing")

    assert (404, "BLOB_UNKNOWN") == (
        registry().ask(method, f"a/blobs/{missing}").status,
        registry().ask("GET", f"a/blobs/{missing}").code,
    )
    assert "NAME_UNKNOWN" == registry().ask(method, f"b/blobs/{missing}").code


@table("text", ["sha256:x", "latest", f"md5:{'0' * 32}", f"sha256:{'0' * 63}", f"SHA256:{'0' * 64}"])
def test_what_is_no_digest_is_refused(text: str) -> None:
    answer = registry().ask("GET", f"a/blobs/{text}")

    assert (400, "DIGEST_INVALID") == (answer.status, answer.code)


def test_a_part_is_given_when_asked() -> None:
    answer = registry().ask("GET", f"a/blobs/{DIGEST}", headers={"Range": "bytes=10-19"})

    assert (206, CONTENT[10:20]) == (answer.status, answer.body)
    assert "bytes 10-19/100" == answer.headers["Content-Range"]


def test_a_part_outside_is_refused_with_the_size() -> None:
    answer = registry().ask("GET", f"a/blobs/{DIGEST}", headers={"Range": "bytes=100-"})

    assert (416, "bytes */100") == (answer.status, answer.headers["Content-Range"])


@table(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-0", range(1)),
        ("bytes=5-", range(5, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-30", range(10)),
        ("bytes=8-30", range(8, 10)),
        (" bytes=1-2 ", range(1, 3)),
        ("bytes=1-2,4-5", None),
        ("bytes=-", None),
        ("items=1-2", None),
        ("bytes=a-b", None),
    ],
)
def test_a_range_is_understood_or_ignored(header: str, expected: range | None) -> None:
    assert expected == part_of(header, 10)


@table("header", ["bytes=10-", "bytes=5-4", "bytes=-0", "bytes=11-12"])
def test_a_range_without_bytes_is_refused(header: str) -> None:
    with pytest.raises(Fault) as fault:
        part_of(header, 10)

    assert 416 == fault.value.status


def test_a_deleted_blob_is_gone() -> None:
    asker = registry()

    assert 202 == asker.ask("DELETE", f"a/blobs/{DIGEST}").status
    assert 404 == asker.ask("HEAD", f"a/blobs/{DIGEST}").status
