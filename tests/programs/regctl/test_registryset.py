"""``regctl registry set`` and ``config``: each flag is stored, shown and taken back."""

from __future__ import annotations

import pytest

from regclient.regctl.registryset import with_options
from tests.claims import claims
from tests.fakes.home import Home
from tests.fakes.registry import FakeRegistry

NEW = {"tls": "enabled", "hostname": "x.example", "reqConcurrent": 3}
SET = ("registry", "set", "x.example", "--skip-check")
PEM = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"


@claims(
    "regctl registry set --api-opts",
    "regctl registry set --blob-chunk",
    "regctl registry set --blob-max",
    "regctl registry set --cacert",
    "regctl registry set --client-cert",
    "regctl registry set --client-key",
    "regctl registry set --cred-helper",
    "regctl registry set --hostname",
    "regctl registry set --mirror",
    "regctl registry set --path-prefix",
    "regctl registry set --priority",
    "regctl registry set --proxy",
    "regctl registry set --repo-auth",
    "regctl registry set --req-concurrent",
    "regctl registry set --req-per-sec",
)
@pytest.mark.parametrize(
    ("flag", "given", "stored", "back"),
    [
        ("api-opts", ("disableHead=true",), {"apiOpts": {"disableHead": "true"}}, "disableHead"),
        ("blob-chunk", ("0x10",), {"blobChunk": 16}, "0"),
        ("blob-max", ("-1",), {"blobMax": -1}, "0"),
        ("cacert", (PEM,), {"regcert": PEM}, ""),
        ("client-cert", (PEM,), {"clientCert": PEM}, ""),
        ("client-key", (PEM,), {"clientKey": PEM}, ""),
        ("cred-helper", ("docker-credential-x",), {"credHelper": "docker-credential-x"}, ""),
        ("hostname", ("h.example:5000",), {"hostname": "h.example:5000"}, "x.example"),
        ("mirror", ("m1.example", "m2.example"), {"mirrors": ["m1.example", "m2.example"]}, ""),
        ("path-prefix", ("a/b",), {"pathPrefix": "a/b"}, ""),
        ("priority", ("3",), {"priority": 3}, "0"),
        ("proxy", ("http://p.example:3128",), {"proxy": "http://p.example:3128"}, ""),
        ("repo-auth", ("true",), {"repoAuth": True}, "false"),
        ("req-concurrent", ("5",), {"reqConcurrent": 5}, "3"),
        ("req-per-sec", ("2.5",), {"reqPerSec": 2.5}, "0"),
    ],
)
def test_a_flag_is_stored_and_taken_back(
    home: Home, flag: str, given: tuple[str, ...], stored: dict[str, object], back: str
) -> None:
    assert (0, "", "") == home(*SET)
    assert {} == home.stored()
    assert (0, "", "") == home(*SET, *(f"--{flag}={value}" for value in given))
    assert NEW | stored == home.host("x.example")
    assert (0, "", "") == home(*SET, f"--{flag}={back}")
    assert {} == home.stored()


@claims("regctl registry set --tls")
def test_how_a_connection_is_protected_is_stored_and_used(home: Home) -> None:
    registry = FakeRegistry()
    with registry.serve(seconds=0.1) as address:
        assert 1 == home("registry", "set", address).code
        assert (0, "", "") == home("registry", "set", address, "--tls", "disabled")
        shown = home("registry", "config", address).out

    assert '"tls": "disabled",' in shown
    assert [("GET", "/v2/")] == registry.ledger


@pytest.mark.parametrize(("word", "stored"), [("DISABLED", "disabled"), ("Insecure", "insecure")])
def test_the_word_is_read_in_any_case(home: Home, word: str, stored: str) -> None:
    home(*SET, "--tls", word)

    assert NEW | {"tls": stored} == home.host("x.example")


@pytest.mark.parametrize("word", ["bogus", "unset", "?"])
def test_another_word_is_refused_and_nothing_stored(home: Home, word: str) -> None:
    ended = home(*SET, "--tls", word, "--priority", "1")

    assert (1, "") == (ended.code, ended.out)
    assert word in ended.err
    assert not home.path.exists()


def test_settings_are_stored_although_the_registry_refuses(home: Home) -> None:
    registry = FakeRegistry()
    registry.require()
    with registry.serve() as address:
        ended = home("registry", "set", address, "--tls", "disabled")

    assert (1, "") == (ended.code, ended.out)
    assert "configuration still updated" in ended.err
    assert {"tls": "disabled", "hostname": address, "reqConcurrent": 3} == home.host(address)


@claims("regctl registry set --skip-check")
def test_without_a_check_the_registry_is_not_asked(home: Home) -> None:
    registry = FakeRegistry()
    with registry.serve() as address:
        home("registry", "set", address, "--tls", "disabled", "--skip-check")
        assert [] == registry.ledger
        home("registry", "set", address)
        assert [("GET", "/v2/")] == registry.ledger


@claims("regctl registry set --scheme", "regctl registry set --dns")
def test_deprecated_flags_warn_and_store_nothing(home: Home) -> None:
    ended = home(*SET, "--scheme", "http", "--dns", "a.example")

    assert (0, "") == (ended.code, ended.out)
    assert ["--scheme", "--dns"] == [word.removeprefix("flag=") for word in ended.err.split() if word.startswith("flag=")]
    assert {} == home.stored()
    assert "--dns" not in home("registry", "set", "--help").out


def test_a_file_name_in_place_of_a_certificate_is_a_warning(home: Home) -> None:
    ended = home(*SET, "--cacert", "ca.pem")

    assert (0, "") == (ended.code, ended.out)
    assert "--cacert" in ended.err
    assert "cat FILE" in ended.err


def test_a_registry_is_set_up_by_its_address_and_tried_by_its_name(home: Home) -> None:
    registry = FakeRegistry()
    with registry.serve() as address:
        assert (0, "", "") == home("registry", "set", f"http://{address}")

    expected = {"tls": "disabled", "hostname": address, "credHost": f"http://{address}", "reqConcurrent": 3}
    assert expected == home.host(address)


def test_docker_hub_is_meant_when_no_registry_is_named(home: Home) -> None:
    home("registry", "set", "--skip-check", "--mirror", "m.example")

    hub = {"tls": "enabled", "hostname": "registry-1.docker.io", "credHost": "https://index.docker.io/v1/"}
    assert {**hub, "mirrors": ["m.example"], "reqConcurrent": 3} == home.host("docker.io")


def test_a_login_survives_a_setting(home: Home) -> None:
    home.store(hosts={"x.example": {"user": "u", "pass": "p"}})
    home(*SET, "--priority", "2")

    assert {"user": "u", "pass": "p", "priority": 2} == home.host("x.example")


def test_an_unknown_registry_is_a_warning(home: Home) -> None:
    home(*SET, "--cred-helper", "x")
    home(*SET, "--cred-helper", "")
    ended = home("registry", "config", "x.example")

    assert (0, "") == (ended.code, ended.out)
    assert "No configuration found for registry" in ended.err


@claims("regctl registry config --format")
def test_a_template_sees_one_registry_or_all(home: Home) -> None:
    home(*SET, "--req-per-sec", "1.5")

    assert (0, "1.5 x.example", "") == home("registry", "config", "x.example", "--format", "{{ .ReqPerSec }} {{ .Name }}")
    assert (0, "1", "") == home("registry", "config", "--format", "{{ len .Hosts }}")


def test_no_secret_is_shown(home: Home) -> None:
    home.store(hosts={"x.example": {"user": "u", "pass": "hunter1", "token": "hunter2", "clientKey": "hunter3"}})

    assert "{\n" + '  "user": "u"\n}\n' == home("registry", "config", "x.example").out
    assert "hunter" not in home("registry", "config").out
    assert "||" == home("registry", "config", "x.example", "--format", "{{ .Pass }}|{{ .Token }}|{{ .ClientKey }}").out


def test_options_are_set_and_removed_in_order() -> None:
    assert {"a": "1", "c": "2=3"} == with_options({"b": "1"}, ("a=0", "a=1", "b", "c=2=3", "d="))
