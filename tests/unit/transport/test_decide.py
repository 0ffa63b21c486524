from __future__ import annotations

import pytest

from regclient.transport.decide import Action, Decision, Outcome, Tries, backoff, decide, parse_date, parse_retry_after
from regclient.transport.exchange import Trouble
from regclient.transport.messages import Request
from regclient.transport.options import Retries
from tests.tables import table

GET = Request("registry.example", "GET")
QUIET = Request("registry.example", "GET", quiet=True)
ACCEPTING = Request("registry.example", "PATCH", accept=frozenset({416}))
RETRIES = Retries()


@table(
    ("outcome", "action", "delay", "pace"),
    [
        (Outcome(200), Action.RETURN, 0, 0),
        (Outcome(206), Action.RETURN, 0, 0),
        (Outcome(401, renewed=True), Action.AGAIN, 0, 0),
        (Outcome(401), Action.LEAVE, 0, 0),
        (Outcome(403), Action.LEAVE, 0, 0),
        (Outcome(404), Action.LEAVE, 0, 0),
        (Outcome(400), Action.LEAVE, 0, 0),
        (Outcome(405), Action.LEAVE, 0, 0),
        (Outcome(416), Action.LEAVE, 0, 0),
        (Outcome(302), Action.LEAVE, 0, 0),
        (Outcome(501), Action.LEAVE, 0, 0),
        (Outcome(408), Action.NEXT, 0.2, 0),
        (Outcome(500), Action.NEXT, 0.2, 0),
        (Outcome(502), Action.NEXT, 0.2, 0),
        (Outcome(503), Action.NEXT, 0.2, 0),
        (Outcome(504), Action.NEXT, 0.2, 0),
        (Outcome(503, retry_after=7), Action.NEXT, 7, 0),
        (Outcome(503, retry_after=0), Action.NEXT, 0, 0),
        (Outcome(503, retry_after=301), Action.LEAVE, 0, 0),
        (Outcome(429), Action.NEXT, 0.2, 0.2),
        (Outcome(429, retry_after=9), Action.NEXT, 9, 9),
        (Outcome(429, retry_after=301), Action.LEAVE, 0, 300),
        (Outcome(200, wrong_size=True), Action.NEXT, 0, 0),
        (Outcome(), Action.LEAVE, 0, 0),
        (Outcome(trouble=Trouble.NAME), Action.LEAVE, 0, 0),
        (Outcome(trouble=Trouble.TLS), Action.LEAVE, 0, 0),
        (Outcome(trouble=Trouble.STALE), Action.AGAIN, 0, 0),
        (Outcome(trouble=Trouble.CONNECT), Action.NEXT, 0.2, 0),
        (Outcome(trouble=Trouble.TIMEOUT), Action.NEXT, 0.2, 0),
        (Outcome(trouble=Trouble.CUT), Action.NEXT, 0.2, 0),
        (Outcome(trouble=Trouble.PROTOCOL), Action.NEXT, 0.2, 0),
        (Outcome(trouble=Trouble.PROXY), Action.NEXT, 0.2, 0),
        (Outcome(503, repeatable=False), Action.GIVE_UP, 0, 0),
        (Outcome(429, repeatable=False), Action.GIVE_UP, 0, 0.2),
        (Outcome(trouble=Trouble.CUT, repeatable=False), Action.GIVE_UP, 0, 0),
        (Outcome(401, renewed=True, repeatable=False), Action.GIVE_UP, 0, 0),
        (Outcome(404, repeatable=False), Action.LEAVE, 0, 0),
    ],
)
def test_each_outcome_has_its_decision(outcome: Outcome, action: Action, delay: float, pace: float) -> None:
    assert Decision(action, delay, pace) == decide(GET, Tries(), outcome, RETRIES, 0.0)


@table(
    ("outcome", "action"),
    [
        (Outcome(200), Action.RETURN),
        (Outcome(503), Action.LEAVE),
        (Outcome(429), Action.LEAVE),
        (Outcome(trouble=Trouble.CUT), Action.LEAVE),
        (Outcome(401, renewed=True), Action.AGAIN),
        (Outcome(trouble=Trouble.STALE), Action.AGAIN),
    ],
)
def test_quiet_requests_are_asked_once(outcome: Outcome, action: Action) -> None:
    assert action is decide(QUIET, Tries(), outcome, RETRIES, 0.0).action


def test_the_caller_may_accept_a_fault_as_an_answer() -> None:
    assert Action.RETURN is decide(ACCEPTING, Tries(), Outcome(416), RETRIES, 0.0).action


def test_five_failures_are_forgiven_and_the_sixth_is_not() -> None:
    actions = [decide(GET, Tries(failures), Outcome(503), RETRIES, 0.0).action for failures in range(6)]

    assert [Action.NEXT] * 5 + [Action.GIVE_UP] == actions


def test_being_throttled_is_forgiven_twice_as_often_and_counted_apart() -> None:
    assert Action.NEXT is decide(GET, Tries(5, 9), Outcome(429), RETRIES, 0.0).action
    assert Action.GIVE_UP is decide(GET, Tries(0, 10), Outcome(429), RETRIES, 0.0).action
    assert Action.NEXT is decide(GET, Tries(4, 10), Outcome(503), RETRIES, 0.0).action


def test_delays_double_up_to_a_limit_and_spread() -> None:
    assert [0.2, 0.4, 0.8, 1.6, 3.2] == [backoff(Tries(failures), RETRIES, 0.0) for failures in range(5)]
    assert 30.0 == backoff(Tries(1000), RETRIES, 0.0)
    assert 0.1 == pytest.approx(backoff(Tries(), RETRIES, 0.9999999))


NOW = 784111777.0


@table(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-3", 0.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun, 06 Nov 1994 08:49:27 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("inf", None),
        ("nan", None),
        ("1e999", None),
        ("Sun, 06 Foo 1994 08:49:47 GMT", None),
        ("Sun, 99 Nov 1994 08:49:47 GMT", None),
        ("Sun, 06 Nov", None),
    ],
)
def test_retry_after_comes_in_both_forms(value: str, seconds: float | None) -> None:
    assert seconds == parse_retry_after(value, NOW)


def test_an_http_date_is_a_moment() -> None:
    assert NOW == parse_date("Sun, 06 Nov 1994 08:49:37 GMT")
