"""Docker's config.json becomes host settings as Docker and regclient read it."""

from __future__ import annotations

import base64
import json

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.settings.docker import DockerConfig, hosts_of, parse_docker_config
from tests.tables import table


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def hosts(document: object, listed: dict[str, str] | None = None) -> dict[str, HostSettings]:
    config = parse_docker_config(json.dumps(document), "config.json")
    return {host.name: host for host in hosts_of(config, lambda program: listed or {})}


def test_an_auth_holds_user_and_password() -> None:
    found = hosts({"auths": {"example.com": {"auth": basic("ann:s3:cret\0\0")}}})["example.com"]

    assert ("ann", Secret("s3:cret")) == (found.user, found.password)


@table("broken", ["{}\n", "{}\r\n", "\r\n{}"])
def test_line_breaks_in_an_auth_are_skipped(broken: str) -> None:
    text = basic("ann:" + "s3cret" * 20)
    auth = broken.format(text[:76]) + broken.format(text[76:])

    assert Secret("s3cret" * 20) == hosts({"auths": {"example.com": {"auth": auth}}})["example.com"].password


@table("auth", [" " + basic("ann:x"), basic("ann:x") + "\t"])
def test_other_blanks_in_an_auth_are_damage(auth: str) -> None:
    assert {} == hosts({"auths": {"example.com": {"auth": auth}}})


def test_auth_wins_over_username_and_password() -> None:
    auths = {"a.example": {"auth": basic("ann:x"), "username": "bob", "password": "y"}}
    plain = {"b.example": {"username": "bob", "password": "y"}}
    found = hosts({"auths": auths | plain})

    assert ("ann", "bob") == (found["a.example"].user, found["b.example"].user)


def test_an_identity_token_is_a_login() -> None:
    found = hosts({"auths": {"example.com": {"identitytoken": "t0ken"}}})["example.com"]

    assert Secret("t0ken") == found.token


@table("value", [{}, {"auth": "%%%"}, {"auth": basic("nocolon")}, {"username": "ann"}, "text", None])
def test_an_entry_without_a_whole_login_is_skipped(value: object) -> None:
    assert {} == hosts({"auths": {"example.com": value}})


@table("key", ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"])
def test_every_name_of_docker_hub_means_docker_hub(key: str) -> None:
    found = hosts({"auths": {key: {"auth": basic("ann:x")}}})

    assert ["docker.io"] == list(found)
    assert "https://index.docker.io/v1/" == found["docker.io"].cred_host


@table("key", ["https://index.docker.io/v1/access-token", "example.com/team", "ftp://example.com", "index.docker.io/v1/"])
def test_a_key_with_a_path_or_another_scheme_is_skipped(key: str) -> None:
    assert {} == hosts({"auths": {key: {"auth": basic("ann:x")}}})


def test_a_plain_http_key_turns_tls_off_and_keeps_its_text_for_the_helper() -> None:
    found = hosts({"auths": {"http://plain.example/": {"auth": basic("ann:x")}}})["plain.example"]

    assert (TLS.DISABLED, "http://plain.example/") == (found.tls, found.cred_host)


def test_a_login_says_nothing_about_tls_of_other_hosts() -> None:
    assert TLS.UNSET is hosts({"auths": {"example.com": {"auth": basic("ann:x")}}})["example.com"].tls


def test_helpers_join_the_login_of_their_host_or_make_a_host_of_their_own() -> None:
    found = hosts({"auths": {"a.example": {}}, "credHelpers": {"a.example": "one", "b.example": "two", "c.example/x": "three"}})

    assert {"a.example": "docker-credential-one", "b.example": "docker-credential-two"} == {
        name: host.cred_helper for name, host in found.items()
    }


def test_the_store_is_asked_for_its_servers() -> None:
    found = hosts({"credsStore": "pass"}, {"https://d.example": "ann", "e.example/path": "bob"})

    assert [("d.example", "ann", "docker-credential-pass")] == [(h.name, h.user, h.cred_helper) for h in found.values()]


def test_without_a_store_nobody_is_asked() -> None:
    def refuse(program: str) -> dict[str, str]:
        raise AssertionError(program)

    assert () == hosts_of(DockerConfig(), refuse)


@table("text", ["", "  \n", "{}", '{"detachKeys": "x", "HttpHeaders": {}, "auths": null}'])
def test_nothing_of_use_gives_no_hosts(text: str) -> None:
    assert () == hosts_of(parse_docker_config(text, "config.json"), lambda program: {})


@table("text", ["{", "[]", '"x"', '{"auths": []}', '{"credHelpers": 1}', "[" * 100_000])
def test_what_is_no_config_is_an_error_that_names_the_file(text: str) -> None:
    with pytest.raises(InvalidConfig, match=r"config\.json"):
        parse_docker_config(text, "config.json")


def test_an_error_never_quotes_a_password() -> None:
    with pytest.raises(InvalidConfig) as caught:
        parse_docker_config('{"auths": {"a": {"password": "hunter2"}', "config.json")

    assert "hunter2" not in str(caught.value)
