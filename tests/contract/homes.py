"""Every home a repository can have, as the contract suite opens it: a row here is all that a new home needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from regclient.hosts import TLS, HostBook, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.memory import MemoryRepository
from regclient.model.reference import Reference
from regclient.remote.repository import RemoteRepository
from regclient.repository import Repository
from regclient.transport.sender import Sender
from tests.fakes.registry import FakeRegistry

Opener = Callable[[Path], AbstractContextManager[Repository]]


@dataclass(frozen=True)
class Home:
    """A home by name; ``open`` gives an empty repository of its own, which may live below the path, while the block runs.

    ``lists_fallback_tags`` tells that the lists of referrers appear among the tags.
    """

    name: str
    open: Opener
    lists_fallback_tags: bool = False


@contextmanager
def memory(place: Path) -> Iterator[Repository]:
    yield MemoryRepository()


@contextmanager
def layout(place: Path) -> Iterator[Repository]:
    repository = LayoutRepository(place / "layout", LayoutSettings(writing=Writing(sync=False)))
    yield repository
    repository.close()


@contextmanager
def remote(place: Path) -> Iterator[Repository]:
    registry = FakeRegistry()
    yield RemoteRepository(Reference.parse("registry.example/team/app"), registry.transport)
    registry.handler.close()


@contextmanager
def remote_without_referrers(place: Path) -> Iterator[Repository]:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    yield RemoteRepository(Reference.parse("registry.example/team/app"), registry.transport)
    registry.handler.close()


@contextmanager
def remote_over_loopback(place: Path) -> Iterator[Repository]:
    with FakeRegistry().serve() as host:
        sender = Sender(HostBook([HostSettings(host, tls=TLS.DISABLED)]))
        try:
            yield RemoteRepository(Reference.parse(f"{host}/team/app"), sender)
        finally:
            sender.close()


HOMES = [
    Home("memory", memory),
    Home("layout", layout, lists_fallback_tags=True),
    Home("remote", remote),
    Home("remote-over-loopback", remote_over_loopback),
    Home("remote-without-referrers", remote_without_referrers, lists_fallback_tags=True),
]
