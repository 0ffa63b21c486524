"""Real registries on loopback for peer tests: started on a free port, in a directory of their own, ended with the test.

Use :func:`registry_server` as a context manager, or through a fixture::

    @pytest.fixture(params=KINDS)
    def server(request, tmp_path): ...
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One program that serves the distribution API: how it is called and where its name may be found."""

    name: str
    program: str
    arguments: tuple[str, ...] = ()
    referrers: bool = False
    tag_deletes: bool = False


DEBIAN = Kind("docker-registry", "docker-registry", ("serve",))
DISTRIBUTION = Kind("distribution", "registry", ("serve",), tag_deletes=True)
ZOT = Kind("zot", "zot", ("serve",), referrers=True, tag_deletes=True)
OLAREG = Kind("olareg", "olareg", referrers=True, tag_deletes=True)
GGCR = Kind("go-containerregistry", "go-registries", ("ggcr",), referrers=True, tag_deletes=True)
CUE = Kind("cue", "go-registries", ("cue",), referrers=True, tag_deletes=True)
KINDS = (DEBIAN, DISTRIBUTION, GGCR, CUE, ZOT, OLAREG)


@dataclass(frozen=True, slots=True)
class RealRegistry:
    """A registry that is running: ``host`` is ``127.0.0.1:PORT``, ``process`` its number."""

    kind: Kind
    host: str
    directory: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: int = 0


def program_of(name: str) -> str:
    """Return the path of the program; the test is skipped, with the reason, where it is missing."""
    # The home directory of the tests is empty, and Go installs into the real one.
    beside = os.pathsep.join([os.environ.get("PATH", ""), str(Path(pwd.getpwuid(os.getuid()).pw_dir) / "go" / "bin")])
    found = shutil.which(name, path=beside)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def registry_server(kind: Kind, directory: Path, *, deletes: bool = True, settings: str = "") -> Iterator[RealRegistry]:
    """Run a registry for the time of the block; ``settings`` is YAML added to distribution's configuration."""
    program = program_of(kind.program)
    directory.mkdir(parents=True, exist_ok=True)
    host = f"127.0.0.1:{free_port()}"
    log = directory / "registry.log"
    arguments = [program, *kind.arguments, *_configured(kind, directory, host, deletes=deletes, settings=settings)]
    with _running(arguments, host, log) as process:
        yield RealRegistry(kind, host, directory, log, process=process)


@contextmanager
def proxy_server(directory: Path, user: str, password: str) -> Iterator[str]:
    """Run tinyproxy, which wants a login, for the time of the block; it leads anywhere, by CONNECT too."""
    program = program_of("tinyproxy")
    directory.mkdir(parents=True, exist_ok=True)
    host, log, path = f"127.0.0.1:{free_port()}", directory / "proxy.log", directory / "tinyproxy.conf"
    address, _, port = host.partition(":")
    path.write_text(f"Listen {address}\nPort {port}\nTimeout 60\nBasicAuth {user} {password}\n")
    with _running([program, "-d", "-c", str(path)], host, log):
        yield host


@contextmanager
def _running(arguments: list[str], host: str, log: Path) -> Iterator[int]:
    """Run a program until the block ends, from when it listens at ``host``; yield its process."""
    directory = log.parent
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=directory, env=_environment()
        )
        try:
            _wait_for(host, process, log)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port of 127.0.0.1 nobody listens on right now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LANG"}}
    # Distribution 3 would send traces to a collector nobody runs.
    return {**kept, "OTEL_TRACES_EXPORTER": "none"}


def _configured(kind: Kind, directory: Path, host: str, *, deletes: bool, settings: str) -> list[str]:
    """Write the configuration the program wants and return the arguments that name it."""
    storage = directory / "storage"
    if kind in {GGCR, CUE}:
        return [host]
    if kind is OLAREG:
        address, port = host.split(":")
        return ["serve", "--addr", address, "--port", port, "--dir", str(storage)]
    if kind is ZOT:
        port = host.rpartition(":")[2]
        configuration = {
            "storage": {"rootDirectory": str(storage), "gc": False},
            "http": {"address": "127.0.0.1", "port": port},
        }
        path = directory / "zot.json"
        path.write_text(json.dumps(configuration))
        return [str(path)]
    path = directory / "config.yml"
    path.write_text(
        "version: 0.1\n"
        "log: {level: warn}\n"
        "storage:\n"
        f"  filesystem: {{rootdirectory: {storage}}}\n"
        f"  delete: {{enabled: {str(deletes).lower()}}}\n"
        "http:\n"
        f"  addr: {host}\n"
        "  secret: for tests only\n" + settings
    )
    return [str(path)]


def _wait_for(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll the socket until the registry listens; a program that ends first fails the test with its last words."""
    address, port = host.split(":")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the program ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        try:
            with closing(socket.create_connection((address, int(port)), timeout=1)):
                return
        except OSError:
            time.sleep(0.02)
    pytest.fail(f"the program does not listen on {host}: {log.read_text(errors='replace')[-2000:]}")
