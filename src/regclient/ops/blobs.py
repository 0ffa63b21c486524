"""Moving one blob: it may be there already, its registry may mount it, and only else do its bytes travel.

The bytes are streamed from one repository into the other and never held; the reading side checks what it delivers, the writing
side what it stores.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from regclient.errors import Cancelled, RegistryClientError, SideError
from regclient.events import Event, State, Warned
from regclient.model.descriptor import Descriptor
from regclient.observer import Observer, silent
from regclient.ops.arrivals import Arrivals
from regclient.ops.sides import destination, side_error, source
from regclient.repository import Forwards, Mounts, Repository

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Reader: TypeAlias = Callable[[Descriptor, BinaryIO], BinaryIO]
"""Sees each blob whose bytes move and returns the stream to send in its place: to measure, to slow down, to look inside. The
bytes are checked again where they arrive, so it cannot change them."""


def go_on() -> None:
    """Never end early: the default check."""


@dataclass(frozen=True, slots=True)
class Escort:
    """What accompanies blobs on their way: who watches, who may wrap the stream, and what ends it early.

    ``check`` is called at every step and raises when the work should end. ``arrivals`` is what copies that run together know of
    where blobs are.
    """

    observer: Observer = silent
    reader: Reader | None = None
    check: Callable[[], None] = go_on
    arrivals: Arrivals | None = None


NO_ESCORT = Escort()


def copy_blob(src: Repository, dst: Repository, blob: Descriptor, escort: Escort = NO_ESCORT) -> Descriptor:
    """Have ``blob`` in ``dst``: nothing moves when it is there or can be mounted. Return its descriptor, the size filled in.

    Raises:
        SideError: with the side and the step; nothing half-sent stays at the destination.
        Cancelled: the escort's check said so.
    """
    say = _Report(escort.observer, blob)
    say(State.STARTED)
    escort.check()
    if dst.reference == src.reference:
        say(State.SKIPPED)
        return blob
    found = _present(dst, blob)
    escort.check()
    if found is None and (_mounted(src, dst, blob, escort.observer) or _mounted_beside(dst, blob, escort)):
        found = blob
    stored = found or _stream(src, dst, blob, escort, say)
    if escort.arrivals is not None:
        escort.arrivals.note(dst, stored.digest)
    if found is not None:
        say(State.SKIPPED)
    else:
        say(State.FINISHED, stored.size)
    return stored


def send_blob(dst: Repository, content: BinaryIO, blob: Descriptor, escort: Escort = NO_ESCORT) -> Descriptor:
    """Have the bytes of a stream in ``dst`` as ``blob``; when they are there already, nothing is read.

    Of a blob nobody has hashed, give the digest of nothing and the size -1. Return the descriptor, digest and size filled in.

    Raises:
        DigestMismatch, SizeMismatch: the bytes are not what was promised.
        Cancelled: the escort's check said so.
    """
    say = _Report(escort.observer, blob)
    say(State.STARTED)
    escort.check()
    if blob.size >= 0 and dst.stat_blob(blob) is not None:
        say(State.SKIPPED)
        return blob
    stored = dst.put_blob(cast("BinaryIO", _Moving(content, say, escort.check)), blob)
    say(State.FINISHED, stored.size)
    return stored


@contextmanager
def reading(repository: Repository, blob: Descriptor, escort: Escort = NO_ESCORT) -> Iterator[BinaryIO]:
    """Open a blob, telling the escort how far the reading is; it may end before the blob does.

    Raises:
        BlobNotFound: it is not there.
        Cancelled: from reading; the escort's check said so.
    """
    say = _Report(escort.observer, blob)
    say(State.STARTED)
    with repository.open_blob(blob) as content:
        moving = _Moving(content, say, escort.check)
        yield cast("BinaryIO", moving)
    escort.observer(Event("blob", str(blob.digest), State.FINISHED, moving.done, moving.done))


def _present(dst: Repository, blob: Descriptor) -> Descriptor | None:
    with destination(dst, f"blob {blob.digest}"):
        present = dst.stat_blob(blob.replace(urls=()) if blob.urls else blob)
    # A blob of another size is damaged, or the descriptor lies: moving the bytes mends the one and shows the other.
    if present is not None and (blob.size <= 0 or present.size in {0, blob.size}):
        size = present.size or blob.size
        return blob if size == blob.size else blob.replace(size=size)
    return None


def _mounted_beside(dst: Repository, blob: Descriptor, escort: Escort) -> bool:
    """Mount from a repository another copy has brought the blob to."""
    sibling = escort.arrivals.sibling(dst, blob.digest) if escort.arrivals is not None else None
    if escort.arrivals is None or sibling is None:
        return False
    mounted = _mounted(sibling, dst, blob, escort.observer)
    if not mounted:
        escort.arrivals.declined(dst)
    return mounted


def _mounted(src: Repository, dst: Repository, blob: Descriptor, observer: Observer) -> bool:
    # Of its class, for which the answer is kept: asked of the object itself, it would take as long as to look at a file.
    if not issubclass(type(dst), Mounts):
        return False
    try:
        return cast("Mounts", dst).mount_blob(blob, src)
    except Cancelled:
        raise
    except RegistryClientError as error:
        observer(Warned(f"could not mount {blob.digest} in {dst.reference}, sending it instead: {error}"))
        return False


def _opened(src: Repository, blob: Descriptor, dst: Repository) -> AbstractContextManager[BinaryIO]:
    if issubclass(type(src), Forwards):  # of its class, as above
        return cast("Forwards", src).open_blob_for(blob, dst)
    return src.open_blob(blob)


def _stream(src: Repository, dst: Repository, blob: Descriptor, escort: Escort, say: _Report) -> Descriptor:
    step = f"blob {blob.digest}"
    with source(src, step), _opened(src, blob, dst) as content:
        moving = _Moving(escort.reader(blob, content) if escort.reader else content, say, escort.check)
        try:
            with destination(dst, step):
                return dst.put_blob(cast("BinaryIO", moving), blob)
        except SideError as error:
            # The upload reads the download, so it raises the failures of both: ask the stream whose this was.
            if moving.failure is not None:
                raise side_error("source", src, step, moving.failure) from error
            raise


class _Report:
    """The events of one blob."""

    def __init__(self, observer: Observer, blob: Descriptor) -> None:
        self._observer = observer
        self._blob = blob

    def __call__(self, state: State, done: int = 0) -> None:
        self._observer(Event("blob", str(self._blob.digest), state, done, max(self._blob.size, done, 0)))


class _Moving(io.RawIOBase):
    """The source's stream as the destination reads it: it counts, notes the source's failures, and ends early when told to."""

    def __init__(self, content: BinaryIO, say: _Report, check: Callable[[], None]) -> None:
        super().__init__()
        self.failure: RegistryClientError | None = None
        # Who stores the blob need not hash again what a stream checks itself.
        self.verifies = getattr(content, "verifies", None)
        # Who stores it on the same disk can have the file itself.
        self.file_number = getattr(content, "file_number", None)
        self._content = content
        self._say = say
        self._check = check
        self.done = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        self._check()
        try:
            data = self._content.read(-1 if size is None else size)
        except RegistryClientError as error:
            self._note(error)
            raise
        self._count(len(data))
        return data

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        fill: Callable[[WriteableBuffer], int | None] | None = getattr(self._content, "readinto", None)
        if fill is None:
            view = memoryview(buffer).cast("B")
            data = self.read(len(view))
            view[: len(data)] = data
            return len(data)
        self._check()
        try:
            count = fill(buffer) or 0
        except RegistryClientError as error:
            self._note(error)
            raise
        self._count(count)
        return count

    def seekable(self) -> bool:
        return self._content.seekable()

    def tell(self) -> int:
        return self._content.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._check()
        self.failure = None
        try:
            self.done = self._content.seek(offset, whence)
        except RegistryClientError as error:
            self._note(error)
            raise
        return self.done

    def _note(self, error: RegistryClientError) -> None:
        if not isinstance(error, Cancelled):
            self.failure = error

    def _count(self, read: int) -> None:
        if read:
            self.done += read
            self._say(State.ACTIVE, self.done)
