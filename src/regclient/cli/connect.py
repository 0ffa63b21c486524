"""From a command line to a client: the one door between the programs and settings, environment and network."""

from __future__ import annotations

from pathlib import Path

from regclient.cli.call import Call
from regclient.cli.logs import Log
from regclient.client import Client
from regclient.events import Event, Planned, Warned
from regclient.transport.options import WireOptions
from regclient.transport.trace import ExchangeLog, ExchangeRecord
from regclient.version import __version__


def open_client(call: Call) -> Client:
    """Make the client of one run: what this machine knows, with what the line says laid over it."""

    def warn(event: Event | Planned | Warned) -> None:
        if isinstance(event, Warned):
            call.log.warning(event.text)

    program = call.flags.chain[0].name
    agent = call.flags.text("user-agent") or f"regclient/{program} ({__version__})"
    return Client.from_environment(
        call.environ,
        Path(call.environ.get("HOME") or "~").expanduser(),
        hosts=call.host_settings(),
        wire=WireOptions(user_agent=agent, log=exchange_log(call.log)),
        cancel=call.cancel,
        observer=warn,
    )


def exchange_log(log: Log) -> ExchangeLog:
    """Return what writes each exchange to a log: at trace, and at debug when it failed."""

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
