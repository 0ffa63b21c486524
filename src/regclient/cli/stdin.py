"""Standard input that a Ctrl-C can interrupt.

Python goes on with a read that a signal interrupted, unless the handler raises. Raising anywhere would be dangerous; raising
while nothing but input is waited for is not, and otherwise the program would only notice at the next key.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO


class Input:
    """A stream of bytes that knows when it is being waited for; all else is the stream's own.

    ``check`` is called before each wait and raises when the work should end.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.waiting = False
        self.check: Callable[[], None] = _go_on

    def __getattr__(self, name: str) -> object:
        """Give what the stream has: ``seek``, ``tell``, ``seekable``..."""
        return getattr(self._stream, name)

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes, all of them when negative."""
        self.waiting = True
        try:
            self.check()
            return self._stream.read(size)
        finally:
            self.waiting = False

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Read into a buffer and return how many bytes; 0 at the end."""
        self.waiting = True
        try:
            self.check()
            return self._stream.readinto(buffer)  # type: ignore[attr-defined,no-any-return] # standard input is buffered
        finally:
            self.waiting = False


def _go_on() -> None:
    """Never end early: nothing can be cancelled yet."""
