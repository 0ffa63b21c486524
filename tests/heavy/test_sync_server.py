"""A server that runs for weeks: no growth in threads, descriptors or memory."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from collections.abc import Callable, Hashable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from regclient.client import Client
from regclient.concurrency import Crew
from regclient.hosts import TLS, HostSettings
from regclient.regsync.app import ROOT
from regclient.regsync.run import Reporter
from regclient.regsync.server import Server
from regclient.sync.config import MEDIA_TYPES, SyncStep, TagFilter
from regclient.sync.run import Syncer
from tests.fakes import images
from tests.fakes.clock import FakeClock
from tests.fakes.console import call_of
from tests.fakes.registry import FakeRegistry

pytestmark = [pytest.mark.heavy, pytest.mark.slow]
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 7 * 86_400


class Inline(Crew):
    """A crew that runs each call at once, in the caller's thread."""

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        del key
        call()
        return True


def test_four_weeks_over_real_sockets_leave_nothing_behind(tmp_path: Path) -> None:
    """October 2026 in Berlin, the end of summer time included: what is held after the first week is held after the fourth."""
    registry = FakeRegistry()
    for tag in ("v1", "v2", "v3"):
        images.image(registry.repository("app"), tag, seed=tag)
    call = call_of(ROOT, "server", "-c", "-")
    start = datetime(2026, 10, 5, 0, 0, tzinfo=BERLIN).timestamp()
    clock, held = FakeClock(start), list[tuple[int, int, int]]()
    tracemalloc.start()
    with (
        registry.serve() as host,
        Client([HostSettings(host, tls=TLS.DISABLED)], cancel=call.cancel) as client,
        Syncer(client, stop=call.stop, parallel=2) as syncer,
    ):
        server = Server(call, syncer, Reporter(call, call.observer()), abort=False)
        common = {"media_types": MEDIA_TYPES, "tags": TagFilter(("v.*",))}
        server.plan(
            (
                SyncStep(f"{host}/app", f"{host}/mirror", "repository", schedule="30 2 * * *", **common),  # type: ignore[arg-type]
                SyncStep(f"{host}/app", f"ocidir://{tmp_path}/new", "repository", interval=3600.0, **common),  # type: ignore[arg-type]
                SyncStep(f"{host}/nothing", f"{host}/mirror", "repository", interval=7200.0, **common),  # type: ignore[arg-type]
            ),
            BERLIN,
        )

        def wait(left: float) -> bool:
            clock.advance(left)
            registry.ledger.clear()
            registry.requests.clear()
            call.streams.err.truncate(0)
            if clock.now() >= start + WEEK * (len(held) + 1):
                gc.collect()
                memory = tracemalloc.get_traced_memory()[0]
                held.append((threading.active_count(), len(os.listdir("/proc/self/fd")), memory))  # noqa: PTH208
            return len(held) == 4

        server.run(1.0, clock=clock, wait=wait, crew=Inline())
    tracemalloc.stop()
    assert len(server.errors) == 2
    first, *later = held
    # There are 260 runs in a week: what one of them left behind would show. Pools may still be filling.
    assert all(threads < first[0] + 16 and descriptors < first[1] + 16 for threads, descriptors, _ in later), held
    assert max(memory for *_, memory in later) - first[2] < 200_000, held
