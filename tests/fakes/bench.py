"""A bench for faults: registries on loopback, a client over real sockets whose waits take no time, and what it said.

Everything goes through the front door (:class:`~regclient.client.Client`); only its clock is a fake.
"""

from __future__ import annotations

import hashlib
import ssl
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from regclient.client import Client
from regclient.errors import Cancelled, RegistryClientError, SideError, root_cause
from regclient.events import Event, Planned, Warned
from regclient.hosts import TLS, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER_GZIP
from regclient.remote.shared import RemoteOptions
from regclient.repository import Name, Repository
from regclient.server.exchange import Policy
from regclient.transport.options import WireOptions
from regclient.transport.trace import ExchangeRecord
from tests.fakes import images
from tests.fakes.clock import FakeClock
from tests.fakes.registry import FakeRegistry

SIZE = 100_000
"""Larger than what is read at once, so that a cut layer is gone on with instead of asked for again."""
LAYER = b"".join(hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(SIZE // 32))
TENTHS = [SIZE * tenth // 10 for tenth in range(10)]
CONFIG = b'{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}'
NO_SYNC = LayoutSettings(writing=Writing(sync=False), created=0.0)


def single(repository: Repository, name: Name | None = "latest", content: bytes = LAYER) -> ImageManifest:
    """Push an image of one layer."""
    config = images.blob(repository, CONFIG, OCI_CONFIG)
    manifest = ImageManifest.build(config=config, layers=[images.blob(repository, content, OCI_LAYER_GZIP)])
    repository.put_manifest(manifest, name)
    return manifest


@dataclass
class Bench:
    """Served registries by name, a client, its clock, and what it said: ``records`` of exchanges, ``events`` and ``errors``."""

    clock: FakeClock
    place: Path
    registries: dict[str, FakeRegistry] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    records: list[ExchangeRecord] = field(default_factory=list)
    events: list[Event | Planned | Warned] = field(default_factory=list)
    client: Client = field(default_factory=Client)
    passwords: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    @property
    def src(self) -> FakeRegistry:
        """The registry that copies come from."""
        return self.registries["src"]

    @property
    def dst(self) -> FakeRegistry:
        """The registry that copies go to."""
        return self.registries["dst"]

    @property
    def source(self) -> str:
        """The image to copy."""
        return f"{self.hosts['src']}/app:latest"

    @property
    def target(self) -> str:
        """Where it goes."""
        return f"{self.hosts['dst']}/app:latest"

    @property
    def layout(self) -> str:
        """A layout it may go to instead."""
        return f"ocidir://{self.place}/layout:latest"

    def copy(self, target: str = "", source: str = "") -> Descriptor:
        """Copy from the source registry to the target registry, unless told otherwise."""
        return self.client.copy(source or self.source, target or self.target)

    def in_layout(self) -> Repository:
        """Open the layout, to look at it."""
        return LayoutRepository(self.place / "layout", NO_SYNC)

    def failure(self, target: str = "", source: str = "") -> RegistryClientError:
        """Copy, which has to fail; return what the error comes down to."""
        try:
            self.copy(target, source)
        except SideError as error:
            self.errors += [repr(error), *traceback.format_exception(error)]
            cause = root_cause(error)
            assert isinstance(cause, RegistryClientError)
            assert not isinstance(cause, Cancelled)
            return cause
        raise AssertionError("the copy did not fail")

    def secrets_told(self) -> set[str]:
        """Return the passwords, and what was sent as a login, that a record, an event, an error or a repr holds."""
        requests = [request for registry in self.registries.values() for request in registry.requests]
        sent = {value.partition(" ")[2] for request in requests for value in request.headers.get("Authorization", ())}
        told = [repr(record) for record in self.records] + [f"{event!r} {event}" for event in self.events]
        text = "\n".join([*told, *self.errors, repr(self.client), repr(list(self.client.hosts))])
        return {secret for secret in sent | self.passwords if len(secret) > 5 and secret in text}

    def forget(self) -> None:
        """Start all ledgers anew."""
        for registry in self.registries.values():
            registry.forget()
        self.records.clear()

    @property
    def requests(self) -> int:
        """How many requests all registries have seen."""
        return sum(len(registry.ledger) for registry in self.registries.values())

    @property
    def broken(self) -> int:
        """How many exchanges ended without an answer: on a busy machine a short wait may be too short for any of them."""
        return sum(record.status == 0 for record in self.records)


@contextmanager
def bench_of(
    place: Path,
    *,
    names: tuple[str, ...] = ("src", "dst"),
    wire: WireOptions | None = None,
    remote: RemoteOptions | None = None,
    policy: Policy | None = None,
    workers: int = 1,
    tls: ssl.SSLContext | None = None,
    settings: dict[str, HostSettings] | None = None,
) -> Iterator[Bench]:
    """Serve registries and make a client that knows them; ``settings`` add to what it knows of a registry by its name here.

    Nothing that was said while the block ran may hold a secret.
    """
    bench = Bench(FakeClock(), place)
    with ExitStack() as stack:
        entries = []
        for name in names:
            registry = bench.registries[name] = FakeRegistry(name, policy=policy, clock=bench.clock)
            host = bench.hosts[name] = stack.enter_context(registry.serve(tls=tls))
            entry = (settings or {}).get(name, HostSettings(name))
            entry = replace(entry, name=host)
            bench.passwords |= {entry.password.reveal(), entry.token.reveal()}
            entries.append(entry if tls else replace(entry, tls=TLS.DISABLED))
        options = replace(wire or WireOptions(), log=bench.records.append, jitter=lambda: 0.0)
        bench.client = stack.enter_context(
            Client(
                entries,
                wire=options,
                remote=remote,
                layout=NO_SYNC,
                workers=workers,
                clock=bench.clock,
                observer=bench.events.append,
            )
        )
        yield bench
        assert set() == bench.secrets_told()


def is_whole(repository: Repository, name: Name) -> bool:
    """Whether a repository has a manifest with everything below it, every byte verified."""
    manifest = repository.get_manifest(name)
    children = children_of(manifest)
    for blob in children.blobs:
        with repository.open_blob(blob) as stream:
            stream.read()
    return all(is_whole(repository, child.digest) for child in children.manifests)


def tags_of(repository: Repository) -> tuple[str, ...]:
    """List the tags of a repository to look at."""
    return repository.tags().tags
