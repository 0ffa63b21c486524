"""``regsync server``: a first pass, then schedules, and a clean end."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from regclient.cancel import Cancel
from regclient.cli.app import run
from regclient.cli.call import Call, Streams
from regclient.cli.logs import DEBUG
from regclient.client import Client
from regclient.errors import NotFound
from regclient.regsync.app import ROOT
from regclient.regsync.load import load
from regclient.regsync.run import Reporter
from regclient.regsync.server import Server
from regclient.sync.config import SyncStep
from regclient.sync.run import Syncer
from regclient.sync.steps import Action
from regclient.sync.tally import SyncResult
from tests.claims import claims
from tests.fakes.clock import FakeClock
from tests.fakes.console import call_of, written
from tests.fakes.crew import Inline, until
from tests.programs.world import write_layout

BERLIN = ZoneInfo("Europe/Berlin")
LONG = 30.0
FEW = 8
"""Threads or descriptors by which a pool that is still filling may differ."""


def step(root: Path, tag: str, target: str = "new", **more: object) -> SyncStep:
    src, dst = f"ocidir://{root}/src:{tag}", f"ocidir://{root}/{target}:{tag}"
    return SyncStep(src, dst, "image", media_types=("application/vnd.oci.image.manifest.v1+json",), **more)  # type: ignore[arg-type]


def tags_of(root: Path) -> list[str]:
    with Client() as client:
        return sorted(client.repository(f"ocidir://{root}/new").tags().tags) if (root / "new").exists() else []


class Scripted(Syncer):
    """A syncer whose runs are a function of the steps and the action; remembers what it was asked."""

    def __init__(self, call: Call, play: Callable[[str, Action], SyncResult] = lambda _, __: SyncResult(checked=1)) -> None:
        super().__init__(Client(cancel=call.cancel), stop=call.stop)
        self.play = play
        self.asked: list[tuple[str, Action]] = []

    def run(self, steps: object, action: Action = Action.COPY, *, abort_on_error: bool = False) -> SyncResult:
        del abort_on_error
        assert isinstance(steps, list)
        name = "+".join(one.source for one in steps)
        self.asked.append((name, action))
        return self.play(name, action)


def server_of(call: Call, syncer: Syncer, *, abort: bool = False) -> Server:
    return Server(call, syncer, Reporter(call, call.observer()), abort=abort)


def named(name: str, **more: object) -> SyncStep:
    return SyncStep(name, f"to-{name}", "image", **more)  # type: ignore[arg-type]


def test_every_step_is_brought_in_at_once_and_then_whenever_it_is_due() -> None:
    call = call_of(ROOT, "server", "-c", "-", level=DEBUG)
    syncer, clock = Scripted(call), FakeClock(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    server = server_of(call, syncer)
    server.plan((named("a", interval=600.0), named("b", schedule="0 * * * *"), named("c")), UTC)
    server.run(LONG, clock=clock, wait=until(call, clock, 1500))
    assert syncer.asked[0] == ("a+b", Action.MISSING)
    assert set(syncer.asked[1:]) <= {("a", Action.COPY)}
    said = written(call.streams.err)
    assert 'level=DEBUG msg="Scheduled task" source=a target=to-a type=image sched="@every 10m0s"' in said
    assert 'level=ERROR msg="No schedule or interval found, ignoring" source=c target=to-c type=image' in said
    assert 'level=DEBUG msg="Running task" source=a target=to-a type=image' in said
    assert 'level=INFO msg="Stopping server"' in said
    assert 'level=DEBUG msg="Waiting on running tasks"' in said
    assert server.errors == []


def test_a_schedule_that_is_none_is_an_error_but_the_step_still_comes_first() -> None:
    call = call_of(ROOT, "server", "-c", "-")
    syncer, clock = Scripted(call), FakeClock()
    server = server_of(call, syncer)
    server.plan((named("a", schedule="now and then"),), UTC)
    server.run(LONG, clock=clock, wait=until(call, clock, 60))
    assert syncer.asked == [("a", Action.MISSING)]
    assert ["invalid schedule 'now and then'" in str(error) for error in server.errors] == [True]
    assert 'msg="Failed to schedule cron" source=a target=to-a sched="now and then"' in written(call.streams.err)


def test_errors_are_remembered_once_for_each_step_however_often_they_come() -> None:
    call = call_of(ROOT, "server", "-c", "-")
    failed = SyncResult(checked=1, failed=1, errors=(NotFound("it"),))
    syncer, clock = Scripted(call, lambda _, __: failed), FakeClock()
    server = server_of(call, syncer)
    server.plan((named("a", interval=60.0),), UTC)

    def wait(left: float) -> bool:
        clock.advance(left)
        if len(syncer.asked) > 50:
            call.stop.cancel()
        return call.stop.cancelled

    server.run(LONG, clock=clock, wait=wait)
    assert [str(error) for error in server.errors] == ["content it not found"] * 2


@claims("regsync server --abort-on-error")
def test_an_abort_ends_the_server_at_the_first_error_also_in_the_first_pass() -> None:
    failed = SyncResult(checked=1, failed=1, errors=(NotFound("it"),))
    for bad in (Action.MISSING, Action.COPY):
        for abort in (False, True):
            call = call_of(ROOT, "server", "-c", "-")
            syncer = Scripted(call, lambda _, action, bad=bad: failed if action is bad else SyncResult())  # type: ignore[misc]
            clock, server = FakeClock(), server_of(call, syncer, abort=abort)
            server.plan((named("a", interval=60.0),), UTC)
            asked = syncer.asked

            def wait(left: float, clock: FakeClock = clock, call: Call = call, asked: list[object] = asked) -> bool:  # type: ignore[assignment]
                clock.advance(left)
                if len(asked) > 5:
                    call.stop.cancel()
                return call.stop.cancelled

            server.run(LONG, clock=clock, wait=wait)
            assert len(server.errors) == 1
            assert (len(asked) <= 5) == abort
    call = call_of(ROOT, "server", "-c", "-")
    server = server_of(call, Scripted(call), abort=True)
    server.plan((named("a", schedule="never"),), UTC)
    server.run(LONG)
    assert len(server.errors) == 1


def test_running_work_may_end_within_the_grace_period_and_is_cut_off_after_it() -> None:
    for grace, cut in ((LONG, False), (0.0, True)):
        call = call_of(ROOT, "server", "-c", "-")

        def play(_: str, __: Action, call: Call = call, cut: bool = cut) -> SyncResult:  # noqa: FBT001
            assert (call.cancel if cut else call.stop).wait(LONG)
            return SyncResult(copied=1)

        server = server_of(call, Scripted(call, play))
        server.plan((named("a", interval=3600.0),), UTC)
        call.stop.cancel()
        server.run(grace)
        assert call.cancel.cancelled == cut


def test_a_second_signal_ends_the_grace_period() -> None:
    call = call_of(ROOT, "server", "-c", "-")

    def play(_: str, __: Action) -> SyncResult:
        call.stop.cancel()
        call.cancel.cancel()
        return SyncResult(complete=False)

    server = server_of(call, Scripted(call, play))
    server.plan((named("a", interval=3600.0),), UTC)
    server.run(LONG)
    assert "Sync ended early" in written(call.streams.err) or call.log.level > 0


def test_a_task_that_still_runs_is_skipped() -> None:
    call = call_of(ROOT, "server", "-c", "-", level=DEBUG)
    go = threading.Event()

    def play(_: str, action: Action) -> SyncResult:
        if action is Action.COPY:
            assert go.wait(LONG)
        return SyncResult()

    syncer, clock = Scripted(call, play), FakeClock()
    server = server_of(call, syncer)
    server.plan((named("a", interval=60.0),), UTC)

    def wait(left: float) -> bool:
        clock.advance(left)
        if "skipping" in written(call.streams.err):
            go.set()
            call.stop.cancel()
        return call.stop.cancelled

    server.run(LONG, clock=clock, wait=wait)
    assert [action for _, action in syncer.asked] == [Action.MISSING, Action.COPY]


class Stopping(io.BytesIO):
    """Standard error that asks the program to stop when it reads that a pass is finished."""

    def __init__(self, tokens: list[Cancel]) -> None:
        super().__init__()
        self.tokens = tokens

    def write(self, data: bytes) -> int:  # type: ignore[override] # the program writes bytes only
        if b"Sync finished" in data:
            self.tokens[-1].cancel()
        return super().write(data)


@claims("regsync server --config", "regsync server --grace")
def test_the_whole_command_copies_first_and_ends_with_a_signal(tmp_path: Path) -> None:
    write_layout(tmp_path / "src")
    config = f"sync: [{{source: 'ocidir://{tmp_path}/src:single', target: 'ocidir://{tmp_path}/new:single'".encode()
    config += b", type: image, interval: 1h}]"
    tokens: list[Cancel] = []
    streams = Streams(io.BytesIO(config), io.BytesIO(), Stopping(tokens))
    assert run(ROOT, ["server", "-c", "-", "--grace", "1m"], streams, {}, on_cancel=tokens.append) == 0
    assert tags_of(tmp_path) == ["single"]
    streams = Streams(io.BytesIO(config), io.BytesIO(), io.BytesIO())
    assert run(ROOT, ["server", "-c", "-", "--grace", "soon"], streams, {}) == 1
    assert "not a duration" in written(streams.err)


@claims("regsync interval", "regsync schedule")
def test_a_step_runs_as_often_as_the_file_says() -> None:
    """What is started in one hour that begins five minutes past midnight."""
    start = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
    for defaults, own, minutes in (
        ("", "", []),
        ("", ", interval: 25m", [25, 50]),
        ("", ", schedule: '*/20 * * * *'", [15, 35, 55]),
        ("interval: 25m", "", [25, 50]),
        ("schedule: '*/20 * * * *'", "", [15, 35, 55]),
        ("interval: 25m", ", interval: 40m", [40]),
        ("interval: 25m, schedule: '*/20 * * * *'", ", schedule: '0 * * * *'", [55]),
    ):
        config = f"defaults: {{{defaults}}}\nsync: [{{source: a, target: b, type: image{own}}}]"
        call = call_of(ROOT, "server", "-c", "-", stdin=config.encode())
        clock, at = FakeClock(start.timestamp()), list[float]()

        def play(_: str, action: Action, clock: FakeClock = clock, at: list[float] = at) -> SyncResult:
            if action is Action.COPY:
                at.append((clock.now() - start.timestamp()) / 60)
            return SyncResult()

        server = server_of(call, Scripted(call, play))
        server.plan(load(call).config.steps, UTC)
        server.run(LONG, clock=clock, wait=until(call, clock, 3600), crew=Inline())
        assert minutes == at


@pytest.mark.slow
def test_a_week_leaves_no_threads_and_no_descriptors_behind(tmp_path: Path) -> None:
    """A week to the end of summer time in Berlin, with real looks at layouts; the first half is a warm-up."""
    write_layout(tmp_path / "src")
    call = call_of(ROOT, "server", "-c", "-", level=DEBUG)
    start = datetime(2026, 10, 19, 0, 0, tzinfo=BERLIN)
    clock, seen = FakeClock(start.timestamp()), list[tuple[int, int]]()
    ran: dict[str, list[str]] = {}
    with Client(cancel=call.cancel) as client, Syncer(client, stop=call.stop) as syncer:
        server = server_of(call, Timed(call, syncer, clock, ran))
        server.plan((step(tmp_path, "single", schedule="30 2 * * *"), step(tmp_path, "annotated", interval=6 * 3600.0)), BERLIN)

        def wait(left: float) -> bool:
            seen.append((threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))))
            clock.advance(left)
            return clock.now() >= start.timestamp() + 7 * 86_400

        server.run(LONG, clock=clock, wait=wait, crew=Inline())
    assert ran["single"] == [f"{day} 02:30" for day in range(19, 26)]
    assert len(ran["annotated"]) == 27
    assert (server.errors, tags_of(tmp_path)) == ([], ["annotated", "single"])
    first, last = seen[len(seen) // 2], seen[-1]
    # What one of the seventeen runs in between left behind would show.
    assert max(last[0] - first[0], last[1] - first[1]) < FEW


class Timed(Scripted):
    """A syncer that notes when each step ran, and has another one run it."""

    def __init__(self, call: Call, syncer: Syncer, clock: FakeClock, ran: dict[str, list[str]]) -> None:
        super().__init__(call)
        self.syncer, self.clock, self.ran = syncer, clock, ran

    def run(self, steps: object, action: Action = Action.COPY, *, abort_on_error: bool = False) -> SyncResult:
        assert isinstance(steps, list)
        if action is Action.COPY:
            now = datetime.fromtimestamp(self.clock.now(), BERLIN)
            self.ran.setdefault(steps[0].source.rpartition(":")[2], []).append(now.strftime("%d %H:%M"))
        return self.syncer.run(steps, action, abort_on_error=abort_on_error)
