"""Streams that can only go back to their start: what an upload sent again needs, and all that a tar can offer cheaply."""

from __future__ import annotations

import io

from regclient.errors import Unsupported


class Rewindable(io.RawIOBase):
    """A stream read from front to back, and from the front once more after ``seek(0)``.

    Whoever derives from it keeps ``_position`` while reading, says in ``what`` which stream it is, and begins again in
    :meth:`restart`.
    """

    what = "a stream"
    _position = 0

    def restart(self) -> None:
        """Begin again at the start, with ``_position`` 0."""
        raise NotImplementedError

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, to the start."""
        return True

    def tell(self) -> int:
        """Return how many bytes were read since the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Stay, or go back to the start.

        Raises:
            Unsupported: any other place.
        """
        target = offset + (self._position if whence == io.SEEK_CUR else 0)
        if whence == io.SEEK_END or target not in {0, self._position}:
            raise Unsupported(f"in {self.what} only its start can be gone back to")
        if target != self._position:
            self.restart()
        return self._position
