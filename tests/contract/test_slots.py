"""Copies between repositories of one host end, however few requests the host is given at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.remote.repository import RemoteRepository
from regclient.transport.options import Retries, WireOptions
from regclient.transport.sender import Sender
from tests.contract.samples import put, read
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

BLOBS = 6
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
