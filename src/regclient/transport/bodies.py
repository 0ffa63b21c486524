"""The body of a request, for as many attempts as it allows.

A stream that seeks is sent again from where it stood; any other may be sent again only as long as nobody has read from it.
"""

from __future__ import annotations

from typing import BinaryIO, cast

from regclient.transport.messages import Body


class Cargo:
    """Hands out the body of one logical request, attempt after attempt."""

    def __init__(self, body: bytes | Body | None) -> None:
        self._body = body
        self._touched = False
        self._start = body.stream.tell() if isinstance(body, Body) and body.stream.seekable() else None

    @property
    def can_send(self) -> bool:
        """Whether :meth:`load` would give the whole body (once more)."""
        return not isinstance(self._body, Body) or self._start is not None or not self._touched

    @property
    def is_worth_resending(self) -> bool:
        """Whether an attempt that failed on the way should be made again as it was, rather than with what is missing."""
        return self.can_send and not self._is_under_way()

    def _is_under_way(self) -> bool:
        body = self._body
        return isinstance(body, Body) and body.resumable and self._start is not None and body.stream.tell() > self._start

    @property
    def is_long(self) -> bool:
        """Whether sending it may take a while, in which a token could expire."""
        return isinstance(self._body, Body) and self._body.size > 4 * 1024 * 1024

    def rewind(self) -> None:
        """Go back to the beginning, without a slot: a stream that is itself a download asks another host for it."""
        if isinstance(self._body, Body) and self._start is not None:
            self._body.stream.seek(self._start)

    def load(self) -> bytes | Body | None:
        """Return the body from its beginning."""
        if not isinstance(self._body, Body):
            return self._body
        if self._start is not None:
            self._body.stream.seek(self._start)
            return self._body
        return Body(cast("BinaryIO", _Watched(self)), self._body.size)

    def read(self, size: int) -> bytes:
        """Read from a stream that is sent once."""
        self._touched = True
        return cast("Body", self._body).stream.read(size)


class _Watched:
    """A stream that remembers that it was read from."""

    def __init__(self, cargo: Cargo) -> None:
        self._cargo = cargo

    def read(self, size: int) -> bytes:
        return self._cargo.read(size)
