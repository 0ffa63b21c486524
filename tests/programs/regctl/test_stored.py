"""The settings file as the commands meet it."""

from __future__ import annotations

import pytest

from regclient.concurrency import Workers
from regclient.errors import InvalidConfig, ParseError
from regclient.hosts import HostSettings
from regclient.regctl import stored
from regclient.regctl.app import ROOT
from tests.fakes.console import call_of
from tests.fakes.home import Home
from tests.tables import table


def test_docker_hub_is_meant_when_no_registry_is_named() -> None:
    assert "docker.io" == stored.named(call_of(ROOT, "registry", "whoami"))
    assert "x" == stored.named(call_of(ROOT, "registry", "whoami", "x"))


@table("text", ["a.example", "a.example:5000", "http://a", "https://a/", "short", "https://index.docker.io/v1/"])
def test_a_host_or_its_address_is_a_name(text: str) -> None:
    stored.check_name(text)


@table("text", ["", "a/b", "ftp://a", "https://a/v2/", "index.docker.io/v1/"])
def test_what_has_a_path_or_another_scheme_is_no_name(text: str) -> None:
    with pytest.raises(ParseError):
        stored.check_name(text)


def test_a_file_of_a_newer_program_is_refused(home: Home) -> None:
    home.store(version=2)
    call = call_of(ROOT, "registry", "whoami")
    call.environ = {"HOME": str(home.folder)}

    with pytest.raises(InvalidConfig, match="newer"):
        stored.load(call)


def test_a_stored_login_needs_no_program() -> None:
    found = stored.credential_of(call_of(ROOT, "registry", "whoami"), HostSettings("a", user="ann"))

    assert "ann" == found.user


def test_the_warning_says_that_the_settings_stay(home: Home) -> None:
    ended = home("registry", "set", "short", "--tls", "disabled")

    assert 1 == ended.code
    assert 'level=WARN msg="Failed to ping registry, configuration still updated"' in ended.err
    assert {"tls": "disabled", "hostname": "short", "reqConcurrent": 3} == home.host("short")


def test_changes_made_at_the_same_time_are_all_kept(home: Home) -> None:
    names = [f"host{number}.example" for number in range(12)]
    with Workers(4) as workers:
        workers.map(lambda name: home("registry", "login", name, "--skip-check", "-u", "u", "-p", "p"), names)

    hosts = home.stored()["hosts"]
    assert isinstance(hosts, dict)
    assert sorted(names) == sorted(hosts)


def test_a_change_that_fails_leaves_the_file_alone(home: Home) -> None:
    home.store(blobLimit=1)

    assert 1 == home("registry", "set", "x.example", "--tls", "bogus").code
    assert {"blobLimit": 1} == home.stored()


def test_a_folder_that_cannot_be_made_is_an_error(home: Home) -> None:
    (home.folder / ".regctl").write_text("a file")
    ended = home("config", "set")

    assert (1, "") == (ended.code, ended.out)
    assert "cannot write" in ended.err or "Not a directory" in ended.err
