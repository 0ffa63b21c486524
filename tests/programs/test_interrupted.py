"""Ctrl-C and termination in the middle of ``regctl image copy``, as a process with real signals.

Each case waits until the copy stands still at a known place, so nothing depends on how fast this machine is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.bench import single
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

REGCTL = (sys.executable, "-c", "from regclient.regctl.app import main; main()")
LONG = 60.0


@dataclass
class Scene:
    """Two served registries, the first with an image; what stands still goes on when ``moving`` is set."""

    src: FakeRegistry
    dst: FakeRegistry
    hosts: tuple[str, str]
    place: Path
    moving: threading.Event
    drip: threading.Semaphore

    def target(self, kind: str) -> str:
        """Name where the copy goes."""
        return f"ocidir://{self.place}/layout:latest" if kind == "layout" else f"{self.hosts[1]}/app:latest"

    def start(self, kind: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """Start the copy."""
        hosts = [word for host in self.hosts for word in ("--host", f"reg={host},tls=disabled")]
        command = [*REGCTL, *hosts, "image", "copy", f"{self.hosts[0]}/app:latest", self.target(kind)]
        environment = {"HOME": str(self.place), "PATH": os.environ.get("PATH", "")}
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment)

    def nothing_is_there(self) -> bool:
        """Whether no target has a tag, and the layout no file that a collection would have to remove."""
        files = [path for path in (self.place / "layout").rglob("*") if path.is_file()]
        tags = [name for name in self.dst.store.names() if self.dst.repository(name).tags().tags]
        indexed = [path for path in files if path.name == "index.json" and b"latest" in path.read_bytes()]
        return not (tags or indexed or [path for path in files if ".tmp" in path.name])


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    src, dst = FakeRegistry("src"), FakeRegistry("dst")
    single(src.repository("app"))
    with ExitStack() as stack:
        hosts = (stack.enter_context(src.serve()), stack.enter_context(dst.serve()))
        made = Scene(src, dst, hosts, tmp_path, threading.Event(), threading.Semaphore(0))
        stack.callback(made.drip.release, 2000)
        stack.callback(made.moving.set)
        yield made


def wait_for(rule: FaultRule, process: subprocess.Popen[bytes]) -> None:
    """Wait until the copy has come to where the rule strikes."""
    deadline = time.monotonic() + LONG
    while not rule.struck:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)


STANDSTILLS = {
    "the manifest does not come": ("src", FaultRule("GET", "manifests/", times=None)),
    "the layer does not come": ("src", FaultRule("GET", "blobs/", times=None)),
    "the layer stops coming": ("src", FaultRule("GET", "blobs/", times=None)),
    "the upload is not answered": ("dst", FaultRule("PUT", "digest=", times=None)),
    "the tag is not answered": ("dst", FaultRule("PUT", "manifests/", times=None)),
    "the registry said to wait": ("src", FaultRule("GET", "blobs/", times=None, status=429, headers={"Retry-After": "60"})),
}


def script(scene: Scene, where: str) -> FaultRule:
    side, rule = STANDSTILLS[where]
    copied = FaultRule(rule.method, rule.path, times=None, status=rule.status, headers=rule.headers)
    if where == "the layer stops coming":
        copied.drip = scene.drip
        scene.drip.release(70_000)
    elif not rule.status:
        copied.wait = scene.moving
    return (scene.src if side == "src" else scene.dst).fault(copied)


CASES = [
    *((where, "registry", signal.SIGINT) for where in STANDSTILLS),
    *((where, "layout", signal.SIGINT) for where, (side, _) in STANDSTILLS.items() if side == "src"),
    ("the layer does not come", "registry", signal.SIGTERM),
    ("the layer stops coming", "layout", signal.SIGTERM),
]


@pytest.mark.parametrize(("where", "kind", "number"), CASES)
def test_an_interrupted_copy_says_so_and_leaves_nothing(scene: Scene, where: str, kind: str, number: signal.Signals) -> None:
    rule = script(scene, where)
    with scene.start(kind) as process:
        wait_for(rule, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=LONG)

    assert (1, b"") == (process.returncode, out)
    assert 1 == err.count(b"\n"), err
    assert b"cancelled" in err
    assert b"Traceback" not in err
    if where != "the tag is not answered":
        assert scene.nothing_is_there()


def test_after_an_interrupt_the_same_copy_works(scene: Scene) -> None:
    rule = script(scene, "the layer does not come")
    with scene.start("layout") as process:
        wait_for(rule, process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LONG)
    rule.times = 0
    scene.moving.set()
    with scene.start("layout") as process:
        _, err = process.communicate(timeout=LONG)

    assert (0, b"") == (process.returncode, err)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_program_at_once(scene: Scene, number: signal.Signals) -> None:
    rule = script(scene, "the layer does not come")
    reading, writing = os.pipe()
    try:
        # Nobody reads what the program has to say, so after the first signal it stands still for ever.
        os.set_blocking(writing, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writing, b" " * 4096)
        with suppress(BlockingIOError):
            while True:
                os.write(writing, b" ")
        os.set_blocking(writing, True)
        with scene.start("layout", stderr=writing) as process:
            wait_for(rule, process)
            deadline = time.monotonic() + LONG
            while process.poll() is None and time.monotonic() < deadline:
                process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
            assert 128 + number == process.returncode
    finally:
        os.close(reading)
        os.close(writing)
    assert scene.nothing_is_there()
