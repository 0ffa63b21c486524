"""The embedded registry meets requests nobody would write: each is answered or refused."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.errors import Unreachable
from regclient.model.digest import Digest
from regclient.server.fault import Fault
from regclient.server.route import parse_route
from regclient.server.wire import Body, Head, Refused, parse_head
from tests.fakes import images
from tests.fakes.asking import Asker, reader_of
from tests.property.examples import share

DIGEST = Digest.of(b"x")

METHODS = st.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"])


PARTS = st.sampled_from(
    ["a", "a/b", "manifests", "blobs", "uploads", "tags", "list", "referrers", "_catalog", "..", "", str(DIGEST), "latest"]
)


QUERIES = st.sampled_from(["n", "last", "digest", "mount", "from", "tag", "artifactType", "digest-algorithm"])


@settings(max_examples=share(60))
@given(
    METHODS,
    st.lists(PARTS | st.text(max_size=8), max_size=6),
    st.lists(st.tuples(QUERIES, st.just(str(DIGEST)) | st.text(max_size=10)), max_size=3),
    st.binary(max_size=40),
    st.dictionaries(st.sampled_from(["Content-Range", "Range", "Accept", "Content-Type"]), st.text(max_size=12), max_size=3),
)
def test_no_request_is_too_strange(
    method: str, parts: list[str], query: list[tuple[str, str]], body: bytes, headers: dict[str, str]
) -> None:
    asker = Asker()
    images.image(asker.store.create("a"), layers=1)
    address = "/".join(parts).replace("?", "") + "".join(
        f"{'&' if at else '?'}{key}={text}" for at, (key, text) in enumerate(query)
    )

    answer = asker.ask(method, address, body, headers)

    assert answer.status < 500
    assert answer.status < 400 or answer.code


def parsed(data: bytes) -> Head | None:
    """Parse a head; refusing it is fine, with a status that says so."""
    try:
        return parse_head(data)
    except Refused as refused:
        if refused.status not in {400, 414, 431, 501, 505}:
            raise
        return None


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: b"GET / HTTP/1.0\r\n" + data))
def test_any_bytes_are_a_head_or_refused(data: bytes) -> None:
    assert parsed(data) is None or data.startswith((b"GET", b"PUT"))


@given(
    st.sampled_from(["GET", "PUT", "PATCH", "X"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=4),
)
def test_anything_shaped_like_a_head_is_a_head_or_refused(method: str, target: str, fields: list[tuple[str, str]]) -> None:
    lines = [f"{method} /{target} HTTP/1.1", "Host: a", *(f"{name}: {value}" for name, value in fields)]
    head = parsed("\r\n".join(lines).encode("utf-8", "replace"))

    assert head is None or (head.method == method and head.path.startswith("/"))


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_any_chunks_end_or_break(pieces: list[bytes]) -> None:
    body = Body(reader_of(*[piece for piece in pieces if piece]), None)
    try:
        body.read()
    except Unreachable:
        assert not body.ended
    else:
        assert body.ended


@given(st.text(alphabet="av2/.:_-%~\\\x00\nABé", max_size=30).map(lambda text: f"/v2/{text}/manifests/x"))
def test_whatever_passes_cannot_leave_a_directory(path: str) -> None:
    with suppress(Fault):
        assert all(re.fullmatch(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", part) for part in parse_route(path).name.split("/"))
