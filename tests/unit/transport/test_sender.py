from __future__ import annotations

import io
import ssl
import threading
from contextlib import nullcontext
from typing import cast

import pytest

from regclient.concurrency import Cancel
from regclient.errors import Cancelled, Denied, NotFound, RedirectRefused, RegistryFault, Unreachable, Unsupported
from regclient.events import Warned
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.kit.secret import Secret
from regclient.transport.messages import Body, Kind, Request
from regclient.transport.options import Timeouts, WireOptions
from regclient.transport.sender import Sender
from tests.fakes.sending import get, get_blob, plain, sending
from tests.fakes.wire import TLS as TEST_TLS
from tests.fakes.wire import Seen, Talk, WireServer, answering, authority, reply, server_context
from tests.tables import table


def hello(seen: Seen) -> bytes:
    return reply(body=b"hello", Content_Type="text/plain")


def test_a_request_is_answered_with_status_headers_address_and_body() -> None:
    with WireServer(answering(hello)) as server, sending(plain(server)) as wire:
        with wire.sender.send(get(server, headers={"Accept": "x/y"})) as response:
            assert (200, ("text/plain",)) == (response.status, response.headers["Content-Type"])
            assert f"http://{server.host}/v2/a/b/manifests/latest" == response.url
            assert b"he" == response.read(2)
            assert b"llo" == response.read()

        headers = server.requests[0].headers
        assert "x/y" == headers["accept"]
        assert "identity" == headers["accept-encoding"]
        assert headers["user-agent"].startswith("regclient/")


def test_the_callers_user_agent_wins() -> None:
    with WireServer(answering(hello)) as server, sending(plain(server)) as wire:
        wire.sender.send(get(server, headers={"user-agent": "mine"})).close()

        assert "mine" == server.requests[0].headers["user-agent"]


def test_a_large_body_is_read_as_it_comes() -> None:
    data = bytes(range(256)) * 10_000
    with WireServer(answering(lambda seen: reply(body=data))) as server, sending(plain(server)) as wire:
        with wire.sender.send(get_blob(server)) as response:
            buffer = bytearray(100_000)
            got = b""
            while count := response.readinto(buffer):
                got += buffer[:count]
            assert data == got
        with wire.sender.send(get_blob(server)) as response:
            assert data == response.read()

        assert 1 == server.connections


def test_a_head_has_no_body_and_holds_nothing() -> None:
    with (
        WireServer(answering(lambda seen: reply(Content_Length="500"))) as server,
        sending(plain(server, req_concurrent=1)) as wire,
    ):
        first = wire.sender.send(Request(server.host, "HEAD", "manifests/x", "a", kind=Kind.HEAD))
        second = wire.sender.send(Request(server.host, "HEAD", "manifests/x", "a", kind=Kind.HEAD))

        assert (b"", b"") == (first.read(), second.read())
        assert ("500",) == first.headers["Content-Length"]


def test_an_upload_arrives() -> None:
    with WireServer(answering(lambda seen: reply(201))) as server, sending(plain(server)) as wire:
        url = f"http://{server.host}/up?_state=a%2Fb"
        body = Body(io.BytesIO(b"x" * 100_000), 100_000)
        request = Request(server.host, "PUT", url=url, query=(("digest", "sha256:1"),), kind=Kind.BLOB, body=body)
        wire.sender.send(request).close()

        assert "/up?_state=a%2Fb&digest=sha256%3A1" == server.requests[0].target
        assert b"x" * 100_000 == server.requests[0].body


FAULTS = [(404, NotFound), (401, Denied), (403, Denied), (400, RegistryFault), (405, RegistryFault), (302, RegistryFault)]


@table(("status", "error"), FAULTS)
def test_other_statuses_are_errors(status: int, error: type[Exception]) -> None:
    with WireServer(answering(lambda seen: reply(status, b"{}"))) as server, sending(plain(server)) as wire:
        with pytest.raises(error):
            wire.sender.send(get(server))

        assert 1 == len(server.requests)
        assert 1 == server.connections


def test_a_status_the_caller_accepts_is_an_answer() -> None:
    with WireServer(answering(lambda seen: reply(416, b"no", Range="0-5"))) as server, sending(plain(server)) as wire:
        response = wire.sender.send(get(server, accept=frozenset({416})))
        assert (416, b"no", ("0-5",)) == (response.status, response.read(), response.headers["Range"])


def test_head_can_be_switched_off_for_a_host() -> None:
    with WireServer(answering(hello)) as server, sending(plain(server, api_opts={"disableHead": "True"})) as wire:
        with pytest.raises(Unsupported, match="HEAD"):
            wire.sender.send(Request(server.host, "HEAD", "manifests/x", "a"))
        wire.sender.send(get(server)).close()

        assert ["GET"] == [seen.method for seen in server.requests]


def test_a_slot_is_free_again_when_the_body_was_read_or_closed() -> None:
    data = b"x" * 200_000
    with WireServer(answering(lambda seen: reply(body=data))) as server, sending(plain(server, req_concurrent=1)) as wire:
        wire.sender.send(get_blob(server)).close()
        response = wire.sender.send(get_blob(server))
        assert data == response.read()
        wire.sender.send(get_blob(server)).close()


def test_requests_are_spaced_by_the_rate_of_the_host() -> None:
    with WireServer(answering(hello)) as server, sending(plain(server, req_per_sec=4.0)) as wire:
        for _ in range(3):
            wire.sender.send(get(server)).close()

        assert [0.25, 0.25] == wire.clock.slept


def test_warnings_of_the_registry_are_heard_once() -> None:
    with WireServer(answering(lambda seen: reply(Warning='299 - "be careful"'))) as server, sending(plain(server)) as wire:
        for _ in range(2):
            wire.sender.send(get(server)).close()

        assert [Warned("be careful")] == wire.events


def test_tls_settings_of_the_host_are_used() -> None:
    context = server_context()
    with WireServer(answering(hello), context=context) as server:
        trusted = HostSettings(server.host, reg_cert=authority())
        loose = HostSettings("loose.test", hostname=server.host, tls=TLS.INSECURE)
        with sending(trusted, loose) as wire:
            wire.sender.send(get(server)).close()
            wire.sender.send(Request("loose.test", "GET")).close()
        options = WireOptions(certificates=lambda host: [authority()] if host.hostname == server.host else [])
        with sending(options=options) as wire:
            wire.sender.send(get(server)).close()


def test_the_client_certificate_is_shown_to_the_registry_alone() -> None:
    context = server_context(ask_client=True)
    context.verify_mode = ssl.CERT_OPTIONAL
    known: list[bool] = []

    def script(talk: Talk) -> None:
        known.append(bool(cast("ssl.SSLSocket", talk.sock).getpeercert()))
        answering(hello)(talk)

    with WireServer(script, context=context) as server, WireServer(script, context=context) as other:
        key = Secret((TEST_TLS / "client.key").read_text())
        settings = HostSettings(
            server.host, reg_cert=authority(), client_cert=(TEST_TLS / "client.crt").read_text(), client_key=key
        )
        with sending(settings) as wire:
            wire.sender.send(get(server)).close()
            wire.sender.send(Request(server.host, "PUT", url=f"https://{other.host}/up")).close()

    assert [True, False] == known


def test_nothing_is_sent_after_a_cancel() -> None:
    cancel = Cancel()
    cancel.cancel()
    with WireServer(answering(hello)) as server:
        sender = Sender(HostBook([plain(server)]), cancel=cancel)
        with pytest.raises(Cancelled):
            sender.send(get(server))
        sender.close()

        assert [] == server.requests


def test_a_cancel_ends_a_download() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(reply(body=b"x", Content_Length="100000"))
        waiting.set()
        done.wait(30)

    waiting, done, cancel = threading.Event(), threading.Event(), Cancel()
    with WireServer(script) as server:
        sender = Sender(HostBook([plain(server)]), cancel=cancel)
        response = sender.send(get_blob(server))
        canceller = threading.Thread(target=cancel.cancel)
        canceller.start()
        with pytest.raises(Cancelled):
            response.read()
        canceller.join()
        done.set()
        sender.close()


def test_a_cancel_ends_the_wait_before_another_attempt() -> None:
    answered, cancel = threading.Event(), Cancel()

    def handler(seen: Seen) -> bytes:
        answered.set()
        return reply(503, Retry_After="100")

    def cancel_after() -> None:
        answered.wait(30)
        cancel.cancel()

    with WireServer(answering(handler)) as server:
        sender = Sender(HostBook([plain(server)]), cancel=cancel)
        canceller = threading.Thread(target=cancel_after)
        canceller.start()
        with pytest.raises(Cancelled):
            sender.send(get(server))
        canceller.join()
        sender.close()


def test_a_redirect_to_where_we_do_not_go_is_refused_at_once() -> None:
    script = answering(lambda seen: reply(307, Location="gopher://x/"))
    with WireServer(script) as server, sending(plain(server)) as wire:
        with pytest.raises(RedirectRefused):
            wire.sender.send(get(server))

        assert 1 == len(server.requests)


def test_a_request_has_a_time_limit_when_one_is_set() -> None:
    def script(talk: Talk) -> None:
        done.wait(30)

    done = threading.Event()
    options = WireOptions(timeouts=Timeouts(total=0.02))
    with WireServer(script) as server, sending(plain(server), options=options) as wire:
        with pytest.raises(Exception, match=r"within 0.02 seconds|timed out"):
            wire.sender.send(get(server))
        done.set()


SECRETS = ("hunter2", "t0ken", "aHVudGVyMg", "bWU6aHVudGVyMg", "s1gned")


def test_secrets_are_nowhere_but_on_the_wire() -> None:
    def handler(seen: Seen) -> bytes:
        if seen.target.startswith("/token"):
            return reply(body=b'{"token": "t0ken", "refresh_token": "t0ken"}')
        if "authorization" not in seen.headers:
            return reply(
                401, WWW_Authenticate=f'Bearer realm="http://{seen.headers["host"]}/token",scope="repository:a/b:pull"'
            )
        return reply(302, Location="/blob?sig=s1gned") if "blob" not in seen.target else reply(500, b"s0 sorry")

    with WireServer(answering(handler)) as server:
        settings = plain(server, user="me", password=Secret("hunter2"))
        with sending(settings) as wire:
            with pytest.raises(RegistryFault) as caught:
                wire.sender.send(get(server))
            said = repr(wire.records) + repr(wire.events) + repr(caught.value) + str(caught.value) + repr(settings)

        assert 500 == caught.value.status
        assert "Bearer ***" in said
        assert [] == [secret for secret in SECRETS if secret in said]
        assert any("t0ken" in seen.headers.get("authorization", "") for seen in server.requests)


def test_every_exchange_is_recorded() -> None:
    with WireServer(answering(hello)) as server, sending(plain(server)) as wire:
        wire.sender.send(get(server, query=(("n", "1"),))).close()

        record = wire.records[0]
        assert ("GET", f"http://{server.host}/v2/a/b/manifests/latest", 200) == (record.method, record.url, record.status)
        assert server.host == record.host
        assert ("identity",) == record.request_headers["Accept-Encoding"]
        assert ("text/plain",) == record.response_headers["Content-Type"]


def test_an_answer_that_takes_the_place_of_another_has_its_slot() -> None:
    data = bytes(200_000)
    with WireServer(answering(lambda seen: reply(body=data))) as server, sending(plain(server, req_concurrent=1)) as wire:
        first = wire.sender.send(get_blob(server))
        assert data[:1000] == first.read(1000)
        with wire.sender.send(get_blob(server, after=first)) as second:
            assert data == second.read()

        first.close()
        wire.sender.send(get_blob(server)).close()


def test_an_answer_keeps_its_slot_when_nothing_takes_its_place() -> None:
    def handler(seen: Seen) -> bytes:
        return reply(404) if "range" in seen.headers else reply(body=bytes(200_000))

    with WireServer(answering(handler)) as server, sending(plain(server, req_concurrent=1)) as wire:
        with wire.sender.send(get_blob(server)) as first:
            with pytest.raises(NotFound):
                wire.sender.send(get_blob(server, after=first, headers={"Range": "bytes=0-1"}))
            with pytest.raises(Unreachable):
                wire.sender.send(Request(server.host, "GET", "blobs/x", "a/b", kind=Kind.PART))

        wire.sender.send(get_blob(server)).close()


@table(("size", "cut"), [(10, False), (200_000, False), (200_000, True)])
def test_an_answer_in_the_place_of_another_keeps_the_slot_to_its_end_and_when_it_is_cut(size: int, *, cut: bool) -> None:
    def script(talk: Talk) -> None:
        while (seen := talk.request()) is not None:
            if "range" not in seen.headers:
                talk.send(reply(body=bytes(200_000)))
            elif cut:
                talk.send(reply(206, bytes(10), Content_Length=str(size)))
                return
            else:
                talk.send(reply(206, bytes(size)))

    with WireServer(script) as server, sending(plain(server, req_concurrent=1)) as wire:
        part = get_blob(server, headers={"Range": f"bytes=0-{size - 1}"}, after=wire.sender.send(get_blob(server)))
        with wire.sender.send(part) as second:
            with pytest.raises(Unreachable) if cut else nullcontext():
                assert size == len(second.read())
            with pytest.raises(Unreachable):
                wire.sender.send(Request(server.host, "GET", "blobs/x", "a/b", kind=Kind.PART))
            with wire.sender.send(get_blob(server, after=second)) as third:
                assert 200_000 == len(third.read())

        wire.sender.send(get_blob(server)).close()


def test_a_part_of_a_blob_is_asked_for_when_a_slot_is_free_at_once() -> None:
    with (
        WireServer(answering(lambda seen: reply(206, bytes(100_000)))) as server,
        sending(plain(server, req_concurrent=2)) as wire,
    ):
        part = Request(server.host, "GET", "blobs/x", "a/b", headers={"Range": "bytes=0-99999"}, kind=Kind.PART)
        with wire.sender.send(get_blob(server)):
            with wire.sender.send(part) as response:
                with pytest.raises(Unreachable):
                    wire.sender.send(part)
                assert 100_000 == len(response.read())
            wire.sender.send(part).close()
