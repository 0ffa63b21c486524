"""Everything the machine says about registries, gathered in the order that decides who wins.

Docker Hub's own entry comes first, then Docker's logins, podman's where Docker has none, Docker's certificates, the default
host and the hosts of regctl's file; what the command line says is laid on top by its caller. The environment and the home
directory are arguments: nothing here reads them by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.hosts import HostBook, HostSettings, host_of
from regclient.settings.certificates import DOCKER_CERTIFICATES, read_certificates
from regclient.settings.docker import DockerConfig, ListStore, hosts_of, parse_docker_config
from regclient.settings.helpers import list_helper
from regclient.settings.places import config_path, docker_file, podman_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from regclient.settings.places import StrPath
    from regclient.settings.regctl import RegctlConfig

    T = TypeVar("T")


class Surroundings(NamedTuple):
    """What a machine offers: its environment, a home directory, where Docker's certificates are, and how helpers are asked."""

    environment: Mapping[str, str]
    home: StrPath
    certificates: StrPath = DOCKER_CERTIFICATES
    list_store: ListStore = list_helper


class Gathered:
    """The hosts that were found, regctl's configuration if there is one, and what went wrong on the way without stopping it."""

    def __init__(self) -> None:
        self.book = HostBook()
        self.config: RegctlConfig | None = None
        self.warnings: list[str] = []
        self.certificates: Callable[[HostSettings], tuple[str, ...]] | None = None

    def add(self, entries: Iterable[HostSettings]) -> None:
        """Lay entries over what is known, noting what they overwrite."""
        for entry in entries:
            try:
                self.warnings += [str(change) for change in self.book.add(entry)]
            except InvalidConfig as error:
                self.warnings.append(str(error))


def gather(around: Surroundings, config: RegctlConfig | None = None) -> Gathered:
    """Gather the hosts of a machine; ``config`` stands for regctl's file when given. What cannot be read is a warning."""
    found = Gathered()
    own = found.config = config or _own_config(config_path(around.environment, around.home), found)
    if own and own.is_too_new:
        found.warnings.append(f"{own.filename} has version {own.version}, written by a newer program")
    if not own or own.inc_docker_cred is not False:
        found.add(docker_logins(around, found))
    if not own or own.inc_docker_cert is not False:
        found.add(_client_certificates(around.certificates, found))
        found.certificates = _roots_below(around.certificates)
    if own:
        found.book.default = own.host_default
        # An entry under the name of a host wins over one under an address of it.
        found.add(sorted(own.hosts.values(), key=lambda host: host_of(host.name) == host.name))
    return found


def docker_logins(around: Surroundings, found: Gathered) -> list[HostSettings]:
    """Return Docker's logins, file before environment, and podman's for the hosts Docker has none for."""
    environment, home = around.environment, around.home
    file = docker_file(environment, home)
    texts = [(_read(file, found), file)]
    texts.append((environment.get("DOCKER_AUTH_CONFIG", ""), "DOCKER_AUTH_CONFIG"))
    logins = [host for text, where in texts for host in _parsed(text, where, around, found)]
    known = {host.name for host in logins}
    for path in podman_files(environment, home):
        added = [host for host in _parsed(_read(path, found), path, around, found) if host.name not in known]
        known.update(host.name for host in added)
        logins += added
    return logins


def _own_config(path: str, found: Gathered) -> RegctlConfig | None:
    if _is_missing(path):
        return None
    from regclient.settings.regctl import load_config  # noqa: PLC0415 - a door: most machines have no such file

    return _noted(partial(load_config, path), found)


def _is_missing(path: str) -> bool:
    try:
        os.stat(path)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False


def _parsed(text: str, where: str, around: Surroundings, found: Gathered) -> tuple[HostSettings, ...]:
    config = _noted(partial(parse_docker_config, text, where), found) or DockerConfig()
    return hosts_of(config, around.list_store)


def _read(path: str, found: Gathered) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        found.warnings.append(str(InvalidConfig(path, getattr(error, "strerror", None) or "not UTF-8")))
        return ""


def _client_certificates(directory: StrPath, found: Gathered) -> list[HostSettings]:
    try:
        names = sorted(name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name)))
    except OSError:
        return []
    made = []
    for name in names:
        certificates = _noted(partial(read_certificates, directory, name), found)
        if certificates and certificates.client_cert:
            made.append(HostSettings(name, client_cert=certificates.client_cert, client_key=certificates.client_key))
    return made


def _roots_below(directory: StrPath) -> Callable[[HostSettings], tuple[str, ...]]:
    def roots_of(host: HostSettings) -> tuple[str, ...]:
        found = read_certificates(directory, host.hostname or host.name)
        return (found.roots,) if found.roots else ()

    return roots_of


def _noted(read: Callable[[], T], found: Gathered) -> T | None:
    try:
        return read()
    except InvalidConfig as error:
        found.warnings.append(str(error))
        return None
