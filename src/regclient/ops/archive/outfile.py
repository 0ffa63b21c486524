"""Files that commands write for people: whole or not there, except where the path is no plain file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from regclient.errors import StorageFault
from regclient.kit.atomicfile import UNFORCED, AtomicFile


@contextmanager
def writing(path: Path | str, *, mode: Callable[[], int] = lambda: 0o666) -> Iterator[BinaryIO]:
    """Open a file that gets its name when the block ends well; what was there before stays until then.

    A device or a pipe is written to as it is, and a link keeps pointing at what is replaced. ``mode`` (less the umask) is
    asked for before the file is made.

    Raises:
        StorageFault: the file system refuses.
    """
    goal = Path(path)
    try:
        goal = goal.resolve()
        if goal.exists() and not goal.is_file():
            with goal.open("wb") as device:
                yield cast("BinaryIO", device)
            return
        with AtomicFile(goal.parent, prefix=f".{goal.name}.", mode=mode(), writing=UNFORCED) as file:
            yield cast("BinaryIO", file)
            file.commit(goal)
    except OSError as error:
        raise StorageFault(error.filename or goal, error.strerror or str(error)) from error
