"""Questions to the person at the terminal: a line that is seen as it is typed, and one that is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from regclient.cli.call import Call
from regclient.errors import Unsupported

_LONGEST = 64 << 10


def ask(call: Call, question: str) -> str:
    """Ask for a line of text; nothing when the input is at its end."""
    _put(call, question)
    return _line(call).strip()


def ask_hidden(call: Call, question: str) -> str:
    """Ask for a line that the terminal does not show while it is typed.

    Raises:
        Unsupported: standard input is no terminal.
    """
    terminal = _terminal(call.streams.stdin)
    if terminal is None:
        _put(call, question)
        raise Unsupported("a password can only be typed at a terminal; in a script give --user and --pass-stdin")
    with _silent(terminal):
        try:
            # Only now, for what is typed at a prompt must not be seen.
            _put(call, question)
            return _line(call).rstrip("\r\n")
        finally:
            _put(call, "\n")


@contextmanager
def _silent(terminal: int) -> Iterator[None]:
    import termios  # noqa: PLC0415 - not on every system, and only passwords are hidden

    before = termios.tcgetattr(terminal)
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _terminal(stream: BinaryIO) -> int | None:
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return None
    return descriptor if os.isatty(descriptor) else None


def _put(call: Call, text: str) -> None:
    call.write(text)
    call.streams.out.flush()


def _line(call: Call) -> str:
    return call.streams.stdin.readline(_LONGEST).decode("utf-8", "surrogateescape")
