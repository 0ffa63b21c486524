"""What a machine says becomes the choices of each layer; what the caller says wins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from regclient.environment import Layers, layers_of_machine
from regclient.errors import InvalidConfig
from regclient.events import Event, Planned, Warned
from regclient.hosts import HostSettings
from regclient.layout.repository import LayoutSettings
from regclient.remote.shared import RemoteOptions
from regclient.settings.regctl import RegctlConfig
from regclient.transport.options import Roots, WireOptions
from regclient.transport.proxies import rules_from

EMPTY: Mapping[str, str] = {}


def layers(
    home: Path,
    environment: Mapping[str, str] = EMPTY,
    *,
    config: RegctlConfig | None = None,
    hosts: tuple[HostSettings, ...] = (),
    wire: WireOptions | None = None,
    remote: RemoteOptions | None = None,
    layout: LayoutSettings | None = None,
    said: list[Event | Planned | Warned] | None = None,
) -> Layers:
    observer = (said if said is not None else []).append
    return layers_of_machine(
        environment, home, config=config, hosts=hosts, wire=wire, remote=remote, layout=layout, observer=observer
    )


def test_an_empty_machine_leaves_the_defaults(tmp_path: Path) -> None:
    found = layers(tmp_path)
    assert RemoteOptions() == found.remote
    assert found.layout is None
    assert WireOptions().user_agent == found.wire.user_agent
    assert found.wire.proxies.https is None


def test_proxies_and_roots_come_from_their_variables(tmp_path: Path) -> None:
    variables = {"HTTPS_PROXY": "http://proxy.example:3128", "SSL_CERT_FILE": "/roots.pem", "SSL_CERT_DIR": "/a:/b"}
    found = layers(tmp_path, variables)
    assert str(found.wire.proxies.https) == "proxy.example:3128"
    assert (found.wire.roots.file, found.wire.roots.directories) == ("/roots.pem", ("/a", "/b"))
    with pytest.raises(InvalidConfig):
        layers(tmp_path, {"HTTPS_PROXY": "http://:::"})


@pytest.mark.parametrize("name", ["SOURCE_DATE_EPOCH", "SOURCE_DATE_EPOC"])
def test_the_time_of_new_entries_comes_from_either_spelling(tmp_path: Path, name: str) -> None:
    chosen = LayoutSettings(collect=False)

    assert LayoutSettings(created=12.0) == layers(tmp_path, {name: "12"}).layout
    assert LayoutSettings(created=12.0, collect=False) == layers(tmp_path, {name: "12"}, layout=chosen).layout
    assert layers(tmp_path, {name: "yesterday"}).layout is None
    assert chosen == layers(tmp_path, {name: "yesterday"}, layout=chosen).layout


def test_the_blob_limit_of_regctls_file_is_kept_beside_what_the_caller_chose(tmp_path: Path) -> None:
    file = tmp_path / "regctl.json"
    file.write_text(json.dumps({"blobLimit": 4096, "hosts": {}}))
    found = layers(tmp_path, {"REGCTL_CONFIG": str(file)}, remote=RemoteOptions(cache_count=7))
    assert (found.remote.chunk_limit, found.remote.cache_count) == (4096, 7)


def test_a_configuration_given_stands_for_regctls_file(tmp_path: Path) -> None:
    file = tmp_path / "regctl.json"
    file.write_text(json.dumps({"blobLimit": 4096, "hosts": {"a": {"user": "me"}}}))
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {"b": {"auth": "dXNlcjpwYXNz"}}}))
    variables = {"REGCTL_CONFIG": str(file)}
    found = layers(tmp_path, variables, config=RegctlConfig(blob_limit=5))
    assert (found.remote.chunk_limit, found.hosts.resolve("a").user, found.hosts.resolve("b").user) == (5, "", "user")
    found = layers(tmp_path, variables, config=RegctlConfig(inc_docker_cred=False))
    assert found.hosts.resolve("b").user == ""


def test_hosts_given_are_laid_over_those_found_and_the_change_is_told(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {"registry.example": {"auth": "dXNlcjpwYXNz"}}}))
    said = list[Event | Planned | Warned]()
    found = layers(tmp_path, hosts=(HostSettings("registry.example", user="other"),), said=said)
    settings = found.hosts.resolve("registry.example")
    assert (settings.user, found.credentials(settings).user) == ("other", "other")
    assert [True] == [isinstance(event, Warned) for event in said]


def test_what_the_caller_chose_is_not_overruled_by_variables(tmp_path: Path) -> None:
    variables = {"SSL_CERT_FILE": "/machine.pem", "SOURCE_DATE_EPOCH": "12", "HTTPS_PROXY": "proxy.example:1"}
    proxies = rules_from({"HTTPS_PROXY": "mine.example:2"})
    wire = WireOptions(roots=Roots(file="/mine.pem"), proxies=proxies, certificates=lambda _: ())
    found = layers(tmp_path, variables, wire=wire, layout=LayoutSettings(created=1.0, collect=False))
    assert wire == found.wire
    assert LayoutSettings(created=1.0, collect=False) == found.layout


def test_the_process_is_asked_when_nothing_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "34")
    found = layers_of_machine(None, None, hosts=(), wire=None, remote=None, layout=None, observer=lambda _: None)
    assert LayoutSettings(created=34.0) == found.layout
