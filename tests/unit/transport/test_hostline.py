from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import Unsupported
from regclient.hosts import TLS, Credential, HostBook, HostSettings
from regclient.kit.secret import Secret
from regclient.transport.auth.login import LoginTools
from regclient.transport.auth.tokens import TokenAnswer, TokenRequest
from regclient.transport.hostline import HostLine, HostLines
from regclient.transport.slots import Load
from tests.fakes.clock import FakeClock
from tests.tables import table

NOW = 1000.0


def line(**more: object) -> HostLine:
    return HostLine(HostBook([HostSettings("r.example", **more)]).resolve("r.example"), ())  # type: ignore[arg-type]


def test_settings_become_identity_proxy_and_origin() -> None:
    settings = HostSettings("r.example", hostname="r.example:5000", reg_cert="root", client_cert="c", proxy="p:1")
    made = HostLine(replace(settings, client_key=Secret("k")), ("docker", ""))

    assert (True, ("docker", "root"), "c", "k") == (
        made.identity.verify,
        made.identity.roots,
        made.identity.certificate,
        made.identity.key.reveal(),
    )
    assert "p:1" == str(made.proxy)
    assert "https://r.example:5000/" == str(made.origin)
    assert not line(tls=TLS.INSECURE).identity.verify
    assert "http://r.example/" == str(line(tls=TLS.DISABLED).origin)


@table(("text", "has_head"), [("", True), ("false", True), ("0", True), ("1", False), ("t", False), ("TRUE", False)])
def test_head_requests_can_be_switched_off(text: str, *, has_head: bool) -> None:
    assert has_head == line(api_opts={"disableHead": text}).has_head


def test_a_failing_host_rests_longer_and_longer_but_paces_nobody() -> None:
    made = line()
    rests = []
    for _ in range(12):
        made.failed(NOW)
        rests.append(made.resting(NOW))

    assert pytest.approx([0.2, 0.4, 0.8]) == rests[:3]
    assert 30.0 == rests[-1]
    assert 0.0 == made.wait(NOW)
    made.succeeded()
    assert 0.0 == made.resting(NOW)


def test_a_pace_is_never_shortened() -> None:
    made = line()
    made.pace(NOW + 5)
    made.pace(NOW + 3)

    assert (5.0, 5.0, 0.0) == (made.wait(NOW), made.resting(NOW), made.wait(NOW + 6))


def test_there_is_one_login_for_the_host_or_one_per_repository() -> None:
    def tools(line: HostLine) -> LoginTools:
        def ask(request: TokenRequest) -> TokenAnswer:
            raise NotImplementedError

        return LoginTools(ask, lambda source, realm: None, FakeClock(), "c", pytest.fail)

    def source(settings: HostSettings) -> Credential:
        return Credential()

    shared, apart = line(), line(repo_auth=True)

    assert shared.login_for("a", source, tools) is shared.login_for("b", source, tools)
    assert apart.login_for("a", source, tools) is not apart.login_for("b", source, tools)
    assert apart.login_for("a", source, tools) is apart.login_for("a", source, tools)


def test_each_host_has_one_line_whatever_it_is_called() -> None:
    lines = HostLines(HostBook(), None)

    assert lines.line_to("docker.io") is lines.line_to("registry-1.docker.io")
    assert lines.line_to("x.example") is lines.line_to("x.example")
    assert lines.line_to("http://y.example") is lines.line_to("y.example") is lines.line_to("y.example/")
    assert "registry-1.docker.io" == lines.settings_of("docker.io").hostname


def test_certificates_are_looked_for_once_per_host() -> None:
    asked: list[str] = []

    def certificates(settings: HostSettings) -> list[str]:
        asked.append(settings.hostname)
        return ["found"]

    lines = HostLines(HostBook(), certificates)
    for _ in range(2):
        assert ("found",) == lines.line_to("x.example").identity.roots
    assert ["x.example"] == asked


def test_settings_nobody_can_use_are_refused() -> None:
    with pytest.raises(Unsupported):
        line(proxy="socks5://x:1")


def test_the_slots_are_those_of_the_settings() -> None:
    made = line(req_concurrent=1)
    small = Load(write=False, big=False)

    assert made.slots.try_acquire(small) is not None
    assert made.slots.try_acquire(small) is None
