"""What the commands of regsync and regbot share: their file, the client it describes, the zone of schedules."""

from __future__ import annotations

from pathlib import Path

from regclient.cli.call import Call
from regclient.cli.connect import exchange_log
from regclient.cli.output import functions_of
from regclient.client import Client
from regclient.errors import Incomplete, InvalidConfig
from regclient.events import Event, Planned, Warned
from regclient.hosts import HostSettings
from regclient.jobs.choices import ClientChoices
from regclient.jobs.configfile import SIZE_LIMIT, Form, JobsFile, read_config
from regclient.remote.shared import RemoteOptions
from regclient.settings.places import home_in
from regclient.settings.regctl import RegctlConfig
from regclient.transport.options import WireOptions
from regclient.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo
    from typing import TypeVar

    D = TypeVar("D")
    E = TypeVar("E")

STDIN = "-"
_LOCALTIME = Path("/etc/localtime")


def read_file(call: Call, form: Form[D, E]) -> JobsFile[D, E]:
    """Read the file that ``--config`` names, standard input for ``-``; warnings go to the log.

    Raises:
        Incomplete: no file is named.
        InvalidConfig: it cannot be read, or with the line and the key that are wrong.
    """
    name = call.flags.text("config")
    if not name:
        raise Incomplete("configuration file", "the command line (--config FILE, or - for standard input)")
    content = call.read_all(SIZE_LIMIT) if name == STDIN else _content(name)
    found = read_config(content, "standard input" if name == STDIN else name, form, functions_of(call.environ))
    for warning in found.warnings:
        call.log.warning(warning)
    return found


def _content(name: str) -> bytes:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - the name as it was typed
            return file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise InvalidConfig(name, getattr(error, "strerror", None) or str(error)) from None


def client_of(call: Call, creds: Iterable[HostSettings], choices: ClientChoices, remote: RemoteOptions | None = None) -> Client:
    """Make the client a file describes: Docker's logins unless it says otherwise, and its own ``creds`` on top.

    regctl's own file is not read. The call's token cancels it, and its warnings go to the log.
    """

    def warn(event: Event | Planned | Warned) -> None:
        if isinstance(event, Warned):
            call.log.warning(event.text)

    hosts = list(creds)
    for host in hosts:
        if host.scheme:
            call.log.warning("Scheme is deprecated, for http set TLS to disabled", name=host.name)
    program = call.flags.chain[0].name
    docker = not choices.skip_docker_config
    return Client.from_environment(
        call.environ,
        home_in(call.environ),
        config=RegctlConfig(inc_docker_cred=docker, inc_docker_cert=docker, blob_limit=choices.blob_limit),
        hosts=hosts,
        wire=WireOptions(user_agent=choices.user_agent or f"regclient/{program} ({__version__})", log=exchange_log(call.log)),
        remote=remote,
        cancel=call.cancel,
        observer=warn,
    )


def local_zone(environ: Mapping[str, str]) -> tzinfo:
    """Return the zone of schedules that name none: ``TZ``, else the machine's, else UTC, as Go finds it."""
    from datetime import UTC  # noqa: PLC0415 - a door, as the rest: only a server has schedules
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    name = environ.get("TZ")
    if name is None:
        return _zone_file(_LOCALTIME)
    name = name.removeprefix(":")
    if name.startswith("/"):
        return _zone_file(Path(name))
    try:
        return ZoneInfo(name) if name else UTC
    except (OSError, ValueError, KeyError):
        return UTC


def _zone_file(path: Path) -> tzinfo:
    from datetime import UTC  # noqa: PLC0415 - a door, as above
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file, str(path))
    except (OSError, ValueError):
        return UTC
