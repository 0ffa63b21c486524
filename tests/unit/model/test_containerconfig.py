from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest
from regclient.model.containerconfig import ContainerConfig, Healthcheck
from tests.tables import table

FULL = {
    "User": "u",
    "ExposedPorts": {"80/tcp": {}, "443/tcp": None},
    "Env": ["A=1"],
    "Entrypoint": ["e"],
    "Cmd": ["c"],
    "Volumes": {"/v": {}},
    "WorkingDir": "/w",
    "Labels": {"b": "<", "a": ""},
    "StopSignal": "9",
    "StopTimeout": 0,
    "ArgsEscaped": True,
    "Healthcheck": {"Test": ["CMD", "x"], "Interval": 5, "Timeout": 6, "StartPeriod": 7, "Retries": 8},
    "OnBuild": ["o"],
    "Shell": ["s"],
}


def test_everything_is_read_and_written() -> None:
    found = ContainerConfig.from_json(FULL)

    assert ("443/tcp", "80/tcp") == found.exposed_ports
    assert Healthcheck(("CMD", "x"), 5, 6, 7, 8) == found.healthcheck
    assert (
        r'{"User":"u","ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["A=1"],"Entrypoint":["e"],"Cmd":["c"],"Volumes":{"/v":{}},'
        r'"WorkingDir":"/w","Labels":{"a":"","b":"\u003c"},"StopSignal":"9","StopTimeout":0,"ArgsEscaped":true,'
        r'"Healthcheck":{"Test":["CMD","x"],"Interval":5,"Timeout":6,"StartPeriod":7,"Retries":8},"OnBuild":["o"],"Shell":["s"]}'
        == found.to_json()
    )


@table(
    ("value", "zero"),
    [
        (None, True),
        ({}, True),
        ({"Env": None, "User": ""}, True),
        ({"Env": []}, False),
        ({"Labels": {}}, False),
        ({"x": 1}, False),
    ],
)
def test_go_leaves_out_only_what_never_held_anything(value: object, *, zero: bool) -> None:
    assert zero == ContainerConfig.from_json(value).is_zero


def test_a_config_emptied_by_a_change_stays_as_an_empty_object() -> None:
    found = ContainerConfig.from_json({"Labels": {"a": "b"}}).replace(labels={})

    assert not found.is_zero
    assert "{}" == found.to_json()


def test_a_config_filled_by_a_change_is_no_longer_zero() -> None:
    assert not ContainerConfig().replace(env=("A=1",)).is_zero
    assert ContainerConfig().replace(user="").is_zero


def test_sets_are_kept_sorted() -> None:
    found = ContainerConfig().replace(exposed_ports=("80/tcp", "443/tcp", "80/tcp"), volumes=("/b", "/a"))

    assert (("443/tcp", "80/tcp"), ("/a", "/b")) == (found.exposed_ports, found.volumes)


def test_lists_are_taken_for_tuples() -> None:
    found = ContainerConfig().replace(env=["A=1"])  # type: ignore[arg-type]  # what an untyped caller does

    assert ("A=1",) == found.env


@table(
    "value",
    [
        {"Env": {}},
        {"Labels": []},
        {"ExposedPorts": {"80": 1}},
        {"StopTimeout": "5"},
        {"Healthcheck": []},
        {"ArgsEscaped": 1},
        1,
    ],
)
def test_members_of_the_wrong_type_are_refused(value: object) -> None:
    with pytest.raises(InvalidManifest):
        ContainerConfig.from_json(value)
