from __future__ import annotations

import base64
import io
import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from regclient.errors import Denied, RegistryFault, Unreachable
from regclient.events import Warned
from regclient.hosts import Credential, HostBook
from regclient.kit.secret import Secret
from regclient.transport.messages import Body, Kind, Request
from regclient.transport.options import WireOptions
from regclient.transport.sender import Sender
from tests.fakes.sending import get, plain, sending
from tests.fakes.wire import Seen, WireServer, answering, reply


class Guarded:
    """A registry and its token service on one port: tokens are numbered, and every request needs the newest."""

    def __init__(self, login: str = "", *, public: bool = True) -> None:
        self.login = "Basic " + base64.b64encode(login.encode()).decode() if login else ""
        self.public = public
        self.valid: set[str] = set()
        self.asked: list[Seen] = []
        self.life = 300
        self.before: list[bytes] = []
        self.lock = threading.Lock()

    def handler(self, seen: Seen) -> bytes:
        with self.lock:
            if seen.target.startswith("/token"):
                return self.token(seen)
            if seen.headers.get("authorization", "").removeprefix("Bearer ") in self.valid:
                return self.before.pop(0) if self.before else reply(body=b"hello")
            host = seen.headers["host"]
            return reply(401, WWW_Authenticate=f'Bearer realm="http://{host}/token",service="s",scope="repository:a/b:pull"')

    def token(self, seen: Seen) -> bytes:
        self.asked.append(seen)
        given = seen.headers.get("authorization", "")
        if given not in {"", self.login} or (not given and not self.public):
            return reply(401)
        token = f"t{len(self.asked)}"
        self.valid.add(token)
        return reply(body=json.dumps({"token": token, "expires_in": self.life}).encode())

    def scopes(self, number: int) -> list[str]:
        return parse_qs(urlsplit(self.asked[number].target).query)["scope"]


def test_an_anonymous_token_is_had_on_demand_and_used_again() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server, sending(plain(server)) as wire:
        for _ in range(3):
            assert b"hello" == wire.sender.send(get(server)).read()

        assert 1 == len(guard.asked)
        assert ["repository:a/b:pull"] == guard.scopes(0)
        assert "authorization" not in server.requests[0].headers, "the first request never carries a login"
        assert 5 == len(server.requests)


def test_user_and_password_are_shown_to_the_token_service_only() -> None:
    guard = Guarded("me:hunter2", public=False)
    with WireServer(answering(guard.handler)) as server:
        with sending(plain(server, user="me", password=Secret("hunter2"))) as wire:
            assert b"hello" == wire.sender.send(get(server)).read()

        logins = [seen.target.partition("?")[0] for seen in server.requests if seen.headers.get("authorization") == guard.login]
        assert ["/token"] == logins


def test_credentials_are_asked_for_when_a_challenge_comes() -> None:
    guard = Guarded("me:hunter2", public=False)
    asked: list[str] = []

    def source(settings: object) -> Credential:
        asked.append(str(getattr(settings, "name", "")))
        return Credential("me", Secret("hunter2"))

    with WireServer(answering(guard.handler)) as server:
        sender = Sender(HostBook([plain(server)]), credentials=source)
        assert b"hello" == sender.send(get(server)).read()
        sender.close()

        assert [server.host] == asked


def test_a_wrong_password_is_denied_in_few_requests() -> None:
    guard = Guarded("me:hunter2", public=False)
    with WireServer(answering(guard.handler)) as server:
        with sending(plain(server, user="me", password=Secret("wrong"))) as wire, pytest.raises(Denied):
            wire.sender.send(get(server))

        assert 3 >= len(server.requests)


def test_a_stale_login_does_not_keep_from_public_content() -> None:
    guard = Guarded("me:hunter2")
    with WireServer(answering(guard.handler)) as server, sending(plain(server, user="me", password=Secret("old"))) as wire:
        for _ in range(2):
            assert b"hello" == wire.sender.send(get(server)).read()

        assert [Warned(f"the login for {server.host} was refused (401), continuing without it")] == wire.events
        with pytest.raises(Denied):
            wire.sender.send(Request(server.host, "PUT", "manifests/x", "a/b", body=b"{}"))
        with pytest.raises(Denied):
            wire.sender.send(Request(server.host, "GET"))


def test_a_token_that_was_revoked_is_renewed_once() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server, sending(plain(server)) as wire:
        wire.sender.send(get(server)).close()
        guard.valid.clear()

        assert b"hello" == wire.sender.send(get(server)).read()
        assert 2 == len(guard.asked)


def test_a_registry_that_never_has_enough_is_denied_in_the_end() -> None:
    guard = Guarded()
    with WireServer(answering(lambda seen: guard.handler(seen) if "token" in seen.target else challenge(seen))) as server:
        with sending(plain(server)) as wire, pytest.raises(Denied):
            wire.sender.send(get(server))

        assert 12 >= len(server.requests)


def challenge(seen: Seen) -> bytes:
    return reply(401, WWW_Authenticate=f'Bearer realm="http://{seen.headers["host"]}/token"')


def test_a_token_that_ends_during_an_upload_is_renewed_before_the_last_put() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server, sending(plain(server)) as wire:
        wire.sender.send(Request(server.host, "POST", "blobs/uploads/", "a/b", kind=Kind.BLOB)).close()
        wire.clock.advance(299)
        guard.valid.clear()
        wire.sender.send(Request(server.host, "PUT", url=f"http://{server.host}/up", repository="a/b")).close()

        assert 2 == len(guard.asked)
        assert ["/v2/a/b/blobs/uploads/", "/token", "/v2/a/b/blobs/uploads/", "/token", "/up"] == [
            seen.target.partition("?")[0] for seen in server.requests
        ]


class Pipe(io.BytesIO):
    """A stream that does not seek."""

    def seekable(self) -> bool:
        return False


def test_a_stream_that_is_sent_once_survives_a_token_about_to_end() -> None:
    guard = Guarded()
    size = 5_000_000
    with WireServer(answering(guard.handler)) as server, sending(plain(server)) as wire:
        wire.sender.send(Request(server.host, "POST", "blobs/uploads/", "a/b", kind=Kind.BLOB)).close()
        wire.clock.advance(260)
        body = Body(Pipe(b"x" * size), size)
        wire.sender.send(Request(server.host, "PUT", "blobs/uploads/1", "a/b", kind=Kind.BLOB, body=body)).close()

        assert 2 == len(guard.asked), "a fresh token before the long body"
        assert size == len(server.requests[-1].body)


def test_a_token_service_that_is_down_for_a_moment_is_waited_out() -> None:
    guard = Guarded()
    failures = [reply(503), reply(503)]

    def handler(seen: Seen) -> bytes:
        return failures.pop() if seen.target.startswith("/token") and failures else guard.handler(seen)

    with WireServer(answering(handler)) as server, sending(plain(server)) as wire:
        assert b"hello" == wire.sender.send(get(server)).read()

        assert 2 == len(wire.clock.slept)


def test_a_token_service_that_stays_down_is_named() -> None:
    def handler(seen: Seen) -> bytes:
        return reply(503) if seen.target.startswith("/token") else challenge(seen)

    with WireServer(answering(handler)) as server, sending(plain(server)) as wire:
        with pytest.raises(RegistryFault, match="request for a token"):
            wire.sender.send(get(server))

        assert 10 >= len(server.requests)


def test_a_token_service_that_breaks_is_named() -> None:
    def handler(seen: Seen) -> bytes:
        return b"" if seen.target.startswith("/token") else challenge(seen)

    with WireServer(answering(handler)) as server, sending(plain(server)) as wire:
        with pytest.raises(Unreachable, match="its token service"):
            wire.sender.send(get(server))

        assert 12 >= len(server.requests)


def test_many_threads_share_one_token() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server, sending(plain(server, req_concurrent=8)) as wire:
        got: list[bytes] = []
        threads = [threading.Thread(target=lambda: got.append(wire.sender.send(get(server)).read())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [b"hello"] * 8 == got
        assert 1 == len(guard.asked)


def test_logins_per_repository_are_kept_apart() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server, sending(plain(server, repo_auth=True)) as wire:
        for repository in ("a/b", "c/d"):
            wire.sender.send(Request(server.host, "GET", "tags/list", repository)).close()

        unauthorized = [seen for seen in server.requests if "authorization" not in seen.headers and "token" not in seen.target]
        assert 2 == len(unauthorized), "each repository meets its own first challenge"


def test_external_addresses_get_no_login() -> None:
    guard = Guarded("me:hunter2")
    with WireServer(answering(guard.handler)) as server:
        with sending(plain(server, user="me", password=Secret("hunter2"))) as wire:
            wire.sender.send(get(server)).close()
            with pytest.raises(Denied):
                wire.sender.send(Request(server.host, "GET", url=f"http://{server.host}/layer", external=True))

        assert "authorization" not in server.requests[-1].headers


def test_basic_is_answered_with_user_and_password() -> None:
    def handler(seen: Seen) -> bytes:
        known = seen.headers.get("authorization") == "Basic bWU6aHVudGVyMg=="
        return reply(body=b"hello") if known else reply(401, WWW_Authenticate='Basic realm="x"')

    with WireServer(answering(handler)) as server:
        with sending(plain(server, user="me", password=Secret("hunter2"))) as wire:
            for _ in range(2):
                assert b"hello" == wire.sender.send(get(server)).read()
            assert 3 == len(server.requests)
        with sending(plain(server, user="me", password=Secret("wrong"))) as wire, pytest.raises(Denied):
            wire.sender.send(get(server))
        with sending(plain(server)) as wire, pytest.raises(Denied):
            wire.sender.send(get(server))


def test_a_401_without_a_challenge_is_denied() -> None:
    with WireServer(answering(lambda seen: reply(401))) as server, sending(plain(server)) as wire:
        with pytest.raises(Denied):
            wire.sender.send(get(server))

        assert 1 == len(server.requests)


def test_the_client_says_its_name_to_the_token_service() -> None:
    guard = Guarded()
    with WireServer(answering(guard.handler)) as server:
        with sending(plain(server), options=WireOptions(user_agent="tester/1")) as wire:
            wire.sender.send(get(server)).close()

        asked = guard.asked[0]
        assert "tester/1" == asked.headers["user-agent"]
        assert ["tester/1"] == parse_qs(urlsplit(asked.target).query)["client_id"]
