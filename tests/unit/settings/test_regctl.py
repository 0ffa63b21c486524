"""regctl's own file is found, read and saved as the Go program does it, and nothing in it is lost."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from regclient.settings.regctl import RegctlConfig, document_of, load_config, parse_config, save_config
from tests.tables import table


@pytest.mark.parametrize("content", [None, "", " \n", "{}"])
def test_a_missing_or_empty_file_is_an_empty_configuration(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_text(content)

    assert RegctlConfig(str(path)) == load_config(str(path))


@table(
    "text",
    ["{", "[]", '{"version": "1"}', '{"version": true}', '{"hosts": []}', '{"hosts": {"a": 1}}', '{"incDockerCert": 1}'],
)
def test_what_is_no_configuration_is_an_error_that_names_the_file(text: str) -> None:
    with pytest.raises(InvalidConfig, match=r"c\.json"):
        parse_config(text, "c.json")


def test_a_directory_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="Is a directory"):
        load_config(str(tmp_path))


def test_names_of_docker_hub_are_one_host() -> None:
    assert ["docker.io"] == list(parse_config('{"hosts": {"https://index.docker.io/v1/": {"user": "a"}}}', "c").hosts)


def test_a_newer_version_is_read_and_known_as_such() -> None:
    assert parse_config('{"version": 2}', "c").is_too_new
    assert not parse_config('{"version": 1}', "c").is_too_new


def test_what_is_saved_is_what_the_go_program_writes(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"incDockerCred":false,"hosts":{"b":{"pass":"<p>","tls":"Disabled"},"a":{"user":"u"}},"blobLimit":5}')
    save_config(load_config(str(path)))

    assert path.read_text() == (
        '{\n  "hosts": {\n    "a": {\n      "user": "u"\n    },\n    "b": {\n      "tls": "disabled",\n'
        '      "pass": "\\u003cp\\u003e"\n    }\n  },\n  "blobLimit": 5,\n  "incDockerCred": false\n}'
    )


def test_members_we_do_not_know_survive_a_save(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"future": [1], "hosts": {"a": {"user": "u", "later": 2}}, "hostDefault": {"soon": 3, "user": "d"}}')
    config = load_config(str(path))
    save_config(replace(config, hosts={"a": HostSettings("a", user="new")}))

    assert {
        "hosts": {"a": {"user": "new", "later": 2}},
        "hostDefault": {"user": "d", "soon": 3},
        "future": [1],
    } == json.loads(path.read_text())


def test_an_empty_configuration_is_an_empty_object() -> None:
    assert {} == document_of(RegctlConfig())


def test_a_new_file_is_for_its_owner_alone_and_its_folder_too(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "config.json"
    save_config(RegctlConfig(str(path), hosts={"a": HostSettings("a", password=Secret("x"))}))

    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
    assert ["config.json"] == [entry.name for entry in path.parent.iterdir()]


def test_a_save_keeps_the_mode_the_file_had(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    path.chmod(0o640)
    save_config(RegctlConfig(str(path), blob_limit=1))

    assert 0o640 == path.stat().st_mode & 0o777


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidConfig, match="cannot write"):
        save_config(RegctlConfig(str(tmp_path / "file" / "config.json")))


@table("text", ["x.example", "https://x.example", "http://x.example/"])
def test_a_host_is_found_by_its_name_and_by_its_address(text: str) -> None:
    config = parse_config('{"hosts": {"x.example": {"user": "u"}}}', "c")

    assert HostSettings("x.example", user="u") == config.host(text)
    assert config.host("other.example") is None


def test_an_entry_under_an_address_is_found_before_the_one_of_its_host() -> None:
    config = parse_config('{"hosts": {"https://x.example": {"user": "a"}, "x.example": {"user": "b"}}}', "c")

    assert config.host("https://x.example") == HostSettings("https://x.example", user="a")


@table("text", ["x.example", "http://x.example", "https://x.example/"])
def test_an_entry_that_is_only_under_an_address_is_found_by_its_host(text: str) -> None:
    config = parse_config('{"hosts": {"http://x.example": {"user": "a"}}}', "c")

    assert config.host(text) == HostSettings("http://x.example", user="a")
    assert {"hosts": {"http://x.example": {"user": "a"}}} == document_of(config)


@table("text", ["docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"])
def test_docker_hub_is_found_by_each_of_its_names(text: str) -> None:
    assert HostSettings("docker.io", user="u") == parse_config('{"hosts": {"docker.io": {"user": "u"}}}', "c").host(text)


def test_an_entry_is_added_replaced_and_left_out_when_it_says_nothing() -> None:
    config = parse_config('{"hosts": {"a": {"user": "u"}, "b": {"user": "v"}}}', "c")

    assert {"b": config.hosts["b"]} == config.with_host(HostSettings("a")).hosts
    assert "w" == config.with_host(HostSettings("a", user="w")).hosts["a"].user
    assert ["a", "b", "c"] == sorted(config.with_host(HostSettings("c", user="x")).hosts)


def test_an_entry_with_members_of_another_program_is_not_left_out() -> None:
    config = parse_config('{"hosts": {"a": {"user": "u", "future": 1}}}', "c")

    assert {"hosts": {"a": {"future": 1}}} == document_of(config.with_host(HostSettings("a")))


def test_names_that_are_no_text_can_be_read_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"hosts": {"a": {"user": "\\ud800", "hostname": "b"}}}')
    save_config(load_config(str(path)))

    assert {"hosts": {"a": {"user": "�", "hostname": "b"}}} == json.loads(path.read_text())


def test_bytes_of_a_command_line_that_are_no_text_are_saved_as_something(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    save_config(RegctlConfig(str(path), hosts={"a": HostSettings("a", hostname="b\udcff")}))

    assert HostSettings("a", hostname="b�") == load_config(str(path)).hosts["a"]


def test_a_number_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="blobLimit"):
        parse_config(f'{{"blobLimit": {2**63}}}', "c")


@table(
    "config",
    [
        RegctlConfig(hosts={"a": HostSettings("a", req_per_sec=math.inf)}),
        RegctlConfig(hosts={"a": HostSettings("a", req_per_sec=math.nan)}),
        parse_config('{"future": 1e400}', "c"),
    ],
)
def test_what_no_program_could_read_again_is_not_saved(config: RegctlConfig, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")

    with pytest.raises(InvalidConfig, match="cannot write: a number is too large"):
        save_config(replace(config, filename=str(path)))
    assert "{}" == path.read_text()
