from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest

from regclient.errors import Denied, RegistryFault
from regclient.hosts import ANONYMOUS, Credential
from regclient.kit.secret import Secret
from regclient.transport.addresses import parse_url
from regclient.transport.auth.tokens import Service, Token, TokenAnswer, TokenRequest, TokenSource, read_token
from tests.fakes.clock import FakeClock
from tests.tables import table

NOW = 1_700_000_000.0
SERVICE = Service(parse_url("https://auth.example/token?fixed=1"), "registry.example")
LOGIN = Credential("me", Secret("hunter2"))
IDENTITY = Credential(token=Secret("identity"))


def answer(date: float | None = None, **members: object) -> TokenAnswer:
    return TokenAnswer(200, json.dumps(members).encode(), date)


class TokenService:
    """A token service that answers from a list and remembers what it was asked."""

    def __init__(self, *answers: TokenAnswer) -> None:
        self.answers = list(answers)
        self.asked: list[TokenRequest] = []

    def ask(self, request: TokenRequest) -> TokenAnswer:
        self.asked.append(request)
        return self.answers.pop(0)

    def source(self, credential: Credential) -> TokenSource:
        return TokenSource("registry.example", self.ask, lambda: credential, clock=FakeClock(NOW), client_id="me/1")


def no_warning(text: str) -> None:
    pytest.fail(text)


def fetch(source: TokenSource, *, public: bool = False) -> Token:
    return source.fetch(SERVICE, ("repository:a:pull", "repository:b:pull"), public=public, warn=no_warning)


def query_of(request: TokenRequest) -> list[tuple[str, str]]:
    return parse_qsl(request.url.target.partition("?")[2])


SCOPES = [("scope", "repository:a:pull"), ("scope", "repository:b:pull")]
COMMON = [("fixed", "1"), ("client_id", "me/1"), ("service", "registry.example"), *SCOPES]


def test_without_a_login_the_query_says_what_for() -> None:
    service = TokenService(answer(token="t"))

    assert "t" == fetch(service.source(ANONYMOUS)).value.reveal()
    assert COMMON == query_of(service.asked[0])
    assert ("GET", False) == (service.asked[0].method, bool(service.asked[0].authorization))


def test_user_and_password_go_along_as_basic() -> None:
    service = TokenService(answer(access_token="better", token="t"))

    assert "better" == fetch(service.source(LOGIN)).value.reveal()
    assert [*COMMON, ("account", "me")] == query_of(service.asked[0])
    assert "Basic bWU6aHVudGVyMg==" == service.asked[0].authorization.reveal()


def test_an_identity_token_is_posted() -> None:
    service = TokenService(answer(access_token="t"))

    fetch(service.source(IDENTITY))

    asked = service.asked[0]
    assert ("POST", "/token?fixed=1") == (asked.method, asked.url.target)
    assert [
        ("grant_type", "refresh_token"),
        ("refresh_token", "identity"),
        ("client_id", "me/1"),
        ("service", "registry.example"),
        ("scope", "repository:a:pull repository:b:pull"),
    ] == parse_qsl((asked.form or b"").decode())


def test_a_refresh_token_from_an_answer_is_used_and_kept() -> None:
    service = TokenService(answer(token="1", refresh_token="r1"), answer(token="2"), answer(token="3"))
    source = service.source(LOGIN)
    for _ in range(3):
        fetch(source)

    assert ["GET", "POST", "POST"] == [asked.method for asked in service.asked]
    assert all(b"refresh_token=r1" in (asked.form or b"") for asked in service.asked[1:])


def test_a_refused_refresh_token_is_forgotten() -> None:
    service = TokenService(answer(token="1", refresh_token="r1"), TokenAnswer(401, b""), answer(token="2"), answer(token="3"))
    source = service.source(LOGIN)
    fetch(source)
    fetch(source)
    fetch(source)

    assert ["GET", "POST", "GET", "GET"] == [asked.method for asked in service.asked]


@table("status", [404, 405])
def test_a_service_that_knows_no_post_is_asked_by_get(status: int) -> None:
    service = TokenService(TokenAnswer(status, b""), answer(token="t"))

    assert "t" == fetch(service.source(IDENTITY)).value.reveal()


@table("status", [400, 401, 403])
@table("credential", [LOGIN, IDENTITY])
def test_a_refused_login_does_not_keep_from_public_content(status: int, credential: Credential) -> None:
    service = TokenService(TokenAnswer(status, b""), answer(token="t"))
    warned: list[str] = []

    token = service.source(credential).fetch(SERVICE, ("repository:a:pull",), public=True, warn=warned.append)

    assert token.fallback
    assert [f"the login for registry.example was refused ({status}), continuing without it"] == warned
    assert not service.asked[-1].authorization
    assert not service.asked[-1].form


@table("credential", [LOGIN, IDENTITY])
def test_a_refused_login_is_denied_for_everything_else(credential: Credential) -> None:
    service = TokenService(TokenAnswer(401, b"hunter2 identity"))

    with pytest.raises(Denied) as caught:
        fetch(service.source(credential))

    assert 401 == caught.value.status
    assert "hunter2" not in str(caught.value)


def test_a_refusal_without_a_login_is_final() -> None:
    service = TokenService(TokenAnswer(403, b""))

    with pytest.raises(Denied):
        fetch(service.source(ANONYMOUS), public=True)
    assert 1 == len(service.asked)


def test_content_that_is_not_public_stays_denied() -> None:
    service = TokenService(TokenAnswer(401, b""), TokenAnswer(401, b""))

    with pytest.raises(Denied):
        fetch(service.source(LOGIN), public=True)


@table("broken", [TokenAnswer(503, b""), TokenAnswer(429, b""), TokenAnswer(200, b"{}"), TokenAnswer(302, b"")])
def test_a_service_that_fails_is_a_fault_and_no_reason_to_go_on_without_a_login(broken: TokenAnswer) -> None:
    service = TokenService(broken)

    with pytest.raises(RegistryFault) as caught:
        fetch(service.source(LOGIN), public=True)
    assert broken.status == caught.value.status


@table("body", [b"", b"[]", b"{}", b'{"token": 5}', b'{"token": ""}', b"[" * 100_000])
def test_what_is_no_token_is_none(body: bytes) -> None:
    assert read_token(TokenAnswer(200, body), NOW) is None


@table(
    ("members", "date", "expires"),
    [
        ({}, None, 60),
        ({"expires_in": 300}, None, 300),
        ({"expires_in": 5}, None, 60),
        ({"expires_in": "300"}, None, 60),
        ({"expires_in": 10**400}, None, 366 * 86400),
        ({"expires_in": float("nan")}, None, 60),
        ({"expires_in": 300, "issued_at": "2023-11-14T22:13:20Z"}, None, 300),
        ({"expires_in": 300, "issued_at": "2023-11-14T22:12:20Z"}, None, 240),
        ({"expires_in": 300, "issued_at": "2023-11-14T22:12:20.123456789Z"}, None, 240.123456),
        ({"expires_in": 300, "issued_at": "2023-11-14T23:12:20+01:00"}, None, 240),
        ({"expires_in": 300, "issued_at": "2023-11-14T21:00:00Z"}, None, 300),
        ({"expires_in": 300, "issued_at": "2033-01-01T00:00:00Z"}, None, 300),
        ({"expires_in": 300, "issued_at": "yesterday"}, None, 300),
        ({"expires_in": 300, "issued_at": "2023-11-14T22:12:20"}, None, 300),
        # The service's clock is an hour ahead of ours; by its own reckoning the token is a minute old.
        ({"expires_in": 300, "issued_at": "2023-11-14T23:12:20Z"}, NOW + 3600, 240),
    ],
)
def test_a_token_ends_by_our_clock_whatever_clock_the_service_has(
    members: dict[str, object], date: float | None, expires: float
) -> None:
    token = read_token(answer(date, token="t", **members), NOW)

    assert token is not None
    assert expires == pytest.approx(token.expires - NOW)


def test_a_token_is_good_until_shortly_before_its_end() -> None:
    token = Token(Secret("t"), expires=NOW + 300, life=300)

    assert token.is_good(NOW + 294)
    assert not token.is_good(NOW + 295)
    assert not token.is_good(NOW + 240, margin=60)
    assert Token(Secret("t"), NOW + 60, 60).is_good(NOW + 29, margin=3600), "asking for more than it can have is in vain"


def test_a_token_does_not_show_itself() -> None:
    token = read_token(answer(token="hunter2", refresh_token="hunter3"), NOW)

    assert "hunter" not in repr(token)
