"""``regctl registry login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import pytest

from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.regctl.login import bare_host, with_login
from tests.claims import claims
from tests.fakes.faults import FaultRule
from tests.fakes.home import Home
from tests.fakes.registry import FakeRegistry
from tests.tables import table

OFFLINE = ("registry", "login", "x.example", "--skip-check")


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry that wants a login."""
    registry = FakeRegistry()
    registry.require(user="ann", password="hunter2")
    return registry


@claims("regctl registry login --user", "regctl registry login --pass")
def test_a_login_is_stored_tried_and_shown(home: Home, registry: FakeRegistry) -> None:
    with registry.serve() as address:
        home.store(hosts={address: {"tls": "disabled"}})
        assert (0, "", "") == home("registry", "login", address, "-u", "ann", "-p", "hunter2")
        assert (0, "ann\n", "") == home("registry", "whoami", address)
        assert (0, "ann", "") == home("registry", "config", address, "--format", "{{.User}}")

    assert {"tls": "disabled", "user": "ann", "pass": "hunter2"} == home.host(address)
    assert ("GET", "/v2/") in registry.ledger


@pytest.mark.parametrize("prefix", ["http://", ""])
def test_a_login_that_the_go_program_stored_under_an_address_is_used_and_changed_there(
    home: Home, registry: FakeRegistry, prefix: str
) -> None:
    with registry.serve() as address:
        home.store(hosts={f"http://{address}": {"user": "bob", "pass": "old"}})
        assert (0, "bob\n", "") == home("registry", "whoami", f"{prefix}{address}")
        assert (0, "", "") == home("registry", "login", f"{prefix}{address}", "-u", "ann", "-p", "hunter2")
        assert {f"http://{address}": {"user": "ann", "pass": "hunter2"}} == home.stored()["hosts"]
        assert 0 == home("registry", "logout", f"{prefix}{address}").code

    assert {} == home.stored()


def test_a_login_that_is_refused_stays_stored(home: Home, registry: FakeRegistry) -> None:
    with registry.serve() as address:
        home.store(hosts={address: {"tls": "disabled"}})
        ended = home("registry", "login", address, "-u", "ann", "-p", "wrong")

    assert (1, "") == (ended.code, ended.out)
    assert "credentials were still stored" in ended.err
    assert address in ended.err.splitlines()[-1]
    assert "wrong" not in ended.err
    assert {"tls": "disabled", "user": "ann", "pass": "wrong"} == home.host(address)


@pytest.mark.parametrize("command", ["login", "set"])
def test_what_is_stored_stays_when_a_registry_forbids_it(home: Home, command: str) -> None:
    registry = FakeRegistry()
    registry.fault(FaultRule(path="/v2/$", status=403, times=None))
    words = {"login": ("-u", "ann", "-p", "hunter2"), "set": ("--tls", "disabled")}[command]
    with registry.serve() as address:
        home.store(hosts={address: {"tls": "disabled", "user": "ann"}})
        ended = home("registry", command, address, *words)

    assert (1, "") == (ended.code, ended.out)
    assert "denied access" in ended.err
    assert "HTTP 403" in ended.err
    stored = home.host(address)
    assert stored is not None
    assert ("ann", "disabled") == (stored["user"], stored["tls"])


@claims("regctl registry login --skip-check")
def test_without_a_check_the_registry_is_not_asked(home: Home, registry: FakeRegistry) -> None:
    with registry.serve() as address:
        home.store(hosts={address: {"tls": "disabled"}})
        assert 0 == home("registry", "login", address, "-u", "ann", "-p", "wrong", "--skip-check").code

    assert [] == registry.ledger


@claims("regctl registry login --pass-stdin")
@pytest.mark.parametrize("given", [b"hunter2", b"hunter2\n", b"hunter2\r\n", b"hunter2\n\n"])
def test_a_password_comes_from_standard_input_without_its_line_end(home: Home, given: bytes) -> None:
    assert (0, "", "") == home(*OFFLINE, "-u", "ann", "--pass-stdin", stdin=given)
    assert {"user": "ann", "pass": "hunter2"} == home.host("x.example")


def test_spaces_are_part_of_a_password(home: Home) -> None:
    home(*OFFLINE, "-u", "ann", "--pass-stdin", stdin=b" pass word \n")

    assert {"user": "ann", "pass": " pass word "} == home.host("x.example")


def test_a_password_on_the_line_wins_over_standard_input(home: Home) -> None:
    home(*OFFLINE, "-u", "ann", "-p", "line", "--pass-stdin", stdin=b"input")

    assert {"user": "ann", "pass": "line"} == home.host("x.example")


@pytest.mark.parametrize(
    ("words", "given", "reason"),
    [
        (("--pass-stdin",), b"x", "--user"),
        (("-u", "ann", "--pass-stdin"), b"\n", "password"),
        (("-u", "ann", "-p", ""), b"", "password"),
        (("-u", "", "-p", "x"), b"", "user name"),
        (("-p", "x"), b"\n", "user name"),
        (("-u", "ann"), b"hunter2\n", "terminal"),
        (("-u", "ann", "--pass-stdin"), b"x" * 70_000, "standard input"),
        (("-u", "ann", "--pass-stdin"), b"\xff\xfe", "UTF-8"),
        (("-u", "ann\udcff", "-p", "x"), b"", "UTF-8"),
    ],
)
def test_a_login_that_is_not_complete_is_refused_and_nothing_is_stored(
    home: Home, words: tuple[str, ...], given: bytes, reason: str
) -> None:
    ended = home(*OFFLINE, *words, stdin=given)

    assert 1 == ended.code
    assert reason in ended.err
    assert not home.path.exists()


def test_a_user_is_asked_for_and_the_last_one_offered(home: Home) -> None:
    assert "Enter Username: " == home(*OFFLINE, "-p", "x", stdin=b"ann\n").out
    assert "Enter Username [ann]: " == home(*OFFLINE, "-p", "y", stdin=b"\n").out
    assert {"user": "ann", "pass": "y"} == home.host("x.example")


@pytest.mark.parametrize("text", ["x.example/path", "ftp://x.example", "", "https://"])
def test_what_is_no_registry_gets_no_login(home: Home, text: str) -> None:
    assert 1 == home("registry", "login", text, "--skip-check", "-u", "u", "-p", "p").code
    assert not home.path.exists()


def test_an_identity_token_takes_the_place_of_user_and_password(home: Home) -> None:
    home(*OFFLINE, "-u", "ann", "-p", "x")
    home(*OFFLINE, "-u", "<token>", "-p", "identity")
    assert {"token": "identity"} == home.host("x.example")
    assert "<token>\n" == home("registry", "whoami", "x.example").out
    home(*OFFLINE, "-u", "ann", "-p", "x")
    assert {"user": "ann", "pass": "x"} == home.host("x.example")


def test_a_login_replaces_no_other_setting() -> None:
    host = HostSettings("x", TLS.DISABLED, token=Secret("old"), mirrors=("m",))

    assert HostSettings("x", TLS.DISABLED, user="u", password=Secret("p"), mirrors=("m",)) == with_login(host, "u", Secret("p"))


@table(
    ("text", "host"),
    [
        ("x.example", HostSettings("x.example")),
        ("https://x.example/", HostSettings("x.example")),
        ("http://x.example", HostSettings("x.example", TLS.DISABLED)),
        ("registry-1.docker.io", HostSettings("docker.io")),
    ],
)
def test_a_new_entry_says_no_more_than_its_address(text: str, host: HostSettings) -> None:
    assert host == bare_host(text)


def test_docker_hub_is_meant_when_no_registry_is_named(home: Home) -> None:
    home("registry", "login", "--skip-check", "-u", "ann", "-p", "x")

    assert {"user": "ann", "pass": "x"} == home.host("docker.io")
    assert "ann\n" == home("registry", "whoami").out
    assert "ann\n" == home("registry", "whoami", "registry-1.docker.io").out
    assert (0, "", "") == home("registry", "logout")
    assert {} == home.stored()


def test_a_logout_takes_the_login_and_nothing_else(home: Home) -> None:
    login = {"user": "u", "pass": "p", "token": "t"}
    home.store(hosts={"x.example": login, "y.example": {**login, "tls": "disabled"}})

    assert (0, "", "") == home("registry", "logout", "x.example")
    assert (0, "", "") == home("registry", "logout", "https://y.example")
    assert {"hosts": {"y.example": {"tls": "disabled"}}} == home.stored()
    assert "no login found" in home("registry", "whoami", "y.example").err


def test_a_logout_from_an_unknown_registry_is_a_warning(home: Home) -> None:
    ended = home("registry", "logout", "x.example")

    assert (0, "") == (ended.code, ended.out)
    assert "level=WARN" in ended.err
    assert "registry=x.example" in ended.err
    assert not home.path.exists()


@pytest.mark.parametrize("hosts", [{}, {"x.example": {"tls": "disabled"}}])
def test_nobody_is_logged_in(home: Home, hosts: dict[str, object]) -> None:
    home.store(hosts=hosts)

    assert (1, "", "no login found for x.example\n") == home("registry", "whoami", "x.example")


def test_a_helper_is_asked_who_is_logged_in_and_not_at_logout(home: Home) -> None:
    helper = home.helper(
        'touch asked; read server; echo "{\\"Username\\": \\"$server\\", \\"Secret\\": \\"hunter2\\"}"'.replace(
            "asked", str(home.folder / "asked")
        )
    )
    home.store(hosts={"x.example": {"credHelper": helper, "tls": "disabled"}})
    assert (0, "", "") == home("registry", "logout", "x.example")
    assert not (home.folder / "asked").exists()
    assert (0, "x.example\n", "") == home("registry", "whoami", "x.example")
    assert (home.folder / "asked").exists()
    shown = home("registry", "config", "x.example")
    assert '"user": "x.example"' in shown.out
    assert "hunter2" not in shown.out


def test_a_helper_that_fails_is_a_warning_and_what_is_stored_counts(home: Home) -> None:
    home.store(hosts={"x.example": {"credHelper": home.helper("exit 1"), "user": "stored"}})
    ended = home("registry", "whoami", "x.example")

    assert (0, "stored\n") == (ended.code, ended.out)
    assert "exit code 1" in ended.err


def test_a_login_beside_a_helper_is_stored_with_a_warning(home: Home) -> None:
    home.store(hosts={"x.example": {"credHelper": "docker-credential-x"}})
    ended = home(*OFFLINE, "-u", "ann", "-p", "x")

    assert (0, "") == (ended.code, ended.out)
    assert "docker-credential-x" in ended.err
    assert {"user": "ann", "pass": "x", "credHelper": "docker-credential-x"} == home.host("x.example")
