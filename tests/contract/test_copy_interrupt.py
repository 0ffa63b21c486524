"""A copy over real sockets ends at once when one of its calls fails or it is cancelled, although another call stands still."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.errors import BlobNotFound, Cancelled, SideError
from regclient.events import Event, Planned, State, Warned
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.memory import MemoryRepository
from regclient.model.image import ImageManifest
from regclient.model.reference import Reference
from regclient.ops.copy import copy
from regclient.remote.repository import RemoteRepository
from regclient.transport.sender import Sender
from tests.fakes import images
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry


class Bench:
    """A registry on loopback whose first layer drips forever, and what is needed to copy from it."""

    def __init__(self, host: str, registry: FakeRegistry, cancel: Cancel) -> None:
        self.registry = registry
        self.cancel = cancel
        self.image: ImageManifest = images.image(registry.repository("app"), layers=2)
        self.drip = threading.Semaphore(0)
        registry.fault(FaultRule(method="GET", path=str(self.image.layers[0].digest), times=None, drip=self.drip))
        self.sender = Sender(HostBook([HostSettings(host, tls=TLS.DISABLED)]), cancel=cancel)
        self.src = RemoteRepository(Reference.parse(f"{host}/app"), self.sender)
        self.dst = MemoryRepository("dst.example/app")


@contextmanager
def running(cancel: Cancel) -> Iterator[Bench]:
    registry = FakeRegistry()
    with registry.serve() as host:
        bench = Bench(host, registry, cancel)
        try:
            yield bench
        finally:
            for _ in range(1000):
                bench.drip.release()
            bench.sender.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with running(Cancel()) as made:
        yield made


def test_a_failure_interrupts_a_sibling_that_stands_still_and_the_client_goes_on(bench: Bench) -> None:
    gone = bench.image.layers[1]
    bench.registry.repository("app").delete_blob(gone.digest)
    with Workers(2, bench.cancel) as workers, pytest.raises(SideError) as caught:
        copy(bench.src, "latest", bench.dst, "v1", workers=workers)
    assert isinstance(caught.value.cause, BlobNotFound)
    assert bench.dst.tags().tags == ()
    images.blob(bench.registry.repository("app"), images.layer_content(1, platform="linux/amd64"))
    for _ in range(1000):
        bench.drip.release()
    copy(bench.src, "latest", bench.dst, "v1")
    assert bench.dst.tags().tags == ("v1",)


def test_a_cancel_ends_a_transfer_that_stands_still(bench: Bench) -> None:
    others = threading.Semaphore(0)

    def observe(event: Event | Planned | Warned) -> None:
        if isinstance(event, Event) and event.kind == "blob" and event.state is State.FINISHED:
            others.release()

    def cancel_when_only_the_slow_one_is_left() -> None:
        others.acquire()
        others.acquire()
        bench.cancel.cancel()

    thread = threading.Thread(target=cancel_when_only_the_slow_one_is_left)
    thread.start()
    with Workers(2, bench.cancel) as workers, pytest.raises(Cancelled):
        copy(bench.src, "latest", bench.dst, "v1", workers=workers, observer=observe)
    thread.join()
    assert bench.dst.tags().tags == ()


def test_ctrl_c_ends_a_transfer_that_stands_still(bench: Bench) -> None:
    main = threading.get_ident()

    def observe(event: Event | Planned | Warned) -> None:
        if isinstance(event, Event) and event.name == str(bench.image.config.digest) and event.state is State.FINISHED:
            signal.pthread_kill(main, signal.SIGINT)

    with Workers(2, bench.cancel) as workers, pytest.raises(KeyboardInterrupt):
        copy(bench.src, "latest", bench.dst, "v1", workers=workers, observer=observe)
    assert bench.dst.tags().tags == ()
    assert not bench.cancel.cancelled
