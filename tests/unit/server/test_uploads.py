"""Blob uploads in all their ways."""

from __future__ import annotations

import io

from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.server.exchange import Policy
from tests.fakes.asking import Answer, Asker
from tests.tables import table

CONTENT = b"hello world"
DIGEST = Digest.of(CONTENT)


def has(asker: Asker, name: str, digest: Digest = DIGEST) -> bool:
    return asker.ask("HEAD", f"{name}/blobs/{digest}").status == 200


def started(asker: Asker, query: str = "") -> str:
    answer = asker.ask("POST", f"a/blobs/uploads/{query}")
    assert 202 == answer.status
    return answer.headers["Location"]


def sent(asker: Asker, place: str, data: bytes, span: str = "") -> Answer:
    return asker.ask("PATCH", place, data, {"Content-Range": span} if span else {})


def test_a_blob_is_pushed_in_one_request() -> None:
    asker = Asker()

    answer = asker.ask("POST", f"a/blobs/uploads/?digest={DIGEST}", CONTENT)

    assert (201, f"/v2/a/blobs/{DIGEST}") == (answer.status, answer.headers["Location"])
    assert CONTENT == asker.ask("GET", answer.headers["Location"]).body
    assert 0 == len(asker.handler.sessions)


def test_a_blob_of_unknown_length_is_pushed_in_one_request() -> None:
    asker = Asker()

    assert 201 == asker.ask("POST", f"a/blobs/uploads/?digest={DIGEST}", CONTENT, chunked=True).status
    assert has(asker, "a")


def test_one_request_without_a_body_becomes_a_session() -> None:
    assert started(Asker(), f"?digest={DIGEST}")


@table("chunked", ["", "yes"])
def test_a_blob_is_pushed_by_post_and_put(chunked: str) -> None:
    asker = Asker()
    place = started(asker)

    answer = asker.ask("PUT", f"{place}?digest={DIGEST}", CONTENT, chunked=bool(chunked))

    assert (201, str(DIGEST)) == (answer.status, answer.headers["Docker-Content-Digest"])
    assert has(asker, "a")
    assert 404 == asker.ask("GET", place).status


def test_a_blob_is_pushed_in_pieces() -> None:
    asker = Asker()
    place = started(asker)

    assert "0--1" == asker.ask("GET", place).headers["Range"]
    first = sent(asker, place, CONTENT[:4], "0-3")
    assert (202, "0-3", place) == (first.status, first.headers["Range"], first.headers["Location"])
    assert (204, "0-3") == (asker.ask("GET", place).status, asker.ask("GET", place).headers["Range"])
    assert "0-7" == sent(asker, place, CONTENT[4:8], "4-7").headers["Range"]
    assert 201 == asker.ask("PUT", f"{place}?digest={DIGEST}", CONTENT[8:], {"Content-Range": "8-10"}).status
    assert CONTENT == asker.ask("GET", f"a/blobs/{DIGEST}").body


def test_a_blob_is_pushed_as_a_stream() -> None:
    asker = Asker()
    place = started(asker)

    assert "0-10" == asker.ask("PATCH", place, CONTENT, chunked=True).headers["Range"]
    assert 201 == asker.ask("PUT", f"{place}?digest={DIGEST}").status
    assert has(asker, "a")


def test_an_empty_blob_is_pushed() -> None:
    asker, empty = Asker(), Digest.of(b"")

    assert 201 == asker.ask("PUT", f"{started(asker)}?digest={empty}").status
    assert has(asker, "a", empty)


@table("algorithm", ["sha384", "sha512"])
def test_other_algorithms_are_accepted(algorithm: str) -> None:
    asker, digest = Asker(), Digest.of(CONTENT, algorithm)
    place = started(asker, f"?digest-algorithm={algorithm}")

    assert 201 == asker.ask("PUT", f"{place}?digest={digest}", CONTENT).status
    assert has(asker, "a", digest)


@table("address", ["?digest-algorithm=md5", "?digest=sha256:x", "?mount=x"])
def test_digests_we_cannot_compute_are_refused_at_the_start(address: str) -> None:
    answer = Asker().ask("POST", f"a/blobs/uploads/{address}", b"x")

    assert (400, "DIGEST_INVALID") == (answer.status, answer.code)


@table(
    ("span", "status", "code"),
    [
        ("5-8", 416, "BLOB_UPLOAD_INVALID"),
        ("0-3", 416, "BLOB_UPLOAD_INVALID"),
        ("4-3", 416, "BLOB_UPLOAD_INVALID"),
        ("4-8", 400, "SIZE_INVALID"),
        ("x", 400, "BLOB_UPLOAD_INVALID"),
    ],
)
@table("method", ["PATCH", "PUT"])
def test_a_piece_out_of_order_is_refused(method: str, span: str, status: int, code: str) -> None:
    asker = Asker()
    place = started(asker)
    sent(asker, place, CONTENT[:4], "0-3")

    answer = asker.ask(method, f"{place}?digest={DIGEST}", CONTENT[4:8], {"Content-Range": span})

    assert (status, code) == (answer.status, answer.code)
    if status == 416:
        assert (place, "0-3") == (answer.headers["Location"], answer.headers["Range"])
    assert "0-3" == asker.ask("GET", place).headers["Range"]


def test_a_first_piece_out_of_order_is_told_where_to_ask() -> None:
    asker = Asker()
    place = started(asker)

    answer = sent(asker, place, b"x", "1-1")

    assert (416, place) == (answer.status, answer.headers["Location"])
    assert "Range" not in answer.headers


def test_the_unit_old_clients_write_is_understood() -> None:
    asker = Asker()

    assert 202 == sent(asker, started(asker), b"abc", "bytes 0-2/*").status


def test_a_wrong_digest_is_refused_and_may_be_tried_again() -> None:
    asker = Asker()
    place = started(asker)

    wrong = asker.ask("PUT", f"{place}?digest={DIGEST}", b"other")
    assert (400, "DIGEST_INVALID") == (wrong.status, wrong.code)
    assert not has(asker, "a")
    assert 201 == asker.ask("PUT", f"{place}?digest={DIGEST}", CONTENT).status


def test_a_wrong_digest_ends_a_session_of_pieces() -> None:
    asker = Asker()
    place = started(asker)
    sent(asker, place, b"other")

    assert "DIGEST_INVALID" == asker.ask("PUT", f"{place}?digest={DIGEST}").code
    assert 404 == asker.ask("GET", place).status


@table("query", ["", "?digest=latest"])
def test_finishing_needs_a_digest(query: str) -> None:
    asker = Asker()

    assert "DIGEST_INVALID" == asker.ask("PUT", f"{started(asker)}{query}", CONTENT).code


def test_an_upload_can_be_cancelled() -> None:
    asker = Asker()
    place = started(asker)

    assert 204 == asker.ask("DELETE", place).status
    assert [404, 404] == [asker.ask("DELETE", place).status, sent(asker, place, b"x").status]


def test_sessions_are_forgotten_in_time() -> None:
    asker = Asker(Policy(upload_seconds=10))
    place = started(asker)
    asker.clock.advance(11)

    assert "BLOB_UPLOAD_UNKNOWN" == sent(asker, place, b"x").code


def test_the_smallest_chunk_is_announced_when_set() -> None:
    assert "OCI-Chunk-Min-Length" not in Asker().ask("POST", "a/blobs/uploads/").headers
    assert "4096" == Asker(Policy(chunk_minimum=4096)).ask("POST", "a/blobs/uploads/").headers["OCI-Chunk-Min-Length"]


def with_blob(name: str, policy: Policy | None = None) -> Asker:
    asker = Asker(policy)
    asker.store.create(name).put_blob(io.BytesIO(CONTENT), Descriptor.of(CONTENT))
    return asker


@table("query", ["&from=b", "", "&from=elsewhere"])
def test_a_blob_that_is_there_needs_no_mount(query: str) -> None:
    answer = with_blob("a").ask("POST", f"a/blobs/uploads/?mount={DIGEST}{query}")

    assert (201, f"/v2/a/blobs/{DIGEST}") == (answer.status, answer.headers["Location"])


@table("query", ["&from=b", ""])
def test_a_blob_is_mounted_from_another_repository(query: str) -> None:
    asker = with_blob("b")

    assert 201 == asker.ask("POST", f"a/blobs/uploads/?mount={DIGEST}{query}").status
    assert CONTENT == asker.ask("GET", f"a/blobs/{DIGEST}").body


@table("query", ["&from=c", "&from=../b"])
def test_a_blob_that_is_not_where_it_should_be_becomes_an_upload(query: str) -> None:
    asker = with_blob("b")
    answer = asker.ask("POST", f"a/blobs/uploads/?mount={DIGEST}{query}")

    assert 202 == answer.status
    assert 201 == asker.ask("PUT", f"{answer.headers['Location']}?digest={DIGEST}", CONTENT).status


def test_looking_everywhere_can_be_turned_off() -> None:
    assert 202 == with_blob("b", Policy(anonymous_mounts=False)).ask("POST", f"a/blobs/uploads/?mount={DIGEST}").status


def test_starting_an_upload_makes_no_repository() -> None:
    asker = Asker()
    place = started(asker)
    sent(asker, place, CONTENT)
    asker.ask("PUT", f"{started(asker)}?digest=x")

    assert [] == list(asker.store.names())
