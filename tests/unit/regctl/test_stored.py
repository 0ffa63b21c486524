"""The settings file as the commands meet it."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig, ParseError
from regclient.hosts import HostSettings
from regclient.regctl import stored
from regclient.regctl.app import ROOT
from tests.fakes.console import call_of
from tests.fakes.home import Home


def test_docker_hub_is_meant_when_no_registry_is_named() -> None:
    assert "docker.io" == stored.named(call_of(ROOT, "registry", "whoami"))
    assert "x" == stored.named(call_of(ROOT, "registry", "whoami", "x"))


@pytest.mark.parametrize(
    "text", ["a.example", "a.example:5000", "http://a", "https://a/", "short", "https://index.docker.io/v1/"]
)
def test_a_host_or_its_address_is_a_name(text: str) -> None:
    stored.check_name(text)


@pytest.mark.parametrize("text", ["", "a/b", "ftp://a", "https://a/v2/", "index.docker.io/v1/"])
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
