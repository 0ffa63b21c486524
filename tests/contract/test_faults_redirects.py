"""A registry that sends us elsewhere: we go where it is safe, never for ever, and never with what is for the registry alone."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.errors import DigestMismatch, RedirectRefused, Unreachable
from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from tests.fakes.bench import SIZE, TENTHS, Bench, bench_of, is_whole, single
from tests.fakes.certificates import CERTIFICATE, server_context
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry
from tests.fakes.wire import nobody

LOGIN = {name: HostSettings(name, user="user", password=Secret("secret")) for name in ("src", "dst")}
SECURE = {"src": HostSettings("src", user="user", password=Secret("secret"), reg_cert=CERTIFICATE)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, names=("src", "dst", "other"), settings=LOGIN) as made:
        for name in ("src", "other"):
            single(made.registries[name].repository("app"))
        yield made


def send_away(bench: Bench, name: str, method: str, path: str, to: str, times: int | None = None) -> FaultRule:
    return bench.registries[name].fault(FaultRule(method, path, times=times, redirect=f"http://{bench.hosts[to]}"))


def headers_seen(registry: FakeRegistry) -> set[str]:
    return {name for request in registry.requests for name in request.headers}


@pytest.mark.parametrize("path", ["manifests/", "blobs/sha256"])
def test_a_redirect_to_itself_ends_after_ten(bench: Bench, path: str) -> None:
    send_away(bench, "src", "GET", path, "src")
    error = bench.failure(bench.layout)

    assert isinstance(error, RedirectRefused)
    assert bench.hosts["src"] in str(error)
    assert "more than 10 redirects" in str(error)
    assert bench.requests <= 12


def test_two_registries_that_send_us_back_and_forth_are_left_after_ten(bench: Bench) -> None:
    send_away(bench, "src", "GET", "blobs/sha256", "other")
    send_away(bench, "other", "GET", "blobs/sha256", "src")
    error = bench.failure(bench.layout)

    assert isinstance(error, RedirectRefused)
    assert bench.requests <= 12


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_a_layer_elsewhere_is_fetched_without_the_login(bench: Bench, scheme: str) -> None:
    bench.src.require(scheme)
    rule = send_away(bench, "src", "GET", "blobs/sha256", "other")
    bench.copy(bench.layout)

    assert 2 <= rule.struck <= 3
    assert is_whole(bench.in_layout(), "latest")
    assert 2 == len(bench.registries["other"].ledger)
    assert "Authorization" in headers_seen(bench.src)
    assert "Authorization" not in headers_seen(bench.registries["other"])


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_a_place_elsewhere_that_asks_for_a_login_gets_none(bench: Bench, scheme: str) -> None:
    bench.src.require(scheme)
    elsewhere = bench.registries["other"].require(scheme)
    send_away(bench, "src", "GET", "blobs/sha256", "other")
    error = bench.failure(bench.layout)

    assert bench.hosts["src"] in str(error)
    assert all("Basic" not in value for r in bench.registries["other"].requests for value in r.headers.get("Authorization", ()))
    assert len(elsewhere.asked) <= 2
    assert bench.requests <= 12


@pytest.mark.parametrize("cut", TENTHS)
def test_a_layer_cut_elsewhere_goes_on_there(bench: Bench, cut: int) -> None:
    send_away(bench, "src", "GET", "blobs/sha256", "other")
    rule = bench.registries["other"].fault(FaultRule("GET", "blobs/sha256", cut_answer=cut))
    bench.copy(bench.layout)

    assert 1 == rule.struck
    assert is_whole(bench.in_layout(), "latest")
    assert bench.requests <= 8


def test_a_layer_elsewhere_that_is_another_is_refused(bench: Bench) -> None:
    send_away(bench, "src", "GET", "blobs/sha256", "other")
    bench.registries["other"].fault(FaultRule("GET", "blobs/sha256", times=None, corrupt=True))

    assert isinstance(bench.failure(bench.layout), DigestMismatch)


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_an_upload_sent_elsewhere_takes_its_bytes_along_and_not_its_login(bench: Bench, scheme: str) -> None:
    other = bench.registries["other"]
    other.handler = bench.dst.handler
    bench.dst.require(scheme)
    send_away(bench, "dst", "PUT", "digest=", "other")
    bench.copy()

    assert is_whole(bench.dst.repository("app"), "latest")
    assert ["PUT", "PUT"] == [method for method, _ in other.ledger]
    assert "Authorization" in headers_seen(bench.dst)
    assert "Authorization" not in headers_seen(other)


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    return server_context(tmp_path)


@pytest.mark.parametrize("path", ["manifests/", "blobs/sha256"])
def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path, tls: ssl.SSLContext, path: str) -> None:
    open_registry = FakeRegistry()
    single(open_registry.repository("app"))
    with open_registry.serve() as elsewhere, bench_of(tmp_path, names=("src",), tls=tls, settings=SECURE) as bench:
        single(bench.src.repository("app"))
        bench.src.require("basic")
        bench.src.fault(FaultRule("GET", path, times=None, redirect=f"http://{elsewhere}"))
        error = bench.failure(bench.layout)

        assert isinstance(error, RedirectRefused)
        assert "from https to http" in str(error)
        assert bench.hosts["src"] in str(error)
        assert [] == open_registry.ledger
        assert bench.requests <= 6


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_nobody_is_an_error_and_is_not_asked_for_ever(bench: Bench, scheme: str) -> None:
    with nobody() as port:
        bench.src.fault(FaultRule("GET", "blobs/sha256", times=None, redirect=f"{scheme}://127.0.0.1:{port}"))
        error = bench.failure(bench.layout)

    assert isinstance(error, Unreachable)
    assert bench.hosts["src"] in str(error)
    assert bench.requests <= 8


@pytest.mark.parametrize(
    "location", ["ftp://example.com/x", "http://", "http://[::1", "http://user:pw@127.0.0.1/", "\x7f//", ""]
)
def test_a_redirect_to_no_address_is_an_error(bench: Bench, location: str) -> None:
    bench.src.fault(FaultRule("GET", "blobs/sha256", times=None, status=307, headers={"Location": location}))
    error = bench.failure(bench.layout)

    assert bench.hosts["src"] in str(error)
    assert "pw" not in str(error)
    assert bench.requests <= 8


def test_a_signed_address_is_followed_to_the_letter(bench: Bench) -> None:
    layer = bench.src.repository("app").get_manifest("latest").layers[0]  # type: ignore[attr-defined]
    query = "?sig=a%2Fb%2bc+d%20e&x=%7e~"
    path = f"/v2/app/blobs/{layer.digest}"
    address = f"http://{bench.hosts['other']}{path}{query}"
    bench.src.fault(FaultRule("GET", path, times=None, status=302, headers={"Location": address}))
    bench.copy(bench.layout)

    assert [("sig", "a/b+c d e"), ("x", "~~")] == list(bench.registries["other"].requests[-1].query)
    assert SIZE == layer.size
