"""Each setting of a host does something: the wire with it and the wire without it."""

from __future__ import annotations

import threading

import pytest

from regclient.errors import Unreachable, Unsupported
from regclient.hosts import TLS, HostBook, HostSettings, merge
from regclient.kit.secret import Secret
from regclient.transport.messages import Kind, Request
from tests.claims import claims
from tests.fakes.sending import get, get_blob, plain, sending
from tests.fakes.wire import TLS as FIXTURES
from tests.fakes.wire import Seen, Talk, WireServer, answering, authority, reply, server_context

CERTIFICATE, KEY = (FIXTURES / "client.crt").read_text(), Secret((FIXTURES / "client.key").read_text())


def hello(seen: Seen) -> bytes:
    return reply(body=b"hello")


def answer_of(server: WireServer, settings: HostSettings) -> str:
    """Ask for a manifest with these settings; return its text, or the name of the error."""
    with sending(settings) as wire:
        try:
            return wire.sender.send(get(server)).read().decode()
        except Unreachable as error:
            return "not trusted" if "not trusted" in str(error) else "unreachable"


@claims("HostSettings.tls")
def test_tls_decides_how_a_host_is_spoken_to() -> None:
    with WireServer(answering(hello)) as server:
        assert "hello" == answer_of(server, HostSettings(server.host, tls=TLS.DISABLED))
    with WireServer(answering(hello), context=server_context()) as server:
        assert "hello" == answer_of(server, HostSettings(server.host, tls=TLS.INSECURE))
        assert "not trusted" == answer_of(server, HostSettings(server.host, tls=TLS.ENABLED))
        assert "not trusted" == answer_of(server, HostSettings(server.host))


@claims("HostSettings.reg_cert")
def test_reg_cert_is_trusted_in_addition() -> None:
    with WireServer(answering(hello), context=server_context()) as server:
        assert "hello" == answer_of(server, HostSettings(server.host, reg_cert=authority()))
        assert "not trusted" == answer_of(server, HostSettings(server.host))


@claims("HostSettings.client_cert", "HostSettings.client_key")
def test_client_cert_and_key_are_shown_together() -> None:
    with WireServer(answering(hello), context=server_context(ask_client=True)) as server:
        known = HostSettings(server.host, reg_cert=authority(), client_cert=CERTIFICATE, client_key=KEY)
        assert "hello" == answer_of(server, known)
        assert "unreachable" == answer_of(server, HostSettings(server.host, reg_cert=authority(), client_cert=CERTIFICATE))
        assert "unreachable" == answer_of(server, HostSettings(server.host, reg_cert=authority(), client_key=KEY))


@claims("HostSettings.name", "HostSettings.hostname")
def test_hostname_is_where_the_name_leads() -> None:
    elsewhere = "x" * 64 + ".example"  # what no name server needs to be asked about
    with WireServer(answering(hello)) as server:
        moved = HostSettings(elsewhere, tls=TLS.DISABLED, hostname=server.host)
        with sending(moved) as wire:
            assert b"hello" == wire.sender.send(Request(elsewhere, "GET")).read()
        with sending(HostSettings("other.example", tls=TLS.DISABLED, hostname=server.host)) as wire, pytest.raises(Unreachable):
            wire.sender.send(Request(elsewhere, "GET"))


@claims("HostSettings.path_prefix")
def test_path_prefix_goes_before_the_repository() -> None:
    with WireServer(answering(hello)) as server:
        for prefix in ("", "proxy/hub"):
            answer_of(server, plain(server, path_prefix=prefix))

        assert ["/v2/a/b/manifests/latest", "/v2/proxy/hub/a/b/manifests/latest"] == [seen.target for seen in server.requests]


def asked_first(first: HostSettings, second: HostSettings, upstream: HostSettings) -> None:
    """Ask for something that a mirror may answer."""
    with sending(upstream, first, second) as wire:
        wire.sender.send(Request(upstream.name, "GET", "tags/list", "a", mirrors=True)).close()


@claims("HostSettings.mirrors", "HostSettings.priority")
def test_mirrors_are_asked_by_priority() -> None:
    with (
        WireServer(answering(hello)) as one,
        WireServer(answering(hello)) as two,
        WireServer(answering(hello)) as upstream,
    ):
        both = ("one.test", "two.test")
        asked_first(plain(one, "one.test"), plain(two, "two.test"), plain(upstream))
        assert (0, 0, 1) == (len(one.requests), len(two.requests), len(upstream.requests))
        asked_first(plain(one, "one.test"), plain(two, "two.test"), plain(upstream, mirrors=both))
        assert (1, 0, 1) == (len(one.requests), len(two.requests), len(upstream.requests))
        asked_first(plain(one, "one.test", priority=1), plain(two, "two.test"), plain(upstream, mirrors=both))
        assert (1, 1, 1) == (len(one.requests), len(two.requests), len(upstream.requests))


@claims("HostSettings.repo_auth")
def test_repo_auth_keeps_logins_apart() -> None:
    def handler(seen: Seen) -> bytes:
        known = seen.headers.get("authorization") == "Basic bWU6aHVudGVyMg=="
        return hello(seen) if known else reply(401, WWW_Authenticate='Basic realm="x"')

    for apart, challenges in ((False, 1), (True, 2)):
        with WireServer(answering(handler)) as server:
            with sending(plain(server, user="me", password=Secret("hunter2"), repo_auth=apart)) as wire:
                for repository in ("a", "b"):
                    wire.sender.send(Request(server.host, "GET", "tags/list", repository)).close()

            assert challenges == sum("authorization" not in seen.headers for seen in server.requests)


@claims("HostSettings.api_opts")
def test_api_opts_can_switch_head_off() -> None:
    with WireServer(answering(hello)) as server:
        head = Request(server.host, "HEAD", "manifests/x", "a", kind=Kind.HEAD)
        with sending(plain(server)) as wire:
            wire.sender.send(head).close()
        with sending(plain(server, api_opts={"disableHead": "true"})) as wire, pytest.raises(Unsupported):
            wire.sender.send(head)

        assert 1 == len(server.requests)


@claims("HostSettings.req_per_sec")
def test_req_per_sec_spaces_requests() -> None:
    with WireServer(answering(hello)) as server:
        for rate, slept in ((0.0, []), (2.0, [0.5])):
            with sending(plain(server, req_per_sec=rate)) as wire:
                for _ in range(2):
                    wire.sender.send(get(server)).close()
                assert slept == wire.clock.slept


@claims("HostSettings.req_concurrent")
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_req_concurrent_is_how_many_are_asked_at_once(limit: int) -> None:
    lock, here, most, full = threading.Lock(), 0, 0, threading.Event()

    def script(talk: Talk) -> None:
        nonlocal here, most
        while talk.request() is not None:
            with lock:
                here += 1
                most = max(most, here)
                if here >= limit:
                    full.set()
            # Whoever comes before the rest waits for it, so that all who may be here are here at once.
            full.wait(30)
            with lock:
                here -= 1
            talk.send(reply(body=b"hello"))

    with WireServer(script) as server, sending(plain(server, req_concurrent=limit)) as wire:
        threads = [threading.Thread(target=lambda: wire.sender.send(get(server)).close()) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert limit == most


@claims("HostSettings.proxy")
def test_proxy_is_asked_in_place_of_the_host() -> None:
    with WireServer(answering(hello)) as server, WireServer(answering(hello)) as proxy:
        answer_of(server, plain(server))
        answer_of(server, plain(server, proxy=f"http://{proxy.host}"))

        assert ["/v2/a/b/manifests/latest"] == [seen.target for seen in server.requests]
        assert [f"http://{server.host}/v2/a/b/manifests/latest"] == [seen.target for seen in proxy.requests]


@claims("HostSettings.api", "HostSettings.scheme")
def test_settings_of_old_files_are_kept_and_change_nothing() -> None:
    old = HostSettings("r.example", api="docker", scheme="http")

    merged, _ = merge(HostSettings("r.example"), old)

    assert ("docker", "http") == (merged.api, merged.scheme)
    assert ("", "") == (HostBook().resolve("r.example").api, HostBook().resolve("r.example").scheme)
    with WireServer(answering(hello), context=server_context()) as server:
        assert "not trusted" == answer_of(server, HostSettings(server.host, scheme="http", api="docker"))


def test_a_manifest_does_not_wait_for_a_blob_where_two_requests_are_allowed() -> None:
    body = b"x" * 500_000
    with (
        WireServer(answering(lambda seen: reply(body=body))) as server,
        sending(plain(server, req_concurrent=2)) as wire,
        wire.sender.send(get_blob(server)) as blob,
    ):
        assert body == wire.sender.send(get(server)).read()
        assert body == blob.read()
