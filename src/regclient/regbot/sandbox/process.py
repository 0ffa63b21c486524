"""The child process of one script, seen from the parent: start it, talk to it, end it.

Messages are a line with their length and that many bytes. Nothing the child does makes the parent wait for ever: whoever waits
here can be interrupted, because ending the child ends the waiting.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL
from types import TracebackType
from typing import Self

from regclient.errors import Unsupported
from regclient.regbot.sandbox.limits import Limits, reason_of
from regclient.regbot.sandbox.wire import MAX_MESSAGE, Garbled

_HERE = Path(__file__).parent
_CHUNK = 1 << 16
_LONGEST_LINE = 20
_LAST_BREATH = 5.0
"""Seconds that a process whose pipes are closed may take to end."""


class Ended(Exception):
    """The child is gone, or was tampered with; the text says why."""


class Child:
    """One child process; as a context manager, for leaving the block ends it whatever it does."""

    def __init__(self, limits: Limits, environ: Mapping[str, str], *, allow_io: bool = False) -> None:
        """Start the process.

        Raises:
            Unsupported: Lua's runtime is not installed.
        """
        self._limits = limits
        reply, self._to_child = os.pipe()
        self._from_child, request = os.pipe()
        life, self._life = os.pipe()
        theirs = (request, reply, life)
        words = [*map(str, (*theirs, limits.memory, limits.seconds, int(allow_io))), _lua_room(), str(_HERE / "lua")]
        streams = None if allow_io else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
                [sys.executable, "-I", "-S", str(_HERE / "child.py"), *words],
                stdin=streams,
                stdout=streams,
                stderr=streams,
                pass_fds=theirs,
                env=dict(environ),
                start_new_session=True,
            )
        except BaseException:
            self._close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self._buffer = bytearray()
        self._ended = False

    def __enter__(self) -> Self:
        """Return the child."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process and everything it has started, and take what it leaves."""
        self.kill()
        self._process.wait()
        self._ended = True
        self._close()

    def kill(self) -> None:
        """End the process group at once; from any thread, as long as the block runs."""
        if not self._ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, SIGKILL)

    def receive(self) -> bytes:
        """Wait for one message.

        Raises:
            Ended: the child ended without one, or sent something that is none.
        """
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise Ended(str(Garbled("a message of the script's process has no length")))
            self._read()
        line = bytes(self._buffer[:end])
        if not line.isdigit() or int(line) > MAX_MESSAGE:
            raise Ended("a message of the script's process has no length, or one beyond every limit")
        length = int(line)
        while len(self._buffer) < end + 1 + length:
            self._read()
        message = bytes(self._buffer[end + 1 : end + 1 + length])
        del self._buffer[: end + 1 + length]
        return message

    def send(self, message: bytes) -> None:
        """Send one message.

        Raises:
            Ended: the child is gone.
        """
        left = memoryview(b"%d\n%s" % (len(message), message))
        try:
            while left:
                left = left[os.write(self._to_child, left[:_CHUNK]) :]
        except BrokenPipeError as error:
            raise Ended(self._reason()) from error

    def _read(self) -> None:
        data = os.read(self._from_child, _CHUNK)
        if not data:
            raise Ended(self._reason())
        self._buffer += data

    def _reason(self) -> str:
        try:
            status = self._process.wait(_LAST_BREATH)
        except subprocess.TimeoutExpired:
            return "the script's process has closed its pipes"
        return reason_of(status, self._limits)

    def _close(self) -> None:
        for descriptor in (self._to_child, self._from_child, self._life):
            os.close(descriptor)


def _lua_room() -> str:
    """Return the directory that the child imports Lua from.

    Raises:
        Unsupported: it is nowhere.
    """
    found = find_spec("lupa")
    if found is None or not found.submodule_search_locations:
        raise Unsupported("scripts need Lua: install the Python package lupa")
    return str(Path(next(iter(found.submodule_search_locations))).parent)
