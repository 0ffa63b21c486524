"""Logins that fail while we work: a token service that is down, slow or wrong, tokens that end in the middle of an upload."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.errors import Denied, RegistryFault, Unreachable
from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.fakes import images
from tests.fakes.bench import SIZE, Bench, bench_of, is_whole, single
from tests.fakes.faults import FaultRule
from tests.fakes.tokens import Door

CHUNK = 20_000
PARTS = SIZE // CHUNK
LOGIN = HostSettings("dst", user="user", password=Secret("secret"))
IN_PARTS = HostSettings("dst", user="user", password=Secret("secret"), blob_chunk=CHUNK, blob_max=1000)
TOKEN = "^/token"
LONG = 400.0
"""Longer than a token lives, shorter than an upload session."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, names=("dst",), settings={"dst": LOGIN}) as made:
        single(made.client.repository(made.layout))
        made.dst.require("bearer")
        yield made


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, names=("dst",), settings={"dst": IN_PARTS}) as made:
        single(made.client.repository(made.layout))
        made.dst.require("bearer")
        yield made


def push(bench: Bench) -> None:
    bench.copy(source=bench.layout)


def fails(bench: Bench) -> Exception:
    return bench.failure(source=bench.layout)


def door(bench: Bench) -> Door:
    assert bench.dst.door is not None
    return bench.dst.door


def arrived(bench: Bench) -> bool:
    return is_whole(bench.dst.repository("app"), "latest")


def count(bench: Bench, method: str, part: str = "") -> int:
    return sum(1 for seen, address in bench.dst.ledger if seen == method and part in address)


# The service


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_token_service_that_is_down_for_a_while_is_waited_for(bench: Bench, status: int) -> None:
    rule = bench.dst.fault(FaultRule(path=TOKEN, times=3, status=status))
    push(bench)

    assert 3 == rule.struck
    assert arrived(bench)


@pytest.mark.parametrize("status", [500, 503])
def test_a_token_service_that_stays_down_is_an_error_that_says_so(bench: Bench, status: int) -> None:
    rule = bench.dst.fault(FaultRule(path=TOKEN, times=None, status=status))
    error = fails(bench)

    assert isinstance(error, RegistryFault)
    assert f"{bench.hosts['dst']} answered {status} to the request for a token" in str(error)
    assert rule.struck <= 14


def test_a_token_service_that_hangs_up_is_an_error_that_says_so(bench: Bench) -> None:
    rule = bench.dst.fault(FaultRule(path=TOKEN, times=None, hang_up=True))
    error = fails(bench)

    assert isinstance(error, Unreachable)
    assert f"cannot reach {bench.hosts['dst']}: its token service:" in str(error)
    assert rule.struck <= 14


def test_a_token_service_that_hangs_up_once_does_not_matter(bench: Bench) -> None:
    bench.dst.fault(FaultRule(path=TOKEN, hang_up=True))
    push(bench)

    assert arrived(bench)


def test_a_token_service_that_never_answers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    wire = WireOptions(timeouts=Timeouts(answer=0.25), retries=Retries(limit=1))
    wait = threading.Event()
    with bench_of(tmp_path, names=("dst",), settings={"dst": LOGIN}, wire=wire) as bench:
        single(bench.client.repository(bench.layout))
        bench.dst.require("bearer")
        rule = bench.dst.fault(FaultRule(path=TOKEN, times=None, wait=wait))
        try:
            error = fails(bench)
        finally:
            wait.set()

        assert isinstance(error, Unreachable)
        assert "its token service" in str(error)
        assert rule.struck <= 2


GARBAGE = [
    b"",
    b"<html>",
    b"[]",
    b"null",
    b"{}",
    b'{"token":""}',
    b'{"token":5}',
    b'{"token":["x"]}',
    b"[" * 100_000,
    b"\xff\xfe",
    b"x" * 2_000_000,
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_an_answer_without_a_token_is_an_error(bench: Bench, body: bytes) -> None:
    bench.dst.fault(FaultRule(path=TOKEN, times=None, status=200, body=body))
    error = fails(bench)

    assert isinstance(error, RegistryFault | Unreachable)
    assert bench.hosts["dst"] in str(error)
    assert bench.requests <= 14


ODD = [
    b'{"token":"%s","expires_in":%s}' % (b"t", value)
    for value in (b"1e999", b"-5", b"NaN", b"true", b"1" + b"0" * 400, b'"soon"', b"[]", b"null")
] + [
    b'{"token":"t","issued_at":%s}' % value
    for value in (b'"0001-01-01T00:00:00+23:59"', b"5", b'"x"', b'"9999-12-31T23:59:59Z"')
]


@pytest.mark.parametrize("body", [*ODD, b'{"token":"a\\r\\nX-Evil: 1"}', b'{"token":"\\u2603"}'], ids=range(len(ODD) + 2))
def test_a_token_with_odd_facts_ends_in_a_refusal_at_most(bench: Bench, body: bytes) -> None:
    bench.dst.fault(FaultRule(path=TOKEN, times=None, status=200, body=body))
    fails(bench)

    assert bench.requests <= 20
    assert all("X-Evil" not in request.headers for request in bench.dst.requests)


# Refusals


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_a_wrong_password_is_told_with_the_host_and_not_tried_for_ever(tmp_path: Path, scheme: str) -> None:
    wrong = {"dst": HostSettings("dst", user="user", password=Secret("wrong"))}
    with bench_of(tmp_path, names=("dst",), settings=wrong) as bench:
        single(bench.client.repository(bench.layout))
        bench.dst.require(scheme)
        error = fails(bench)

        assert isinstance(error, Denied)
        assert bench.hosts["dst"] in str(error)
        assert "wrong" not in str(error)
        assert bench.requests <= 6


def test_a_registry_that_is_never_content_with_a_token_is_left(bench: Bench) -> None:
    host = bench.hosts["dst"]
    challenge = {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="s",scope="repository:app:pull,push"'}
    bench.dst.fault(FaultRule(path="^/v2/", times=None, status=401, headers=challenge))
    error = fails(bench)

    assert isinstance(error, Denied)
    assert host in str(error)
    assert bench.requests <= 20


def test_a_registry_that_asks_for_more_scopes_each_time_is_left(bench: Bench) -> None:
    host, asked = bench.hosts["dst"], iter(range(10_000))

    def grow(answer: object) -> None:
        answer.status = 401  # type: ignore[attr-defined]
        scope = f"repository:app{next(asked)}:pull"
        value = f'Bearer realm="http://{host}/token",service="s",scope="{scope}"'
        answer.headers.append(("WWW-Authenticate", value))  # type: ignore[attr-defined]

    bench.dst.fault(FaultRule(path="^/v2/", times=None, edit=grow, drop=("WWW-Authenticate",)))
    bench.dst.fault(FaultRule(path="^/v2/", times=None, edit=grow))
    error = fails(bench)

    assert isinstance(error, Denied)
    assert bench.requests <= 20


# The end of a token


@pytest.mark.parametrize("after", range(1, PARTS + 1))
def test_a_token_that_expires_after_any_part_is_renewed_and_the_blob_goes_on(parts: Bench, after: int) -> None:
    parts.dst.fault(FaultRule("PATCH", first=after, edit=lambda _: parts.clock.advance(LONG)))
    push(parts)

    assert arrived(parts)
    assert PARTS == count(parts, "PATCH")
    assert 2 == count(parts, "POST", "mount=")
    assert [] == [record for record in parts.records[3:] if record.status == 401]


@pytest.mark.parametrize("after", range(1, PARTS + 1))
def test_a_token_that_is_revoked_after_any_part_is_renewed_and_the_blob_goes_on(parts: Bench, after: int) -> None:
    parts.dst.fault(FaultRule("PATCH", first=after, edit=lambda _: door(parts).forget()))
    push(parts)

    assert arrived(parts)
    assert count(parts, "PATCH") <= PARTS + 1
    assert 2 == count(parts, "POST", "mount=")


@pytest.mark.parametrize("what", ["expires", "is revoked"])
def test_a_token_that_ends_before_the_bytes_are_sent_costs_one_request_at_most(bench: Bench, what: str) -> None:
    def end(answer: object) -> None:
        if what == "expires":
            bench.clock.advance(LONG)
        else:
            door(bench).forget()

    bench.dst.fault(FaultRule("POST", "mount=", times=2, edit=end))
    push(bench)

    assert arrived(bench)
    assert 2 == count(bench, "POST", "mount=")
    assert count(bench, "PUT", "digest=") <= 4


@pytest.mark.parametrize("what", ["expires", "is revoked"])
def test_a_token_that_ends_while_a_layer_is_cut_is_renewed_and_the_layer_goes_on(tmp_path: Path, what: str) -> None:
    with bench_of(tmp_path, names=("dst",), settings={"dst": LOGIN}) as bench:
        layer = single(bench.dst.repository("app")).layers[0]
        bench.dst.require("bearer")

        def end(_: object) -> None:
            if what == "expires":
                bench.clock.advance(LONG)
            else:
                door(bench).forget()

        bench.dst.fault(FaultRule("GET", str(layer.digest), edit=end, cut_answer=SIZE // 2))
        bench.client.copy(bench.target, bench.layout)

        assert is_whole(bench.in_layout(), "latest")
        assert 2 == len(door(bench).asked)
        assert [f"bytes={SIZE // 2}-{SIZE - 1}"] == sorted({v for r in bench.dst.requests for v in r.headers.get("Range", ())})


def test_tokens_that_live_shorter_than_they_say_are_renewed_as_often_as_needed(parts: Bench) -> None:
    parts.dst.fault(FaultRule(path="^/v2/", times=None, edit=lambda _: door(parts).forget()))
    push(parts)

    assert arrived(parts)
    assert parts.requests <= 60


def test_readers_at_once_share_one_token(tmp_path: Path) -> None:
    with bench_of(tmp_path, names=("dst",), settings={"dst": LOGIN}, workers=4) as bench:
        images.index(bench.dst.repository("app"), layers=6)
        bench.dst.require("bearer")
        bench.client.copy(bench.target, bench.layout)

        assert is_whole(bench.in_layout(), "latest")
        assert 1 == len(door(bench).asked)


def test_an_anonymous_reader_needs_no_login(tmp_path: Path) -> None:
    with bench_of(tmp_path, names=("dst",)) as bench:
        single(bench.dst.repository("app"))
        bench.dst.require("bearer").anonymous = True
        bench.client.copy(bench.target, bench.layout)

        assert is_whole(bench.in_layout(), "latest")


def test_a_login_that_went_stale_does_not_keep_anyone_from_public_content(tmp_path: Path) -> None:
    stale = {"dst": HostSettings("dst", user="user", password=Secret("stale"))}
    with bench_of(tmp_path, names=("dst",), settings=stale) as bench:
        single(bench.dst.repository("app"))
        bench.dst.require("bearer").anonymous = True
        bench.client.copy(bench.target, bench.layout)

        assert is_whole(bench.in_layout(), "latest")
