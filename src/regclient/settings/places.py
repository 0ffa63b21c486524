"""Where Docker, podman and regctl keep their files; nothing is read here, so a machine without them needs no more than this."""

from __future__ import annotations

import os
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    StrPath: TypeAlias = str | os.PathLike[str]


def home_in(environment: Mapping[str, str]) -> str:
    """Return the home directory: ``HOME``, else what the machine says, else the root, for a user it does not know."""
    home = environment.get("HOME") or os.path.expanduser("~")
    return "/" if home.startswith("~") else home


def config_path(environment: Mapping[str, str], home: StrPath) -> str:
    """Return the file to use: ``REGCTL_CONFIG``, else the XDG one if it exists, else ``~/.regctl/config.json``."""
    if environment.get("REGCTL_CONFIG"):
        return environment["REGCTL_CONFIG"]
    xdg = os.path.join(environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "regctl", "config.json")
    return xdg if os.path.isfile(xdg) else os.path.join(home, ".regctl", "config.json")


def docker_file(environment: Mapping[str, str], home: StrPath) -> str:
    """Return Docker's file: in the folder that ``DOCKER_CONFIG`` names, else in ``~/.docker``."""
    return os.path.join(environment.get("DOCKER_CONFIG") or os.path.join(home, ".docker"), "config.json")


def podman_files(environment: Mapping[str, str], home: StrPath) -> list[str]:
    """Return where podman keeps logins, first choice first (containers-auth.json(5))."""
    if environment.get("REGISTRY_AUTH_FILE"):
        return [environment["REGISTRY_AUTH_FILE"]]
    runtime = environment.get("XDG_RUNTIME_DIR")
    config = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return [os.path.join(folder, "containers", "auth.json") for folder in (runtime, config) if folder]
