"""Each member of a host is read, checked and written as the Go program does it."""

from __future__ import annotations

import json

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.settings.hostjson import MEMBERS, read_host, unknown_members, write_host
from tests.tables import table

FULL: dict[str, object] = {
    "tls": "insecure",
    "regcert": "rc",
    "clientCert": "cc",
    "clientKey": "ck",
    "hostname": "hn",
    "user": "u",
    "pass": "p",
    "token": "t",
    "credHelper": "h",
    "credExpire": "1m30s",
    "credHost": "ch",
    "pathPrefix": "pp",
    "mirrors": ["m2", "m1"],
    "priority": 4,
    "repoAuth": True,
    "api": "x",
    "apiOpts": {"disableHead": "true", "z": "1"},
    "blobChunk": 9,
    "blobMax": -1,
    "reqPerSec": 1.5,
    "reqConcurrent": 5,
    "scheme": "https",
    "proxy": "http://proxy.example:3128",
}


def test_every_member_survives_reading_and_writing_in_the_go_programs_order() -> None:
    shuffled = dict(sorted(FULL.items()))

    assert json.dumps(FULL) == json.dumps(write_host(read_host("a", shuffled, "file")))


def test_every_field_but_the_name_has_its_row() -> None:
    fields = set(HostSettings.__dataclass_fields__) - {"name"}

    assert fields == {member.field for member in MEMBERS}


def test_what_is_not_set_is_left_out() -> None:
    assert {} == write_host(HostSettings("a"))


def test_members_we_do_not_know_survive() -> None:
    before: dict[str, object] = {"future": {"x": 1}, "user": "old"}

    assert {"user": "new", "future": {"x": 1}} == write_host(HostSettings("a", user="new"), before)


def test_a_member_taken_away_does_not_come_back_from_the_old_object() -> None:
    assert {} == write_host(HostSettings("a"), {"user": "old"})


@table(
    ("text", "expected"),
    [("enabled", TLS.ENABLED), ("Insecure", TLS.INSECURE), ("DISABLED", TLS.DISABLED), ("", TLS.UNSET)],
)
def test_tls_is_a_word_in_any_case(text: str, expected: TLS) -> None:
    assert expected is read_host("a", {"tls": text}, "file").tls


@table(("value", "seconds"), [("1h", 3600.0), ("1h0m0s", 3600.0), ("1s", 1.0), (90_000_000_000, 90.0)])
def test_a_duration_is_text_or_nanoseconds(value: object, seconds: float) -> None:
    assert seconds == read_host("a", {"credExpire": value}, "file").cred_expire


def test_a_rate_may_be_larger_than_any_whole_number_of_go() -> None:
    assert 1e19 == read_host("a", {"reqPerSec": 10**19}, "file").req_per_sec


@table(
    ("member", "value"),
    [
        ("tls", "bogus"),
        ("tls", "unset"),
        ("tls", 1),
        ("user", 1),
        ("pass", ["x"]),
        ("credExpire", True),
        ("credExpire", "1 fortnight"),
        ("mirrors", "m1"),
        ("mirrors", [1]),
        ("priority", "1"),
        ("priority", True),
        ("priority", -1),
        ("blobMax", 2**63),
        ("credExpire", 10**400),
        ("reqPerSec", 10**400),
        ("reqPerSec", float("inf")),
        ("reqPerSec", float("nan")),
        ("repoAuth", "true"),
        ("apiOpts", []),
        ("apiOpts", {"x": 1}),
        ("reqPerSec", "1"),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error_that_names_host_and_member(member: str, value: object) -> None:
    with pytest.raises(InvalidConfig, match=rf"host a: {member}"):
        read_host("a", {member: value}, "file")


def test_a_host_that_is_no_object_is_an_error() -> None:
    with pytest.raises(InvalidConfig, match="host a"):
        read_host("a", [], "file")


def test_null_is_the_same_as_nothing() -> None:
    assert HostSettings("a") == read_host("a", {"user": None, "tls": None}, "file")


def test_secrets_stay_secrets() -> None:
    host = read_host("a", {"pass": "hunter2", "token": "hunter3", "clientKey": "hunter4"}, "file")

    assert (Secret("hunter2"), Secret("hunter3"), Secret("hunter4")) == (host.password, host.token, host.client_key)
    assert "hunter" not in repr(host)


def test_members_we_do_not_know_are_told_from_ours() -> None:
    assert {"future": 1} == unknown_members({"user": "u", "future": 1, "tls": "enabled"})
