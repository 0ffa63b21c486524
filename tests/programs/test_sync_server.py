"""regsync's server as a process: signals end it cleanly, and no tag is ever half there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from regclient.client import Client
from tests.fakes import images
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

REGSYNC = [sys.executable, "-c", "from regclient.regsync.app import main; main()"]
SOURCES = str(Path(__file__).parents[2] / "src")
pytestmark = pytest.mark.slow


class Running:
    """A server that copies one image whose layer comes in drips, and has begun with it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, drip: threading.Semaphore) -> None:
        self.process = process
        self.folder = folder
        self.drip = drip

    def let_go(self) -> None:
        """Let the rest of the layer come."""
        for _ in range(1000):
            self.drip.release()

    def ended(self) -> tuple[int, list[str]]:
        """Wait for the end; return the exit code and the tags of the mirror."""
        said = self.process.communicate()[1].decode()
        assert "Traceback" not in said
        with Client() as client:
            mirror = client.repository(f"ocidir://{self.folder}/new")
            tags = list(mirror.tags().tags) if (self.folder / "new" / "index.json").exists() else []
            for tag in tags:
                manifest = mirror.get_manifest(tag)
                assert all(mirror.stat_blob(layer) for layer in manifest.layers)  # type: ignore[attr-defined]
        return self.process.returncode, tags


def read_until(stream: IO[bytes], words: bytes) -> None:
    while words not in (line := stream.readline()):
        assert line, "the server ended too soon"


@contextmanager
def running(folder: Path, *flags: str) -> Iterator[Running]:
    registry, drip = FakeRegistry(), threading.Semaphore(0)
    image = images.image(registry.repository("app"), layers=2)
    registry.repository("app").put_manifest(image, "v1")
    registry.fault(FaultRule(method="GET", path=str(image.layers[0].digest), times=None, drip=drip))
    with registry.serve() as host:
        (folder / "sync.yml").write_text(
            f"creds: [{{registry: '{host}', tls: disabled}}]\n"
            f"sync: [{{source: '{host}/app:v1', target: 'ocidir://{folder}/new:v1', type: image, interval: 1h}}]\n"
        )
        command = [*REGSYNC, "server", "-c", str(folder / "sync.yml"), *flags]
        environment = {"HOME": str(folder), "PATH": os.defpath, "PYTHONPATH": SOURCES}
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
            assert process.stderr is not None
            server = Running(process, folder, drip)
            try:
                read_until(process.stderr, str(image.layers[0].digest).encode())
                yield server
            finally:
                server.let_go()
                process.kill()


def test_a_signal_lets_a_running_copy_end(tmp_path: Path) -> None:
    with running(tmp_path, "--grace", "1h") as server:
        server.process.send_signal(signal.SIGTERM)
        server.let_go()
        assert (0, ["v1"]) == server.ended()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_grace_a_signal_cuts_a_running_copy_off(tmp_path: Path, number: int) -> None:
    with running(tmp_path, "--grace", "0s") as server:
        server.process.send_signal(number)
        assert (0, []) == server.ended()


def test_a_user_signal_shows_where_every_thread_is_and_nothing_ends(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.process.send_signal(signal.SIGUSR1)
        assert server.process.stderr is not None
        read_until(server.process.stderr, b"most recent call last")
        server.let_go()
        server.process.send_signal(signal.SIGTERM)
        assert (0, ["v1"]) == server.ended()


def test_a_second_signal_does_not_wait_for_the_grace_period(tmp_path: Path) -> None:
    with running(tmp_path, "--grace", "1h", "-v", "debug") as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.stderr is not None
        read_until(server.process.stderr, b"Waiting on running tasks")
        server.process.send_signal(signal.SIGTERM)
        assert (0, []) == server.ended()
