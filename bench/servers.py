"""What the measured programs talk to: two registries, each in plain HTTP and in TLS, and recording proxies before them.

The proxies come in two kinds: ``counted`` only counts, ``far`` also adds 20 ms and caps each connection at 25 MB/s.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import processor_of
from tests.peer.servers import DEBIAN, DISTRIBUTION, Kind, registry_server

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures" / "tls"
AUTHORITY = FIXTURES / "ca.crt"
GO_PROGRAMS = Path.home() / "go" / "bin"
DELAY, RATE = 0.020, 25_000_000
PLAIN, TLS, FAR, COUNTED = WIRES = ("plain", "tls", "far", "counted")
SOURCE, TARGET = SIDES = ("source", "target")


@dataclass
class Proxy:
    """A recording proxy in a process of its own."""

    process: subprocess.Popen[str]
    host: str

    def take(self) -> dict[str, int]:
        """Return what it counted since the last time."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        counts: dict[str, int] = json.loads(self.process.stdout.readline())
        return counts


@dataclass
class Servers:
    """Everything that runs: addresses by wire and side, proxies, and the processes whose work is not the client's."""

    kind: str
    hosts: dict[tuple[str, str], str] = field(default_factory=dict)
    proxies: dict[tuple[str, str], Proxy] = field(default_factory=dict)
    registries: list[int] = field(default_factory=list)

    def host(self, wire: str, side: str) -> str:
        """Return the address to use."""
        return self.hosts[wire, side]

    def used(self) -> tuple[float, float]:
        """Return the processor seconds of all servers so far, and the most that one proxy used."""
        proxies = processor_of(proxy.process.pid for proxy in self.proxies.values())
        return sum(processor_of(self.registries)) + sum(proxies), max(proxies)

    def take(self, wire: str) -> dict[str, dict[str, int]]:
        """Return what the proxies of a wire counted since the last time, by side."""
        return {side: self.proxies[wire, side].take() for side in SIDES}


def kind_of_registry() -> Kind | None:
    """Return the best registry program that is installed."""
    path = f"{GO_PROGRAMS}:/usr/bin:/usr/local/bin"
    return next((kind for kind in (DISTRIBUTION, DEBIAN) if shutil.which(kind.program, path=path)), None)


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Run everything for the time of the block; what the registries keep is below ``folder``."""
    kind = kind_of_registry()
    if kind is None:
        raise SystemExit("no registry to measure against: run make peers")
    found = Servers(kind.name)
    secure = f"  tls:\n    certificate: {FIXTURES / 'server.crt'}\n    key: {FIXTURES / 'server.key'}\n"
    with ExitStack() as stack:
        for side in SIDES:
            for wire, settings in ((PLAIN, ""), (TLS, secure)):
                place = folder / f"{side}-{wire}"
                place.mkdir(parents=True)
                (place / "storage").symlink_to(folder / f"{side}-storage")
                (folder / f"{side}-storage").mkdir(exist_ok=True)
                server = stack.enter_context(registry_server(kind, place, settings=settings))
                found.hosts[wire, side] = server.host
                found.registries.append(server.process)
            for wire, delay, rate in ((COUNTED, 0.0, 0), (FAR, DELAY, RATE)):
                proxy = stack.enter_context(proxy_before(found.hosts[PLAIN, side], delay, rate))
                found.proxies[wire, side] = proxy
                found.hosts[wire, side] = proxy.host
        yield found


@contextmanager
def proxy_before(host: str, delay: float, rate: int) -> Iterator[Proxy]:
    """Run one recording proxy."""
    words = [sys.executable, "-I", str(Path(__file__).with_name("recorder.py")), host, str(delay), str(rate)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Proxy(process, process.stdout.readline().strip())
        finally:
            process.kill()
