from __future__ import annotations

import io

import pytest

from regclient.errors import NotFound, RegistryClientError, Unreachable
from regclient.hosts import HostBook
from regclient.kit.secret import Secret
from regclient.transport.addresses import parse_url
from regclient.transport.decide import Action, Decision, Tries
from regclient.transport.hostline import HostLine
from regclient.transport.journey import Journey, Leg, need_of
from regclient.transport.messages import Body, Kind, Request

URL = parse_url("https://r.example/v2/")
NOW = 100.0


def leg(name: str, *, upstream: bool = False) -> Leg:
    return Leg(HostLine(HostBook().resolve(name), ()), URL, upstream)


def journey(*legs: Leg) -> Journey:
    return Journey(Request("r.example", "GET"), legs, None)


def test_hosts_are_asked_by_rank_then_by_who_was_asked_least() -> None:
    first, second = leg("m.example"), leg("r.example", upstream=True)
    way = journey(first, second)
    assert first is way.next_leg(NOW)
    way.note(first, Decision(Action.NEXT, 0.0), Unreachable("m", "x"), NOW)
    assert second is way.next_leg(NOW)
    way.note(second, Decision(Action.NEXT, 2.0), Unreachable("r", "x"), NOW)

    assert first is way.next_leg(NOW)
    assert Tries(2, 0) == way.tries


def test_a_host_that_paces_us_is_asked_when_the_others_failed() -> None:
    paced, other = leg("m.example"), leg("r.example", upstream=True)
    paced.line.pace(NOW + 5)

    assert other is journey(paced, other).next_leg(NOW)


def test_again_means_the_same_host() -> None:
    first, second = leg("m.example"), leg("r.example")
    way = journey(first, second)
    way.next_leg(NOW)
    way.note(first, Decision(Action.AGAIN), Unreachable("m", "x"), NOW)

    assert first is way.next_leg(NOW)


def test_when_nobody_is_left_the_upstreams_word_counts() -> None:
    mirror, upstream = leg("m.example"), leg("r.example", upstream=True)
    way = journey(upstream, mirror)
    way.note(upstream, Decision(Action.LEAVE), NotFound("x"), NOW)
    way.note(mirror, Decision(Action.LEAVE), Unreachable("m", "x"), NOW)

    with pytest.raises(NotFound):
        way.next_leg(NOW)


def test_giving_up_still_lets_those_answer_who_were_not_asked() -> None:
    asked, fresh = leg("m.example"), leg("r.example", upstream=True)
    way = journey(asked, fresh)
    way.next_leg(NOW)
    way.note(asked, Decision(Action.GIVE_UP), Unreachable("m", "x"), NOW)

    assert fresh is way.next_leg(NOW)


def test_a_pace_holds_for_everyone_who_uses_the_line() -> None:
    one = leg("r.example")
    journey(one).note(one, Decision(Action.NEXT, 3.0, 3.0), Unreachable("r", "x"), NOW, throttled=True)

    assert 3.0 == one.line.wait(NOW)


def test_throttling_and_failures_are_counted_apart_and_forgotten_with_progress() -> None:
    one = leg("r.example")
    way = journey(one)
    way.note(one, Decision(Action.NEXT), Unreachable("r", "x"), NOW, throttled=True)
    way.note(one, Decision(Action.NEXT), Unreachable("r", "x"), NOW)
    assert Tries(1, 1) == way.tries
    way.progressed()

    assert Tries() == way.tries


def test_a_refused_login_is_not_tried_again_at_that_server() -> None:
    way = journey(leg("r.example"))
    other = parse_url("https://cdn.example/")
    way.refuse(URL, Secret())

    assert not way.may_try(URL, Secret())
    assert way.may_try(URL, Secret("Bearer x"))
    assert way.may_try(other, Secret())


def test_logins_are_not_tried_for_ever() -> None:
    way = journey(leg("r.example"))
    for number in range(5):
        way.refuse(URL, Secret(str(number)))

    assert not way.may_try(URL, Secret("one more"))


def test_a_host_left_out_is_not_asked() -> None:
    one = leg("r.example")
    way = journey(one)
    way.skip(one)

    with pytest.raises(RegistryClientError, match="no host to ask"):
        way.next_leg(NOW)


def test_the_need_of_a_request_is_its_scope() -> None:
    mount = Request("r", "POST", "blobs/uploads/", "a", query=(("mount", "sha256:x"), ("from", "b")), kind=Kind.BLOB)
    long = Journey(Request("r", "PUT", "x", "a", body=Body(io.BytesIO(), 10_000_000)), (), None)

    assert ("repository:a:pull,push", "repository:b:pull") == need_of(mount, long=False).scopes
    assert need_of(Request("r", "GET", "x", "a"), long=False).public
    assert not need_of(Request("r", "GET"), long=False).public, "a ping checks the login"
    assert not need_of(mount, long=False).public
    assert 60.0 == long.need.margin
