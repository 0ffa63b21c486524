"""regctl's own settings file: where it is, how it is read, and how it is saved without ever being half written.

The path, the JSON and the rules are those of the Go program, so both can share one file. Members we do not know survive a save.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from regclient.errors import InvalidConfig
from regclient.hosts import HostSettings, host_name, host_of, is_unchanged
from regclient.settings.hostjson import LARGEST, read_host, unknown_members, write_host
from regclient.settings.jsontext import read_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self, TypeVar

    T = TypeVar("T")

NEWEST_VERSION = 1
SIZE_LIMIT = 16 << 20


@dataclass(frozen=True, slots=True)
class RegctlConfig:
    """The settings file as a value; ``source`` is the document it was read from, so that nothing in it is lost.

    ``inc_docker_cert`` and ``inc_docker_cred`` are None when the file does not say, which means yes.
    """

    filename: str = ""
    version: int = 0
    hosts: Mapping[str, HostSettings] = field(default_factory=dict)
    host_default: HostSettings | None = None
    blob_limit: int = 0
    inc_docker_cert: bool | None = None
    inc_docker_cred: bool | None = None
    source: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_too_new(self) -> bool:
        """Whether a newer program wrote the file."""
        return self.version > NEWEST_VERSION

    def host(self, text: str) -> HostSettings | None:
        """Return the entry of a host, by its name or by an address of it (``https://host/``, a name of Docker Hub).

        The Go program keeps what ``registry login http://host`` was told under the address: that is found last.
        """
        name = host_of(text)
        under_address = (host for host in self.hosts.values() if host_of(host.name) == name)
        return self.hosts.get(text) or self.hosts.get(name) or next(under_address, None)

    def with_host(self, settings: HostSettings) -> Self:
        """Return the configuration with an entry added or replaced; one that says nothing is left out."""
        others = {name: host for name, host in self.hosts.items() if name != settings.name}
        if is_unchanged(settings) and not unknown_members(_mapping(_hosts_in(self.source).get(settings.name))):
            return replace(self, hosts=others)
        return replace(self, hosts={**others, settings.name: settings})


def load_config(path: str) -> RegctlConfig:
    """Read the file; a missing or empty one is an empty configuration.

    Raises:
        InvalidConfig: it cannot be read, or is not what it should be.
    """
    try:
        if os.stat(path).st_size > SIZE_LIMIT:
            raise InvalidConfig(path, f"larger than {SIZE_LIMIT} bytes")
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return RegctlConfig(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfig(path, getattr(error, "strerror", None) or "not UTF-8") from None
    return parse_config(text, path)


def parse_config(text: str, filename: str) -> RegctlConfig:
    """Read the JSON text of a file.

    Raises:
        InvalidConfig: not JSON, or a member has the wrong type.
    """
    try:
        document = read_json(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise InvalidConfig(filename, f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidConfig(filename, "expected a JSON object")
    hosts = _typed(document, "hosts", dict, filename) or {}
    default = document.get("hostDefault")
    return RegctlConfig(
        filename,
        _typed(document, "version", int, filename) or 0,
        {host_name(name): read_host(host_name(name), value, filename) for name, value in hosts.items()},
        read_host("", default, filename) if default is not None else None,
        _typed(document, "blobLimit", int, filename) or 0,
        _typed(document, "incDockerCert", bool, filename),
        _typed(document, "incDockerCred", bool, filename),
        document,
    )


def document_of(config: RegctlConfig) -> dict[str, object]:
    """Return the JSON document of a configuration, secrets in clear, what is not set left out."""
    source = config.source
    before = _hosts_in(source)
    hosts = {name: write_host(host, _mapping(before.get(name))) for name, host in sorted(config.hosts.items())}
    default = write_host(config.host_default, _mapping(source.get("hostDefault"))) if config.host_default else None
    members = {
        "version": config.version or None,
        "hosts": hosts or None,
        "hostDefault": default or None,
        "blobLimit": config.blob_limit or None,
        "incDockerCert": config.inc_docker_cert,
        "incDockerCred": config.inc_docker_cred,
    }
    known = {name: value for name, value in members.items() if value is not None}
    return known | {name: value for name, value in source.items() if name not in members}


def save_config(config: RegctlConfig) -> None:
    """Write the file: whole or not at all, for its owner's eyes only, keeping the mode and owner it had.

    Raises:
        InvalidConfig: it cannot be written.
    """
    import json  # noqa: PLC0415 - a door, as the rest: most commands only read
    from pathlib import Path  # noqa: PLC0415

    from regclient.kit.atomicfile import AtomicFile  # noqa: PLC0415

    path = Path(config.filename)
    try:
        text = json.dumps(document_of(config), indent=2, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise InvalidConfig(str(path), "cannot write: a number is too large") from None
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.stat() if path.exists() else None
        with AtomicFile(path.parent, prefix="config", mode=0o600) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
            if before:
                _take_after(file.path, before.st_mode & 0o7777, before.st_uid, before.st_gid)
            file.commit(path)
    except OSError as error:
        raise InvalidConfig(str(path), f"cannot write: {error.strerror}") from None


@contextmanager
def alone_with(path: str) -> Iterator[None]:
    """Keep other processes of ours from changing the file for the length of the block, so that no change is lost.

    The folder is locked, for the file itself is replaced by every change. Where there are no locks it goes on without.

    Raises:
        InvalidConfig: the folder cannot be made.
    """
    try:
        os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
        folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    except OSError as error:
        raise InvalidConfig(path, f"cannot write: {error.strerror}") from None
    try:
        _lock(folder)
        yield
    finally:
        os.close(folder)


def _lock(folder: int) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.flock(folder, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return


def _take_after(path: Path, mode: int, user: int, group: int) -> None:
    path.chmod(mode)
    if hasattr(os, "chown") and (os.geteuid(), os.getegid()) != (user, group):
        try:
            os.chown(path, user, group)
        except PermissionError:
            # Only root can give a file away; the file then belongs to whoever saved it.
            return


def _hosts_in(document: Mapping[str, object]) -> Mapping[str, object]:
    return {host_name(name): value for name, value in _mapping(document.get("hosts")).items()}


def _typed(document: Mapping[str, object], name: str, kind: type[T], filename: str) -> T | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidConfig(filename, f"{name} has the wrong type")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise InvalidConfig(filename, f"{name} is too large")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
