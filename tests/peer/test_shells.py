"""Completion in real interactive shells: a line is typed with a tab in it, and what the shell then runs is looked at.

The program the shells know is regctl itself when it is asked for candidates; any other line it prints back. PowerShell is not
to be had from a package index: its script is read by a grammar of the language instead.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import images
from tests.fakes.home import Home
from tests.fakes.registry import FakeRegistry
from tests.programs.places import go_program
from tests.programs.world import write_layout

pytestmark = pytest.mark.peer

SOURCES = Path(__file__).parents[2] / "src"
PATIENCE = 30.0
STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
LOADS = {
    "bash": "source ./script",
    "zsh": "autoload -U compinit && compinit -u -D && source ./script",
    "fish": "source ./script",
}


@dataclass
class Shell:
    """A shell at work; ``heard`` is everything it has written."""

    terminal: int
    heard: bytes = b""

    def types(self, keys: str) -> None:
        """Press keys."""
        os.write(self.terminal, keys.encode())

    def until(self, text: str) -> str:
        """Read until the shell has written a text, and return it with what follows on the line."""
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.heard or not self.heard.partition(text.encode())[2].count(b"\n"):
            ready, _, _ = select.select([self.terminal], [], [], max(deadline - time.monotonic(), 0.0))
            assert ready, f"{text!r} never came: {self.heard[-2000:]!r}"
            self.heard += os.read(self.terminal, 65536)
        _, _, after = self.heard.partition(text.encode())
        line, _, self.heard = after.partition(b"\n")
        return line.decode().strip()

    def runs(self, keys: str) -> str:
        """Type a line and return the words that regctl was run with."""
        self.types(f"{keys}\n")
        return self.until("RAN|").removesuffix("|")


@contextmanager
def started(shell: str, folder: Path, script: str) -> Iterator[Shell]:
    """Start a shell in a folder with our completion loaded."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    (folder / "script").write_text(script)
    wrapper = folder / "bin" / "regctl"
    wrapper.parent.mkdir(exist_ok=True)
    run = f"PYTHONPATH={SOURCES} exec {sys.executable} -c 'from regclient.regctl.app import main; main()' \"$@\""
    wrapper.write_text(f'#!/bin/sh\ncase "$1" in __complete*) {run} ;; esac\nprintf "RAN|%s|\\n" "$*"\n')
    wrapper.chmod(0o755)
    environment = {"PATH": f"{wrapper.parent}:/usr/bin:/bin", "HOME": str(folder), "TERM": "vt100", "LANG": "C.UTF-8"}
    terminal, theirs = pty.openpty()
    command = ["setsid", "--ctty", "--wait", *STARTS[shell]]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment)
    os.close(theirs)
    try:
        made = Shell(terminal)
        made.types(f"{LOADS[shell]}\n")
        assert "" == made.runs("regctl")
        yield made
    finally:
        os.close(terminal)
        process.wait()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_the_go_program_go_on_working(shell: str, tmp_path: Path) -> None:
    program = go_program()
    if program is None:
        pytest.skip("Go's regctl is not installed (make peers)")
    script = subprocess.run([program, "completion", shell], capture_output=True, text=True, check=True).stdout
    write_layout(tmp_path / "src")
    with started(shell, tmp_path, script) as at:
        assert "image digest" == at.runs("regctl image dig\t")
        assert "image digest ocidir://src:windows" == at.runs("regctl image digest ocidir://src:wi\t")


def our_script(folder: Path, shell: str) -> str:
    return Home(folder)("completion", shell).out


@pytest.mark.parametrize("shell", STARTS)
def test_what_is_typed_is_completed(shell: str, tmp_path: Path) -> None:
    write_layout(tmp_path / "src")
    registry = FakeRegistry()
    images.image(registry.repository("app"), "v1.2.3")
    with registry.serve() as host:
        Home(tmp_path).store(hosts={host: {"tls": "disabled", "user": "u"}})
        with started(shell, tmp_path, our_script(tmp_path, shell)) as at:
            assert "image digest" == at.runs("regctl image dig\t")
            assert "image digest ocidir://src:windows" == at.runs("regctl image digest ocidir://src:wi\t")
            assert f"tag delete {host}/app:v1.2.3" == at.runs(f"regctl tag delete {host}/app:v1\t")
            assert f"registry whoami {host}" == at.runs(f"regctl registry whoami {host[:-2]}\t")
            assert "image digest --platform linux/s390x" == at.runs("regctl image digest --platform linux/s3\t")
            assert "image digest --platform=linux/s390x" == at.runs("regctl image digest --platform=linux/s3\t")
            assert "image digest --require-digest" == at.runs("regctl image digest --require-d\t")


def test_powershell_can_read_its_script(tmp_path: Path) -> None:
    grammar = pytest.importorskip("tree_sitter_powershell", reason="the group of Python peers is not installed (make peers)")
    reader = pytest.importorskip("tree_sitter")
    parser = reader.Parser(reader.Language(grammar.language()))
    script = our_script(tmp_path, "powershell").encode()

    assert not parser.parse(script).root_node.has_error
    assert parser.parse(script.replace(b"param(", b"param")).root_node.has_error
