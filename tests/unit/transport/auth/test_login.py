from __future__ import annotations

import pytest

from regclient.errors import Denied, RedirectRefused
from regclient.hosts import Credential
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL, parse_url
from regclient.transport.auth.login import Login, LoginTools
from regclient.transport.auth.scope import Need
from regclient.transport.auth.tokens import TokenAnswer, TokenRequest
from tests.fakes.clock import FakeClock
from tests.tables import table

HOME = parse_url("https://registry.example/v2/")
BASIC = ('Basic realm="x"',)
BEARER = ('Bearer realm="https://auth.example/token",service="s"',)


class Setup:
    """The login of one host, with a token service that gives every login its name."""

    def __init__(self) -> None:
        self.asked: list[TokenRequest] = []
        self.checked: list[tuple[str, str]] = []
        tools = LoginTools(self.ask, self.check, FakeClock(), "c", pytest.fail)
        self.login = Login("registry.example", HOME.origin, lambda: Credential("me", Secret("hunter2")), tools)

    def ask(self, request: TokenRequest) -> TokenAnswer:
        self.asked.append(request)
        return TokenAnswer(200, b'{"token": "t"}')

    def check(self, source: URL, realm: URL) -> None:
        self.checked.append((str(source), str(realm)))
        if realm.host == "evil.example":
            raise RedirectRefused(source.host, "no")

    def accept(self, challenges: tuple[str, ...], url: URL = HOME) -> None:
        self.login.accept(url, challenges, Need(), Secret())

    def sent(self, url: URL = HOME) -> str:
        return self.login.authorization(url, Need()).reveal()


def test_nothing_is_sent_before_a_challenge() -> None:
    assert "" == Setup().sent()


def test_each_scheme_is_answered_in_its_way() -> None:
    setup = Setup()
    setup.accept(BASIC)
    assert "Basic bWU6aHVudGVyMg==" == setup.sent()

    setup = Setup()
    setup.accept(BEARER)
    assert "Bearer t" == setup.sent()
    assert [(str(HOME), "https://auth.example/token")] == setup.checked


@table(
    "url",
    [
        "https://other.example/v2/",
        "http://registry.example/v2/",
        "https://registry.example:8443/v2/",
        "https://registry.example.evil.example/",
    ],
)
def test_the_credential_is_for_the_exact_host_port_and_scheme(url: str) -> None:
    setup = Setup()
    setup.accept(BASIC, parse_url(url))
    assert "" == setup.sent(parse_url(url))

    setup.accept(BEARER, parse_url(url))
    assert "Bearer t" == setup.sent(parse_url(url)), "anyone may have an anonymous token"
    assert not setup.asked[0].authorization


def test_a_login_for_one_server_is_not_sent_to_another() -> None:
    setup = Setup()
    setup.accept(BEARER)

    assert "" == setup.sent(parse_url("https://other.example/v2/"))


@table(
    "challenges",
    [(), ("Negotiate",), ("Basic",), ("Bearer service=s",), ('Basic realm="open',), ('Bearer realm="gopher://x"',)],
)
def test_a_challenge_nobody_can_answer_is_denied(challenges: tuple[str, ...]) -> None:
    with pytest.raises(Denied):
        Setup().accept(challenges)


def test_unknown_schemes_beside_known_ones_do_not_matter() -> None:
    setup = Setup()
    setup.accept(("Negotiate", 'Digest realm="x", Basic realm="x"'))

    assert setup.sent().startswith("Basic ")


def test_a_token_service_nobody_should_send_us_to_is_refused() -> None:
    with pytest.raises(RedirectRefused):
        Setup().accept(('Bearer realm="https://evil.example/"',))
