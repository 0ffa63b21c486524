"""Settings made fit to be shown: passwords, tokens and private keys taken out, wherever they are kept.

The Go program leaves keys and everything in the default host visible; whatever is printed here may go to a log or a ticket.
"""

from __future__ import annotations

from dataclasses import replace

from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from regclient.settings.regctl import RegctlConfig


def hide_secrets(config: RegctlConfig) -> RegctlConfig:
    """Return a configuration without secrets, and without members we do not know, for they might be some."""
    default = config.host_default
    return replace(
        config,
        hosts={name: hide_host_secrets(host) for name, host in config.hosts.items()},
        host_default=hide_host_secrets(default) if default else None,
        source={},
    )


def hide_host_secrets(host: HostSettings) -> HostSettings:
    """Return the settings of a host without its password, token and key, and without the password of its proxy."""
    return replace(host, password=Secret(), token=Secret(), client_key=Secret(), proxy=_without_password(host.proxy))


def _without_password(address: str) -> str:
    scheme, mark, rest = address.rpartition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{mark}{user}{':***' if colon else ''}{at}{place}"
