"""What regsync and regbot share on the command line."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest

from regclient.cli.jobs import client_of, local_zone, read_file
from regclient.cli.options import CONFIG, LOGGING
from regclient.errors import Incomplete, InvalidConfig
from regclient.hosts import HostSettings
from regclient.jobs.choices import ClientChoices
from regclient.jobs.configfile import Form
from regclient.jobs.kinds import TEXT, Key, Record
from regclient.kit.flags.table import Command
from regclient.remote.shared import RemoteOptions
from tests.fakes.console import call_of, written

ROOT = Command("tool", "does", persistent=LOGGING, children=(Command("once", "do it", flags=(CONFIG,), run="x:y"),))
Fields = dict[str, object]
FORM: Form[Fields, Fields] = Form(Record(dict, ()), "scripts", Record(dict, (Key("name", "name", TEXT),)))


def test_the_file_is_the_one_named_or_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "f.yml"
    file.write_text("scripts: [{name: a}]")
    assert read_file(call_of(ROOT, "once", "-c", str(file)), FORM).entries == ({"name": "a"},)
    found = read_file(call_of(ROOT, "once", "-c", "-", stdin=b"scripts: [{name: b}]"), FORM)
    assert (found.entries, found.filename) == (({"name": "b"},), "standard input")


def test_templates_of_the_file_know_the_environment() -> None:
    call = call_of(ROOT, "once", "-c", "-", stdin=b"creds: [{registry: a, user: '{{ env \"U\" }}'}]")
    call.environ = {"U": "me"}
    assert read_file(call, FORM).creds[0].user == "me"


def test_warnings_of_the_file_go_to_the_log() -> None:
    call = call_of(ROOT, "once", "-c", "-", stdin=b"script: 1")
    read_file(call, FORM)
    assert 'level=WARN msg="standard input line 1: script is not a known key' in written(call.streams.err)


def test_a_file_that_is_not_named_or_not_readable_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match="configuration file missing"):
        read_file(call_of(ROOT, "once", "--config="), FORM)
    for name in (str(tmp_path / "none.yml"), str(tmp_path), "a\0b"):
        with pytest.raises(InvalidConfig, match="invalid configuration"):
            read_file(call_of(ROOT, "once", "-c", name), FORM)


def test_the_client_knows_the_creds_and_dockers_logins_unless_they_are_not_wanted(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text('{"auths": {"b": {"auth": "dXNlcjpwYXNz"}}}')
    (tmp_path / ".regctl").mkdir()
    (tmp_path / ".regctl" / "config.json").write_text('{"hosts": {"c": {"user": "regctls"}}}')
    call = call_of(ROOT, "once", "-c", "-")
    call.environ = {"HOME": str(tmp_path)}
    creds = [HostSettings("a", user="me")]
    with client_of(call, creds, ClientChoices()) as client:
        assert ["me", "user", ""] == [client.hosts.resolve(name).user for name in "abc"]
        assert client.cancel is call.cancel
    with client_of(call, creds, ClientChoices(skip_docker_config=True)) as client:
        assert ["me", ""] == [client.hosts.resolve(name).user for name in "ab"]


def test_the_choices_of_the_file_reach_the_client() -> None:
    call = call_of(ROOT, "once", "-c", "-")
    with client_of(call, [], ClientChoices(blob_limit=5, user_agent="me"), RemoteOptions(cache_count=3)) as client:
        assert client._remote == RemoteOptions(chunk_limit=5, cache_count=3)
        assert client._wire is not None
        assert client._wire.user_agent == "me"
    with client_of(call, [], ClientChoices()) as client:
        assert client._wire is not None
        assert client._wire.user_agent.startswith("regclient/tool (")


def test_old_and_nameless_entries_are_warned_about() -> None:
    call = call_of(ROOT, "once", "-c", "-")
    with client_of(call, [HostSettings("a", scheme="http"), HostSettings("")], ClientChoices()):
        pass
    said = written(call.streams.err)
    assert 'msg="Scheme is deprecated, for http set TLS to disabled" name=a' in said
    assert "a host entry needs a name" in said


def test_schedules_are_in_the_zone_of_the_environment_or_the_machine() -> None:
    assert local_zone({"TZ": "Europe/Berlin"}) == ZoneInfo("Europe/Berlin")
    assert local_zone({"TZ": ":Europe/Berlin"}) == ZoneInfo("Europe/Berlin")
    assert local_zone({"TZ": ""}) is UTC
    assert local_zone({"TZ": "Mars/Base"}) is UTC
    assert local_zone({"TZ": "/no/such/file"}) is UTC
    assert local_zone({}) is not None
    for path in TZPATH:
        if (Path(path) / "Europe/Berlin").is_file():
            assert "Berlin" in str(local_zone({"TZ": f"{path}/Europe/Berlin"}))
