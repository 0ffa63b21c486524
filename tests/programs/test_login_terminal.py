"""A person at a terminal logs in: the program as a process, with a terminal that would show what is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from regclient.regctl.app import main; main()", "registry", "login", "x.example"]


class Terminal:
    """A terminal from the person's side: what they see, and what they type."""

    def __init__(self) -> None:
        self.person, self.program = os.openpty()
        self.seen = b""

    def until(self, words: bytes) -> None:
        """Read what is shown until it ends with the words."""
        while not self.seen.endswith(words):
            self.seen += os.read(self.person, 1)

    def type(self, text: bytes) -> None:
        """Type something."""
        os.write(self.person, text)

    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.program)[3] & termios.ECHO)

    def start(self, home: Path) -> subprocess.Popen[bytes]:
        """Start the login at this terminal; Ctrl-C is typed, so it is the terminal's own."""
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.Popen(
            [*COMMAND, "--skip-check"],
            stdin=self.program,
            stdout=self.program,
            stderr=self.program,
            env=environment,
            start_new_session=True,
        )


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    os.close(made.person)
    os.close(made.program)


@pytest.mark.slow
def test_a_user_and_a_password_are_asked_for_and_the_password_is_not_shown(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.start(tmp_path) as process:
        terminal.until(b"Enter Username: ")
        terminal.type(b"ann\n")
        terminal.until(b"Enter Password: ")
        assert not terminal.echoes()
        terminal.type(b"hunter2\n")
        assert 0 == process.wait(50)
    terminal.until(b"\n")

    assert b"Enter Username: ann\r\nEnter Password: \r\n" == terminal.seen
    assert terminal.echoes()
    stored = json.loads((tmp_path / ".regctl" / "config.json").read_text())
    assert {"hosts": {"x.example": {"user": "ann", "pass": "hunter2"}}} == stored


@pytest.mark.slow
def test_an_interrupt_at_the_password_ends_at_once_and_gives_the_terminal_back(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.start(tmp_path) as process:
        terminal.until(b"Enter Username: ")
        terminal.type(b"ann\n")
        terminal.until(b"Enter Password: ")
        process.send_signal(signal.SIGINT)
        assert 1 == process.wait(50)
    terminal.until(b"interrupted\r\n")

    assert terminal.echoes()
    assert not (tmp_path / ".regctl" / "config.json").exists()
