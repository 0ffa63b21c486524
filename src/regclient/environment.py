"""What this machine says about registries, made into the arguments of a client.

Files and variables are read by ``settings/``; here is what of them concerns the wire, the registries and the layouts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from regclient.clock import SystemClock
from regclient.hosts import CredentialSource, HostBook, HostSettings
from regclient.observer import Observer
from regclient.remote.shared import RemoteOptions
from regclient.settings.created import creation_time
from regclient.settings.credentials import Credentials
from regclient.settings.environment import Surroundings, gather
from regclient.settings.helpers import ask_helper
from regclient.settings.places import home_in
from regclient.transport.options import Roots, WireOptions
from regclient.transport.proxies import DIRECT, rules_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.layout.settings import LayoutSettings
    from regclient.settings.regctl import RegctlConfig


class Layers(NamedTuple):
    """The choices for each layer below a client, those of the machine filled in."""

    wire: WireOptions
    remote: RemoteOptions
    layout: LayoutSettings | None
    hosts: HostBook
    credentials: CredentialSource


def layers_of_machine(  # noqa: PLR0913 - what was read, and what the caller lays over it
    environment: Mapping[str, str] | None,
    home: str | os.PathLike[str] | None,
    *,
    config: RegctlConfig | None = None,
    hosts: Iterable[HostSettings],
    wire: WireOptions | None,
    remote: RemoteOptions | None,
    layout: LayoutSettings | None,
    observer: Observer,
) -> Layers:
    """Read what the machine says; the arguments win, and what cannot be read is a warning.

    ``config`` stands for regctl's own file, which other programs do not read.

    Raises:
        InvalidConfig, Unsupported: a proxy variable is no address of a proxy we can use.
    """
    variables = os.environ if environment is None else environment
    found = gather(Surroundings(variables, home or home_in(os.environ)), config)
    found.add(hosts)
    _tell(found.warnings, observer)
    wire = wire or WireOptions()
    wire = replace(
        wire,
        proxies=rules_from(variables) if wire.proxies == DIRECT else wire.proxies,
        roots=_roots(variables, wire.roots),
        certificates=wire.certificates or found.certificates,
    )
    remote = remote or RemoteOptions()
    if found.config and found.config.blob_limit:
        remote = replace(remote, chunk_limit=found.config.blob_limit)
    return Layers(wire, remote, _layout(variables, layout), found.book, Credentials(ask_helper, SystemClock(), observer))


def _tell(warnings: Iterable[str], observer: Observer) -> None:
    for warning in warnings:
        from regclient.events import Warned  # noqa: PLC0415 - a door: most machines give no reason to warn

        observer(Warned(warning))


def _layout(variables: Mapping[str, str], chosen: LayoutSettings | None) -> LayoutSettings | None:
    created = creation_time(variables)
    if created is None or (chosen and chosen.created is not None):
        return chosen
    from regclient.layout.settings import LayoutSettings  # noqa: PLC0415 - a door: registries need no layouts

    return replace(chosen or LayoutSettings(), created=created)


def _roots(variables: Mapping[str, str], chosen: Roots) -> Roots:
    directories = tuple(filter(None, variables.get("SSL_CERT_DIR", "").split(os.pathsep)))
    return replace(
        chosen, file=chosen.file or variables.get("SSL_CERT_FILE", ""), directories=chosen.directories or directories
    )
