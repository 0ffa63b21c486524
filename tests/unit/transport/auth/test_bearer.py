from __future__ import annotations

import threading

import pytest

from regclient.errors import InvalidConfig, RedirectRefused
from regclient.hosts import ANONYMOUS
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL, parse_url
from regclient.transport.auth.bearer import Bearer
from regclient.transport.auth.challenge import Challenge
from regclient.transport.auth.scope import Need
from regclient.transport.auth.tokens import TokenAnswer, TokenRequest, TokenSource
from tests.fakes.clock import FakeClock

REGISTRY = parse_url("https://registry.example/v2/")
PULL = Need(("repository:a:pull",), public=True)
PUSH = Need(("repository:a:pull,push",))


def anywhere(url: URL) -> None:
    return None


class Setup:
    """A bearer with a token service that numbers its tokens."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.asked: list[str] = []
        self.pause = threading.Event()
        self.pause.set()
        self.answer = b'{"token": "%d", "expires_in": 300}'
        source = TokenSource("registry.example", self.ask, lambda: ANONYMOUS, clock=self.clock, client_id="c")
        self.bearer = Bearer(source, self.clock, pytest.fail)

    def ask(self, request: TokenRequest) -> TokenAnswer:
        self.asked.append(str(request.url))
        self.pause.wait(30)
        return TokenAnswer(200, self.answer % len(self.asked))

    def challenge(self, need: Need = PULL, refused: str = "", **params: str) -> Need:
        given = {"realm": "/token", "service": "s", **params}
        return self.bearer.accept(Challenge("bearer", given), REGISTRY, need, Secret(refused), anywhere)

    def token(self, need: Need = PULL) -> str:
        return self.bearer.authorization(need).reveal()


def test_nothing_is_sent_before_a_challenge() -> None:
    assert "" == Setup().token()


def test_a_token_is_asked_for_once_and_used_until_it_ends() -> None:
    setup = Setup()
    setup.challenge()

    assert ["Bearer 1", "Bearer 1"] == [setup.token(), setup.token()]
    setup.clock.advance(296)
    assert "Bearer 2" == setup.token()
    assert "https://registry.example/token?client_id=c&service=s&scope=repository%3Aa%3Apull" == setup.asked[0]


def test_pushing_after_pulling_grows_the_scope() -> None:
    setup = Setup()
    setup.challenge()

    assert ["Bearer 1", "Bearer 2", "Bearer 2"] == [setup.token(PULL), setup.token(PUSH), setup.token(PULL)]
    assert setup.asked[1].endswith("scope=repository%3Aa%3Apull%2Cpush")


def test_a_refused_token_is_replaced_and_another_one_is_not() -> None:
    setup = Setup()
    setup.challenge()
    setup.token()
    setup.challenge(refused="Bearer 0")
    assert "Bearer 1" == setup.token(), "somebody else renewed it meanwhile"
    setup.challenge(refused="Bearer 1")

    assert "Bearer 2" == setup.token()


def test_the_scope_of_a_challenge_becomes_part_of_the_need() -> None:
    setup = Setup()

    need = setup.challenge(scope="repository:a:delete registry:x:*")

    assert ("repository:a:pull,delete", "registry:x:*") == need.scopes
    assert need.public


def test_requests_about_no_repository_keep_the_scope_they_were_asked_for() -> None:
    setup = Setup()
    need = setup.challenge(Need(), scope="registry:catalog:*")
    setup.token(need)

    assert "Bearer 1" == setup.token(Need())
    assert "scope=registry%3Acatalog%3A%2A" in setup.asked[0]


def test_many_repositories_are_spread_over_several_tokens() -> None:
    setup = Setup()
    setup.challenge()
    tokens = [setup.token(Need((f"repository:r{number}:pull",))) for number in range(20)]
    before = len(setup.asked)

    assert max(len(asked) for asked in setup.asked) < 700
    assert 3 == len({setup.token(Need((f"repository:r{number}:pull",))) for number in range(20)})
    assert before == len(setup.asked) == len(tokens)


def test_those_who_need_the_same_token_wait_for_one_fetch() -> None:
    setup = Setup()
    setup.challenge()
    setup.pause.clear()
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(setup.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    setup.pause.set()
    for thread in threads:
        thread.join()

    assert ["Bearer 1"] * 8 == got


def test_a_long_body_gets_a_token_that_lasts() -> None:
    setup = Setup()
    setup.challenge()
    setup.token()
    setup.clock.advance(250)

    assert "Bearer 1" == setup.token()
    assert "Bearer 2" == setup.token(Need(PULL.scopes, margin=60))


def test_another_service_starts_anew() -> None:
    setup = Setup()
    setup.challenge()
    setup.token()
    setup.challenge(realm="https://other.example/auth")

    assert "Bearer 2" == setup.token()
    assert setup.asked[1].startswith("https://other.example/auth?")


def test_a_challenge_needs_a_realm_where_we_go() -> None:
    setup = Setup()

    def nowhere(url: URL) -> None:
        raise RedirectRefused(url.host, "no")

    with pytest.raises(InvalidConfig):
        setup.bearer.accept(Challenge("bearer"), REGISTRY, PULL, Secret(), anywhere)
    with pytest.raises(RedirectRefused):
        setup.bearer.accept(Challenge("bearer", {"realm": "https://x/"}), REGISTRY, PULL, Secret(), nowhere)
    assert "" == setup.token()
