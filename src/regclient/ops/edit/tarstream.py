"""A layer rewritten while it passes: inflate, edit headers, hash, deflate, hash again, in constant memory.

Nearly all headers are changed where they lie in the buffer (``kit/tarblock.py``); the others are read, edited and written again
in the form Go writes (``kit/tarencode.py``), so that the diff id is the one the Go program gets. A layer in which nothing
changes keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from regclient.errors import Corrupt, StorageFault, Unsupported, shown
from regclient.kit.compression import open_decompressed
from regclient.kit.tarencode import encoded
from regclient.kit.tarentry import TarEntry, padded
from regclient.kit.tarheader import BLOCK
from regclient.kit.tarpassage import Source, TarPassage
from regclient.model.descriptor import Descriptor
from regclient.ops.edit.entries import EntryEditor
from regclient.ops.edit.held import Held, Replay, TooLate
from regclient.ops.edit.layer_edits import EntryEdit, Rewritten
from regclient.ops.edit.layersink import Hashed, LayerSink, compression_of, copy_to

Check = Callable[[], None]
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LayerChange:
    """What is to become of a layer: its entries edited, another type (which says how it is compressed), other digests."""

    source: Descriptor
    media_type: str
    algorithm: str
    edits: tuple[EntryEdit, ...] = ()


def rewrite_layer(content: BinaryIO, out: BinaryIO, change: LayerChange, check: Check) -> Rewritten | None:
    """Write a layer as a change makes it to ``out``, a new file; None when nothing about it changes.

    ``content`` is what is stored of the layer, and is read once. ``entries`` of the result is 0 when none is left: nothing
    of that layer is to be kept. When only the algorithm of its digests is another one, the stored bytes stay as they are.

    Raises:
        UnsupportedMediaType: no layer of that type is written.
        Corrupt: the layer is damaged, or its tar is.
        SizeLimitExceeded: a header is larger than any honest one.
        StorageFault: there is no room for temporary files.
    """
    try:
        return _rewritten(content, out, change, check)
    except Corrupt as error:
        if type(error) is Corrupt:
            raise Corrupt(f"layer {change.source.digest}: {error}") from error
        raise
    except OSError as error:  # what is read here are files of this machine, or has errors of its own
        raise StorageFault(f"temporary files of layer {change.source.digest}", error.strerror or str(error)) from error


def _rewritten(content: BinaryIO, out: BinaryIO, change: LayerChange, check: Check) -> Rewritten | None:
    compression_of(change.media_type)
    if not change.edits:
        return _unedited(content, out, change, check)
    with Replay(content) as stored:
        try:
            found = _edited(stored, out, change, check, late=False)
        except TooLate:
            stored.again()
            found = _edited(stored, out, change, check, late=True)
        if found is not None:
            return found
        stored.again()
        out.seek(0)
        out.truncate()
        return _unedited(cast("BinaryIO", stored), out, change, check)


def _edited(stored: Replay, out: BinaryIO, change: LayerChange, check: Check, *, late: bool) -> Rewritten | None:
    """Write a layer with its entries edited; None when nothing changed. ``late`` says that the first change comes late."""
    source = cast("Source", open_decompressed(cast("BinaryIO", stored)))
    with LayerSink(out, compression_of(change.media_type), change.algorithm) as sink:
        held = Held(sink.write)

        def begin() -> None:
            held.begin()
            stored.forget()

        if late:
            held.begin()
        entries, changed = edit_tar(source, held.write, change.edits, check, (lambda: None) if late else begin)
    return sink.rewritten(entries) if changed or not entries else None


def _unedited(content: BinaryIO, out: BinaryIO, change: LayerChange, check: Check) -> Rewritten | None:
    """Write a layer whose tar stays as it is: compressed in another way, under other digests, or not at all."""
    kind = compression_of(change.media_type)
    if kind is not compression_of(change.source.media_type):
        with LayerSink(out, kind, change.algorithm) as sink:
            copy_to(cast("BinaryIO", open_decompressed(content)), sink.write, check)
        return sink.rewritten(1)
    return None if change.algorithm == change.source.digest.algorithm else _renamed(content, out, change, check)


def edit_tar(
    content: Source,
    write: Callable[[memoryview], object],
    edits: Sequence[EntryEdit],
    check: Check,
    begin: Callable[[], None] = lambda: None,
) -> tuple[int, bool]:
    """Pass a tar that is not compressed on with its entries edited; return how many are left, and whether one changed.

    ``begin`` is called once something changed, before it is written.

    Raises:
        Corrupt: the tar is damaged.
        SizeLimitExceeded: a header is larger than any honest one.
    """
    return _Edit(content, write, EntryEditor(edits), check, begin).run()


def _renamed(content: BinaryIO, out: BinaryIO, change: LayerChange, check: Check) -> Rewritten:
    """Copy a layer as it is, under digests of another algorithm."""
    stored, plain = Hashed(out, change.algorithm), Hashed(None, change.algorithm)
    copy_to(content, stored.write, check)
    out.seek(0)
    copy_to(cast("BinaryIO", open_decompressed(out)), plain.write, check)
    return Rewritten(stored.digest, stored.size, plain.digest, 1)


class _Edit:
    """One tar being edited."""

    def __init__(
        self,
        content: Source,
        write: Callable[[memoryview], object],
        editor: EntryEditor,
        check: Check,
        begin: Callable[[], None],
    ) -> None:
        self._passage = TarPassage(content, self._written, check)
        self._write = write
        self._editor = editor
        self._check = check
        self._begin: Callable[[], None] | None = begin
        self._entries = 0
        self._changed = False

    def run(self) -> tuple[int, bool]:
        passage = self._passage
        while True:
            self._plain_ones()
            entry = passage.take_headers()
            if entry is None:
                break
            self._one(entry)
        passage.drain()
        passage.put(bytes(2 * BLOCK))
        passage.flush()
        return self._entries, self._changed

    def _written(self, data: memoryview) -> None:
        if self._changed and self._begin is not None:
            begin, self._begin = self._begin, None
            begin()
        self._write(data)

    def _plain_ones(self) -> None:
        """Pass the plain entries that come next: nearly all, in nearly all layers."""
        passage, edit = self._passage, self._editor.blocks.edit
        while passage.more():
            run = edit(passage.buffer, passage.position, passage.filled)
            passage.position = run.end
            self._entries += run.entries
            self._changed |= run.changed
            if run.left:
                passage.go_on(run.left)
            elif not run.entries:
                return

    def _one(self, entry: TarEntry) -> None:
        """Pass any other entry, whose headers were taken out."""
        passage = self._passage
        if self._editor.strips(entry.name):
            self._changed = True
            passage.go_on(entry.stored, keep=False)
            return
        self._entries += 1
        edited = self._editor.edited(entry)
        self._changed |= edited is not entry
        if not entry.is_global and (nested := self._editor.nested(entry.name)):
            self._nested(edited, nested)
            return
        passage.put(encoded(edited))
        passage.go_on(entry.stored)

    def _nested(self, entry: TarEntry, edits: Sequence[EntryEdit]) -> None:
        """Pass a file that is a tar, its own entries edited; it stays as it is when none of them changes."""
        passage = self._passage
        if entry.kind != ord("0"):
            passage.put(encoded(entry))
            passage.go_on(entry.stored)
            return
        if not entry.is_file:
            raise Unsupported(f"{_shown(entry)} is stored in pieces: its entries cannot be changed")
        with TemporaryFile() as found, TemporaryFile() as made:
            passage.take_content(entry.stored, found.write)
            found.seek(0)
            written = Hashed(cast("BinaryIO", made), "sha256")
            try:
                _, changed = edit_tar(cast("Source", found), written.write, edits, self._check)
            except Corrupt as error:
                raise Corrupt(f"{_shown(entry)} is no tar whose entries could be changed: {error}") from error
            self._changed |= changed
            result = made if changed else found
            entry = replace(entry, size=written.size) if changed else entry
            result.seek(0)
            passage.put(encoded(entry))
            while data := result.read(_CHUNK):
                passage.put(data)
                passage.flush()
            passage.put(bytes(padded(entry.size) - entry.size))


def _shown(entry: TarEntry) -> str:
    return shown(entry.name.decode("utf-8", "backslashreplace"))
