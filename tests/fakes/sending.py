"""A sender over loopback whose time stands still, for tests of what happens on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from regclient.events import Event, Planned, Warned
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.transport.messages import Kind, Request
from regclient.transport.options import WireOptions
from regclient.transport.sender import Sender
from regclient.transport.trace import ExchangeRecord
from tests.fakes.clock import FakeClock
from tests.fakes.wire import WireServer


@dataclass
class Sending:
    """A sender, its clock, and what it said: ``records`` of exchanges and ``events``."""

    sender: Sender
    clock: FakeClock
    records: list[ExchangeRecord] = field(default_factory=list)
    events: list[Event | Planned | Warned] = field(default_factory=list)


@contextmanager
def sending(*hosts: HostSettings, options: WireOptions | None = None) -> Iterator[Sending]:
    """Make a sender for some hosts; delays have no chance part."""
    clock, records = FakeClock(), list[ExchangeRecord]()
    events: list[Event | Planned | Warned] = []
    chosen = replace(options or WireOptions(), log=records.append, jitter=lambda: 0.0)
    sender = Sender(HostBook(hosts), chosen, clock=clock, observer=events.append)
    try:
        yield Sending(sender, clock, records, events)
    finally:
        sender.close()


def plain(server: WireServer, name: str = "", **more: object) -> HostSettings:
    """Return settings for a server without TLS, under its own name or another."""
    return HostSettings(name or server.host, tls=TLS.DISABLED, hostname=server.host, **more)  # type: ignore[arg-type]


def get(server: WireServer, path: str = "manifests/latest", **more: object) -> Request:
    """Ask a server for something of the repository ``a/b``."""
    return Request(server.host, "GET", path, "a/b", kind=Kind.MANIFEST, **more)  # type: ignore[arg-type]


def get_blob(server: WireServer, **more: object) -> Request:
    """Ask a server for a blob."""
    return Request(server.host, "GET", "blobs/sha256:x", "a/b", kind=Kind.BLOB, **more)  # type: ignore[arg-type]
