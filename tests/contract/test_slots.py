"""Copies use all the requests a host may be given at once, and end however few these are and wherever they lead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.ops.blobs import copy_blob
from regclient.remote.repository import RemoteRepository
from regclient.transport.options import Retries, WireOptions
from regclient.transport.sender import Sender
from tests.contract.samples import put, read
from tests.fakes.crowd import Crowd, crowded
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

BLOBS = 6
LARGE = 100_000
SECONDS = 50.0


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    made.quirks.mounts = False
    yield made
    made.handler.close()


@contextmanager
def ends_within(seconds: float, cancel: Cancel) -> Iterator[None]:
    """Cancel the work of the block when it takes too long, so that a lock-up fails instead of hanging."""
    alarm = threading.Timer(seconds, cancel.cancel)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        alarm.join()


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_uploads_that_must_read_their_source_again_do_not_lock_up(registry: FakeRegistry, at_once: int) -> None:
    cancel = Cancel()
    wire = WireOptions(retries=Retries(first=0.001))
    with registry.serve() as host:
        sender = Sender(HostBook([HostSettings(host, tls=TLS.DISABLED, req_concurrent=at_once)]), wire, cancel=cancel)
        source, target = (RemoteRepository(Reference.parse(f"{host}/team/{name}"), sender) for name in ("source", "target"))
        blobs = [put(source, bytes([number]) * 1_000_000) for number in range(BLOBS)]
        registry.fault(FaultRule(method="PUT", path="team/target/.*digest=", times=BLOBS * 2, cut_upload=700_000))

        def copy(blob: Descriptor) -> bool:
            with source.open_blob(blob) as stream:
                return blob == target.put_blob(stream, blob)

        with Workers(BLOBS, cancel) as workers, ends_within(SECONDS, cancel):
            assert [True] * BLOBS == workers.map(copy, blobs)

        assert [1_000_000] * BLOBS == [len(read(target, blob)) for blob in blobs]
        sender.close()


@contextmanager
def two_registries(
    at_once: int, *, read: Crowd | None = None, written: Crowd | None = None, cancel: Cancel | None = None
) -> Iterator[tuple[RemoteRepository, RemoteRepository]]:
    """Serve two registries and give a repository of each; blobs are read from the one and written to the other in crowds."""
    with ExitStack() as stack:
        registries = [FakeRegistry(), FakeRegistry()]
        for registry, method, crowd in zip(registries, ("GET", "PUT"), (read, written), strict=True):
            stack.callback(registry.handler.close)
            if crowd is not None:
                crowded(registry, method, "/blobs/", crowd)
        served = [stack.enter_context(registry.serve()) for registry in registries]
        hosts = HostBook([HostSettings(host, tls=TLS.DISABLED, req_concurrent=at_once) for host in served])
        sender = stack.enter_context(closing(Sender(hosts, cancel=cancel)))
        source, target = (RemoteRepository(Reference.parse(f"{host}/app"), sender) for host in served)
        yield source, target


@pytest.mark.parametrize("at_once", [2, 3])
def test_large_blobs_use_every_request_a_host_may_be_given(at_once: int) -> None:
    reading, writing = Crowd(at_once), Crowd(at_once)
    with two_registries(at_once, read=reading, written=writing) as (source, target):
        blobs = [put(source, bytes([number]) * LARGE) for number in range(at_once)]

        with Workers(at_once + 1) as workers:
            workers.map(lambda blob: copy_blob(source, target, blob), blobs)

        assert [at_once, at_once] == [reading.most, writing.most]
        assert [LARGE] * at_once == [len(read(target, blob)) for blob in blobs]


def test_large_blobs_use_every_request_on_their_way_to_where_nobody_waits() -> None:
    layout = MemoryRepository()
    layout.reference = Reference.parse("ocidir://layout")
    reading = Crowd(3)
    with two_registries(3, read=reading) as (source, _):
        blobs = [put(source, bytes([number]) * LARGE) for number in range(3)]

        with Workers(3) as workers:
            workers.map(lambda blob: copy_blob(source, layout, blob), blobs)

        assert 3 == reading.most


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_copies_that_go_both_ways_do_not_lock_up(at_once: int) -> None:
    cancel = Cancel()
    with two_registries(at_once, cancel=cancel) as (one, other):
        ways = [(one, other, put(one, bytes([number]) * LARGE)) for number in range(BLOBS)]
        ways += [(other, one, put(other, bytes([100 + number]) * LARGE)) for number in range(BLOBS)]

        with Workers(len(ways), cancel) as workers, ends_within(SECONDS, cancel):
            workers.map(lambda way: copy_blob(*way), ways)

        assert [LARGE] * len(ways) == [len(read(target, blob)) for _, target, blob in ways]
