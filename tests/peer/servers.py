"""Real registries on loopback for peer tests: started on a free port, in a directory of their own, ended with the test.

Use :func:`registry_server` as a context manager, or through a fixture::

    @pytest.fixture(params=KINDS)
    def server(request, tmp_path): ...
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SECONDS = 50.0
ATTEMPTS = 4
LISTENING = re.compile(r"listening on (127\.0\.0\.1:\d+)")


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
PERHAPS = (ZOT, OLAREG)
"""Not to be had from Go's module proxy, so ``make peers`` cannot install them: they are met where PATH has them."""


@dataclass(frozen=True, slots=True)
class RealRegistry:
    """A registry that is running: ``host`` is ``127.0.0.1:PORT``, ``process`` its number."""

    kind: Kind
    host: str
    directory: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: int = 0


def path_of(name: str) -> str | None:
    """Return the path of the program, None where it is missing."""
    # The home directory of the tests is empty, and Go installs into the real one.
    beside = os.pathsep.join([os.environ.get("PATH", ""), str(Path(pwd.getpwuid(os.getuid()).pw_dir) / "go" / "bin")])
    return shutil.which(name, path=beside)


KINDS = (DEBIAN, DISTRIBUTION, GGCR, CUE, *(kind for kind in PERHAPS if path_of(kind.program)))
"""The registries to run cases against; of the others a test of its own says once that they are missing."""


def program_of(name: str) -> str:
    """Return the path of the program; the test is skipped, with the reason, where it is missing."""
    found = path_of(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def registry_server(kind: Kind, directory: Path, *, deletes: bool = True, settings: str = "") -> Iterator[RealRegistry]:
    """Run a registry for the time of the block; ``settings`` is YAML added to distribution's configuration.

    Distribution chooses its port and says which; the others are told one, and another when somebody was quicker.
    """
    program = program_of(kind.program)
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "registry.log"

    def arguments(host: str) -> list[str]:
        return [program, *kind.arguments, *_configured(kind, directory, host, deletes=deletes, settings=settings)]

    with _running(arguments, log, chooses=kind in {DEBIAN, DISTRIBUTION}) as (process, host):
        yield RealRegistry(kind, host, directory, log, process=process)


@contextmanager
def proxy_server(directory: Path, user: str, password: str) -> Iterator[str]:
    """Run tinyproxy, which wants a login, for the time of the block; it leads anywhere, by CONNECT too."""
    program = program_of("tinyproxy")
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "tinyproxy.conf"

    def arguments(host: str) -> list[str]:
        address, _, port = host.partition(":")
        path.write_text(f"Listen {address}\nPort {port}\nTimeout 60\nBasicAuth {user} {password}\n")
        return [program, "-d", "-c", str(path)]

    with _running(arguments, directory / "proxy.log") as (_, host):
        yield host


@contextmanager
def _running(arguments: Callable[[str], list[str]], log: Path, *, chooses: bool = False) -> Iterator[tuple[int, str]]:
    """Run a program until the block ends, from when it listens; yield its process and where it listens."""
    for left in reversed(range(ATTEMPTS)):
        told = "127.0.0.1:0" if chooses else f"127.0.0.1:{free_port()}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                arguments(told), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=log.parent, env=_environment()
            )
        try:
            host = _listening(told, process, log, last=not left)
            if host:
                yield process.pid, host
                return
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
        "log: {level: info, accesslog: {disabled: true}}\n"
        "storage:\n"
        f"  filesystem: {{rootdirectory: {storage}}}\n"
        f"  delete: {{enabled: {str(deletes).lower()}}}\n"
        "http:\n"
        f"  addr: {host}\n"
        "  secret: for tests only\n" + settings
    )
    return [str(path)]


def _listening(told: str, process: subprocess.Popen[bytes], log: Path, *, last: bool) -> str:
    """Wait until the program listens and return where; nothing when it ended and may be tried again.

    The last time, a program that ends fails the test with its last words.
    """
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        said = log.read_text(errors="replace")
        if process.poll() is not None:
            assert not last, f"the program ended with {process.returncode}: {said[-2000:]}"
            return ""
        if told.endswith(":0"):
            if listening := LISTENING.search(said):
                return listening[1]
        elif _is_open(told):
            return told
        time.sleep(0.02)
    raise AssertionError(f"the program does not listen on {told}: {log.read_text(errors='replace')[-2000:]}")


def _is_open(host: str) -> bool:
    address, port = host.split(":")
    try:
        with closing(socket.create_connection((address, int(port)), timeout=1)):
            return True
    except OSError:
        return False
