"""Questions at a terminal: what is typed at a hidden one is not shown."""

from __future__ import annotations

import io
import os
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from regclient.cli.call import Call, Streams
from regclient.cli.logs import Log
from regclient.cli.prompt import ask, ask_hidden
from regclient.errors import Unsupported
from regclient.kit.flags.grammar import parse
from tests.fakes.commands import ROOT
from tests.fakes.console import call_of, written
from tests.tables import table


class Asking(io.BytesIO):
    """Output that says when a question is there."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()

    def flush(self) -> None:
        self.asked.set()


class Terminal:
    """A pseudo terminal: what a person types, and what they see."""

    def __init__(self, stdin: BinaryIO, person: int) -> None:
        self.out = Asking()
        self.call = Call(parse(ROOT, ["version"]), Streams(stdin, self.out, io.BytesIO()), {}, Log(io.BytesIO()))
        self._stdin = stdin
        self._person = person

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._stdin.fileno())[3] & termios.ECHO)

    def type_when_asked(self, text: bytes, shown: list[bool]) -> threading.Thread:
        """Type once there is a question, noting whether it would be seen."""

        def person() -> None:
            assert self.out.asked.wait(30)
            shown.append(self.echoes)
            os.write(self._person, text)

        thread = threading.Thread(target=person)
        thread.start()
        return thread


@contextmanager
def opened() -> Iterator[Terminal]:
    person, program = os.openpty()
    try:
        with os.fdopen(program, "rb") as stdin:
            yield Terminal(stdin, person)
    finally:
        os.close(person)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with opened() as made:
        yield made


def test_a_hidden_line_is_asked_for_without_echo_and_the_echo_comes_back(terminal: Terminal) -> None:
    shown: list[bool] = []
    thread = terminal.type_when_asked(b"hunter2 \n", shown)
    answer = ask_hidden(terminal.call, "Password: ")
    thread.join()

    assert "hunter2 " == answer
    assert [False] == shown
    assert terminal.echoes
    assert b"Password: \n" == terminal.out.getvalue()


def test_a_visible_line_is_asked_for_with_echo(terminal: Terminal) -> None:
    shown: list[bool] = []
    thread = terminal.type_when_asked(b" ann \n", shown)
    answer = ask(terminal.call, "User: ")
    thread.join()

    assert ("ann", [True]) == (answer, shown)
    assert b"User: " == terminal.out.getvalue()


@table(("typed", "answer"), [(b"ann\nmore\n", "ann"), (b"", ""), (b"\n", ""), (b"no end", "no end")])
def test_a_visible_line_may_come_from_anywhere(typed: bytes, answer: str) -> None:
    call = call_of(ROOT, "version", stdin=typed)

    assert answer == ask(call, "User: ")
    assert "User: " == written(call.streams.out)


def test_a_hidden_line_needs_a_terminal() -> None:
    call = call_of(ROOT, "version", stdin=b"hunter2\n")

    with pytest.raises(Unsupported, match="--pass-stdin"):
        ask_hidden(call, "Password: ")


def test_a_file_is_no_terminal() -> None:
    with Path(os.devnull).open("rb") as stdin:
        call = Call(parse(ROOT, ["version"]), Streams(stdin, io.BytesIO(), io.BytesIO()), {}, Log(io.BytesIO()))

        with pytest.raises(Unsupported):
            ask_hidden(call, "Password: ")
