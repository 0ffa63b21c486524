"""From a command line to a client: the one door between the programs and settings, environment and network."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.logs import DEBUG, Log
from regclient.client import Client
from regclient.observer import Observer
from regclient.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.events import Event, Planned, Warned
    from regclient.transport.trace import ExchangeLog, ExchangeRecord

_LAYOUT = "ocidir://"
_NO_REFERENCE = frozenset(
    (
        *("annotation", "artifact-type", "config-file", "config-type", "content-type", "desc-annotation", "desc-platform"),
        *("digest", "exclude", "file", "file-media-type", "filter-annotation", "filter-artifact-type", "format", "include"),
        *("last", "logopt", "media-type", "output", "platform", "platforms", "sort-annotation", "user-agent", "verbosity"),
    )
)
"""Flags whose values cannot name a registry. A flag that is not here may, which only costs time."""


def open_client(call: Call) -> Client:
    """Make the client of one run: what this machine knows, with what the line says laid over it.

    A line that names layouts only needs nothing of that, and reading it would double the time such a command takes.
    """

    def warn(event: Event | Planned | Warned) -> None:
        from regclient.events import Warned  # noqa: PLC0415 - a door: most commands are told nothing

        if isinstance(event, Warned):
            call.log.warning(event.text)

    return _for_layouts(call, warn) if only_layouts(call) else _for_registries(call, warn)


def only_layouts(call: Call) -> bool:
    """Whether no word of the line can mean a registry."""
    first, *others = call.args or [""]
    values = [value for flag, value in call.flags.occurrences if flag.name not in _NO_REFERENCE and isinstance(value, str)]
    return first.startswith(_LAYOUT) and all(word.startswith(_LAYOUT) or _is_digest(word) for word in (*others, *values))


def _is_digest(word: str) -> bool:
    algorithm, _, value = word.partition(":")
    return algorithm in ("sha256", "sha384", "sha512") and len(value) >= 64


def _for_layouts(call: Call, warn: Observer) -> Client:
    from regclient.layout.settings import LayoutSettings  # noqa: PLC0415 - a door, as the rest: for layouts only
    from regclient.settings.created import creation_time  # noqa: PLC0415

    settings = LayoutSettings(created=creation_time(call.environ))
    return Client(layout=settings, cancel=call.cancel, observer=warn)


def _for_registries(call: Call, warn: Observer) -> Client:
    from regclient.settings.places import home_in  # noqa: PLC0415 - a door, as the rest: layouts need no settings
    from regclient.transport.options import WireOptions  # noqa: PLC0415

    program = call.flags.chain[0].name
    agent = call.flags.text("user-agent") or f"regclient/{program} ({__version__})"
    return Client.from_environment(
        call.environ,
        home_in(call.environ),
        hosts=call.host_settings(),
        wire=WireOptions(user_agent=agent, log=exchange_log(call.log)),
        cancel=call.cancel,
        observer=warn,
    )


def exchange_log(log: Log) -> ExchangeLog:
    """Return what writes each exchange to a log: at trace, and at debug when it failed; nothing when the log wants neither."""
    from regclient.transport.trace import unlogged  # noqa: PLC0415 - a door, as above

    if log.level > DEBUG:
        return unlogged

    def write(record: ExchangeRecord) -> None:
        facts: dict[str, object] = {
            "req-method": record.method,
            "req-url": record.url,
            "req-headers": dict(record.request_headers),
        }
        if record.error:
            log.debug("reg http request", **facts, err=record.error)
        else:
            log.trace(
                "reg http request", **facts, **{"resp-status": record.status, "resp-headers": dict(record.response_headers)}
            )

    return write
