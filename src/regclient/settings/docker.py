"""Logins from Docker's ``config.json``, and from podman's ``auth.json``, which has the same form.

Parsing is pure: text in, :class:`HostSettings` out. Which keys of ``auths`` count, and which name they give a host, follows
Docker's own habits (a key may be a host, a host with a scheme, or the old address of Docker Hub's index).
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.hosts import TLS, HostSettings, is_host_key, new_host
from regclient.kit.secret import Secret
from regclient.settings.jsontext import read_json

HELPER_PREFIX = "docker-credential-"
SIZE_LIMIT = 16 << 20

_LINE_BREAKS = dict.fromkeys(map(ord, "\r\n"))
"""``base64`` breaks its lines unless told otherwise; Go's decoder skips the breaks."""

ListStore = Callable[[str], Mapping[str, str]]
"""Asks a helper program (its whole name) which servers it keeps, and the user of each."""


class DockerLogin(NamedTuple):
    """One entry of ``auths``."""

    user: str = ""
    password: Secret = Secret()
    token: Secret = Secret()

    @property
    def is_complete(self) -> bool:
        """Whether the entry can prove anything by itself."""
        return bool(self.token) or bool(self.user and self.password)


class DockerConfig(NamedTuple):
    """What we use of Docker's file: logins, helper programs per host, and the store for all others."""

    auths: Mapping[str, DockerLogin] = {}
    helpers: Mapping[str, str] = {}
    store: str = ""


def parse_docker_config(text: str, where: str) -> DockerConfig:
    """Read the JSON text of a file named ``where``; members we do not use are ignored, incomplete entries dropped.

    Raises:
        InvalidConfig: not JSON, not an object, or a member of the wrong type.
    """
    if len(text) > SIZE_LIMIT:
        raise InvalidConfig(where, f"larger than {SIZE_LIMIT} bytes")
    try:
        document = read_json(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        # The message of a JSON error quotes positions, never content, so no secret can leak through it.
        raise InvalidConfig(where, f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidConfig(where, "expected a JSON object")
    auths = _object(document, "auths", where)
    return DockerConfig(
        {key: login for key, value in auths.items() if (login := _login_of(value)) is not None},
        {key: value for key, value in _object(document, "credHelpers", where).items() if isinstance(value, str) and value},
        _text(document, "credsStore"),
    )


def hosts_of(config: DockerConfig, list_store: ListStore) -> tuple[HostSettings, ...]:
    """Turn Docker's logins into host settings, in the order regclient merges them: logins, helpers, the store's list.

    Only names and logins are set: how the host is connected to stays what other settings say.
    """
    return (*_from_auths(config), *_from_helpers(config), *_from_store(config, list_store))


def _from_auths(config: DockerConfig) -> Iterator[HostSettings]:
    for key, login in config.auths.items():
        helper = config.helpers.get(key, "")
        if is_host_key(key) and (login.is_complete or helper):
            host = _named(key)
            filled = replace(host, user=login.user, password=login.password, token=login.token)
            yield replace(filled, cred_helper=HELPER_PREFIX + helper) if helper else filled


def _from_helpers(config: DockerConfig) -> Iterator[HostSettings]:
    for key, helper in config.helpers.items():
        if key not in config.auths and is_host_key(key):
            yield replace(_named(key), cred_helper=HELPER_PREFIX + helper)


def _from_store(config: DockerConfig, list_store: ListStore) -> Iterator[HostSettings]:
    if not config.store:
        return
    program = HELPER_PREFIX + config.store
    for server, user in list_store(program).items():
        if is_host_key(server):
            yield replace(_named(server), user=user, cred_helper=program)


def _named(key: str) -> HostSettings:
    """Return the bare entry of a key: its name, the name its helper knows it by, and plain HTTP where the key says so."""
    host = new_host(key)
    return HostSettings(host.name, tls=TLS.DISABLED if host.tls is TLS.DISABLED else TLS.UNSET, cred_host=host.cred_host)


def _login_of(value: object) -> DockerLogin | None:
    """Read an entry of ``auths``; ``auth`` wins over ``username`` and ``password``. None when it is not an object."""
    if not isinstance(value, dict):
        return None
    token = Secret(_text(value, "identitytoken"))
    encoded = _text(value, "auth").translate(_LINE_BREAKS)
    if not encoded:
        return DockerLogin(_text(value, "username"), Secret(_text(value, "password")), token)
    try:
        user, colon, password = binascii.a2b_base64(encoded, strict_mode=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return DockerLogin(token=token)
    return DockerLogin(user, Secret(password.strip("\0")), token) if colon else DockerLogin(token=token)


def _object(document: Mapping[str, object], name: str, where: str) -> Mapping[str, object]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidConfig(where, f"{name} is not an object")
    return value


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
