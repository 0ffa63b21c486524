"""Where the transcripts play: a fresh world with its registry served, and the programs that play in it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regclient.server.server import Server
from regclient.server.tree import LayoutTree
from tests.fakes.clock import FakeClock
from tests.programs.transcript import EPOCH, Program, Result, prepared

LENGTH = len("/tmp/regclient-world-01234567")
"""That of the name of every world: what programs write about one holds its name, and is recorded with its size."""


@contextmanager
def world(parent: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Yield the directory of a fresh world and the address of its registry; both are gone afterwards.

    Its name is made here: those of ``tempfile`` may hold an underscore, which programs change where a path names an image.
    """
    folder = named(parent or Path(tempfile.gettempdir()))
    folder.mkdir(mode=0o700)
    try:
        root = prepared(folder)
        with Server(LayoutTree(root / "registry"), listen=("127.0.0.1", 0), clock=FakeClock()) as server:
            yield root, server.address
    finally:
        shutil.rmtree(folder)


def named(parent: Path) -> Path:
    """Return a new name of the one length, in ``/tmp`` where it would be longer."""
    start = f"{parent}/regclient-"
    left = LENGTH - len(start)
    return Path(f"{start}{secrets.token_hex(left)[:left]}") if left >= 8 else named(Path("/tmp"))


def go_program(name: str = "regctl") -> Path | None:
    """Return the Go program, from where Go installs or from PATH, or None where it is not."""
    account = Path(pwd.getpwuid(os.getuid()).pw_dir)
    places = [
        os.environ.get("GOBIN", ""),
        str(Path(os.environ.get("GOPATH") or account / "go") / "bin"),
        os.environ.get("PATH", ""),
    ]
    found = shutil.which(name, path=os.pathsep.join(place for place in places if place))
    return Path(found) if found else None


def by_process(*command: str) -> Program:
    """Return a program that is run as a process of its own with a scrubbed environment."""

    def run(words: list[str], stdin: bytes, root: Path) -> Result:
        environment = {"HOME": str(root / "home"), "PATH": os.environ.get("PATH", ""), "SOURCE_DATE_EPOC": EPOCH, "TZ": "UTC"}
        done = subprocess.run([*command, *words], input=stdin, capture_output=True, env=environment, cwd=root, check=False)
        return Result(done.stdout, done.returncode, done.stderr)

    return run
