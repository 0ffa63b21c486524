"""``regctl config``: what is stored, what is shown, and what an option changes."""

from __future__ import annotations

import pytest

from regclient.hosts import HostSettings
from regclient.regctl.config import with_helper
from tests.claims import claims
from tests.fakes.home import Home


def test_a_fresh_home_has_an_empty_configuration(home: Home) -> None:
    assert (0, "{}\n", "") == home("config", "get", "--format", "{{ json . }}")
    assert (0, "{}\n", "") == home("config", "get")
    assert not home.path.exists()


@claims("regctl config set --blob-limit", "regctl config set --docker-cert", "regctl config set --docker-cred")
def test_options_are_stored_and_taken_back(home: Home) -> None:
    assert (0, "", "") == home("config", "set", "--blob-limit", "420000000", "--docker-cert=false", "--docker-cred=false")
    assert {"blobLimit": 420000000, "incDockerCert": False, "incDockerCred": False} == home.stored()
    assert (
        "420000000 false false"
        == home("config", "get", "--format", "{{ .BlobLimit }} {{ .IncDockerCert }} {{ .IncDockerCred }}").out
    )
    assert (0, "", "") == home("config", "set", "--docker-cert")
    assert {"blobLimit": 420000000, "incDockerCred": False} == home.stored()
    assert (0, "", "") == home("config", "set", "--blob-limit", "0", "--docker-cred")
    assert {} == home.stored()


@claims("regctl config set --default-cred-helper")
def test_a_default_helper_is_stored_and_taken_back(home: Home) -> None:
    home("config", "set", "--default-cred-helper", "test-helper")
    assert {"hostDefault": {"credHelper": "test-helper"}} == home.stored()
    assert "test-helper" == home("config", "get", "--format", "{{ .HostDefault.CredHelper }}").out
    home("config", "set", "--default-cred-helper", "")
    assert {} == home.stored()


def test_a_default_host_with_more_than_a_helper_stays() -> None:
    default = HostSettings("", req_concurrent=2, cred_helper="x")

    assert HostSettings("", req_concurrent=2) == with_helper(default, "")
    assert with_helper(None, "") is None


def test_setting_nothing_writes_the_file(home: Home) -> None:
    assert (0, "", "") == home("config", "set")
    assert "{}" == home.path.read_text()
    assert 0o600 == home.path.stat().st_mode & 0o777


@claims("regctl config get --format")
def test_the_file_is_named(home: Home) -> None:
    assert (0, str(home.path), "") == home("config", "get", "--format", "{{ .Filename }}")


def test_no_secret_is_shown(home: Home) -> None:
    host = {"user": "ann", "pass": "hunter1", "token": "hunter2", "clientKey": "hunter3", "proxy": "http://a:hunter4@p"}
    home.store(hosts={"a.example": host}, hostDefault=host)
    for template in ("{{ printPretty . }}", "{{ json . }}", "{{ . }}", '{{ (index .Hosts "a.example").Pass }}'):
        ended = home("config", "get", "--format", template)
        assert (0, "") == (ended.code, ended.err)
        assert "hunter" not in ended.out
    assert '"user": "ann"' in home("config", "get").out


def test_an_environment_names_another_file(home: Home) -> None:
    home.store(blobLimit=1)
    other = home.folder / "other.json"
    Home(home.folder, {"REGCTL_CONFIG": str(other)})("config", "set", "--blob-limit", "2")

    assert '{\n  "blobLimit": 2\n}' == other.read_text()
    assert {"blobLimit": 1} == home.stored()


@pytest.mark.parametrize("content", ["{", "[]", '{"hosts":{"a":{"tls":"bogus"}}}', '{"hosts":{"a":null}}', '{"version":2}'])
@pytest.mark.parametrize("command", [("config", "get"), ("config", "set"), ("registry", "config"), ("registry", "whoami")])
def test_a_file_that_is_damaged_or_too_new_is_an_error_and_left_alone(
    home: Home, content: str, command: tuple[str, ...]
) -> None:
    home.path.parent.mkdir()
    home.path.write_text(content)
    ended = home(*command)

    assert (1, "") == (ended.code, ended.out)
    assert "config.json" in ended.err
    assert content == home.path.read_text()
