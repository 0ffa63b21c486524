"""Two worlds for the commands: a layout on disk, and a registry on a loopback port."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from regclient.regctl.app import ROOT
from tests.fakes.console import Console, Ended
from tests.fakes.home import Home
from tests.fakes.registry import FakeRegistry
from tests.programs.linked import linked
from tests.programs.world import write_layout


@dataclass(frozen=True)
class Disk:
    """A layout with images of every kind; ``digests`` by the short names of ``tests/programs/world.py``."""

    root: Path
    digests: dict[str, str]

    @property
    def source(self) -> str:
        """The layout's repository."""
        return f"ocidir://{self.root}/src"

    @property
    def target(self) -> str:
        """A repository that is not there yet."""
        return f"ocidir://{self.root}/new"

    def holds(self, name: str) -> bool:
        """Whether the target has the content called so."""
        algorithm, _, hexadecimal = self.digests[name].partition(":")
        return (self.root / "new" / "blobs" / algorithm / hexadecimal).exists()


@dataclass(frozen=True)
class Served:
    """A fake registry that listens, and the program as it talks to it."""

    registry: FakeRegistry
    address: str

    def __call__(self, *words: str, stdin: bytes = b"") -> Ended:
        """Run a command line that knows the registry speaks plain HTTP."""
        return Console(ROOT)("--host", f"reg={self.address},tls=disabled", *words, stdin=stdin)


@pytest.fixture
def regctl() -> Console:
    """The program."""
    return Console(ROOT)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """A layout to read and room to write."""
    return Disk(tmp_path, linked(write_layout, tmp_path / "src").digests)


@pytest.fixture
def served() -> Iterator[Served]:
    """A registry on a loopback port."""
    registry = FakeRegistry()
    with registry.serve() as address:
        yield Served(registry, address)


class Refusal(socketserver.BaseRequestHandler):
    """Answers whatever comes, a TLS greeting included, in plain HTTP, as servers written in Go do."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request")


@pytest.fixture
def plain() -> Iterator[str]:
    """The address of a server that does not speak TLS."""
    with socketserver.TCPServer(("127.0.0.1", 0), Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without settings."""
    return Home(tmp_path)
