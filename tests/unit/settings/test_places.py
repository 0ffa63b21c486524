"""Files are where the programs that write them say."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from regclient.settings.places import config_path, docker_file, home_in, podman_files


def test_the_home_is_what_the_environment_or_the_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(user: int) -> pwd.struct_passwd:
        raise KeyError(user)

    assert "/h" == home_in({"HOME": "/h"})
    monkeypatch.delenv("HOME")
    assert pwd.getpwuid(os.getuid()).pw_dir == home_in({})
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert "/" == home_in({}) == home_in({"HOME": "~nobody-of-this-name"})


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    assert "/x/y.json" == config_path({"REGCTL_CONFIG": "/x/y.json"}, tmp_path)


def test_without_anything_the_file_is_below_the_home(tmp_path: Path) -> None:
    assert str(tmp_path / ".regctl" / "config.json") == config_path({}, tmp_path)


@pytest.mark.parametrize("variable", [True, False])
def test_an_existing_xdg_file_comes_before_the_one_below_the_home(tmp_path: Path, variable: bool) -> None:  # noqa: FBT001
    base = tmp_path / ("elsewhere" if variable else ".config")
    (base / "regctl").mkdir(parents=True)
    (base / "regctl" / "config.json").touch()
    environment = {"XDG_CONFIG_HOME": str(base)} if variable else {}

    assert str(base / "regctl" / "config.json") == config_path(environment, tmp_path)


def test_dockers_file_is_below_the_home_unless_its_variable_says_otherwise(tmp_path: Path) -> None:
    assert str(tmp_path / ".docker" / "config.json") == docker_file({}, tmp_path)
    assert "/d/config.json" == docker_file({"DOCKER_CONFIG": "/d"}, tmp_path)


def test_podmans_file_is_where_its_variables_say(tmp_path: Path) -> None:
    assert ["/f"] == podman_files({"REGISTRY_AUTH_FILE": "/f", "XDG_RUNTIME_DIR": "/run"}, tmp_path)
    assert ["/run/containers/auth.json", "/c/containers/auth.json"] == podman_files(
        {"XDG_RUNTIME_DIR": "/run", "XDG_CONFIG_HOME": "/c"}, tmp_path
    )
