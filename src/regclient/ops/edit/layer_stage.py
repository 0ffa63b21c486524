"""The stage that works on what is in layers: each layer once, several at a time, none in memory.

A layer is rewritten into a temporary file while it is read, and sent from there at once, so that no more of them lie about than
are worked on. What several images share is rewritten once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient.errors import StorageFault
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.observer import Observer
from regclient.ops.edit.assemble import MAX_INLINE
from regclient.ops.edit.edit import Edit, LayerJob, Work
from regclient.ops.edit.layer_edits import Rewritten
from regclient.ops.edit.plan import send
from regclient.ops.edit.tree import Layer, Node
from regclient.repository import Repository

if TYPE_CHECKING:
    from regclient.ops.edit.tarstream import LayerChange


@dataclass(frozen=True, slots=True)
class Sink:
    """Where rewritten layers go: a repository, or nowhere (None) for a plan; ``observer`` is told."""

    target: Repository | None
    observer: Observer


@dataclass(frozen=True, slots=True)
class _Task:
    """One layer to write: what is to become of one that is there, or of one that is made of a file; equal tasks are done once.

    ``keep`` is the size up to which the bytes are wanted afterwards, for descriptors that carry them.
    """

    media_type: str
    change: LayerChange
    home: Repository
    file: Path | None = None
    keep: int = -1


@dataclass(frozen=True, slots=True)
class _Done:
    """What a task gave, and the bytes where descriptors are to carry them."""

    found: Rewritten | None
    content: bytes | None = None


def edit_layers(edits: Sequence[Edit], work: Work, sink: Sink) -> None:
    """Rewrite every layer that an edit changes, and make the new ones.

    Raises:
        Corrupt: a layer is damaged.
        StorageFault: a file for a new layer cannot be read, or there is no room.
        SideError: the target does not take a layer.
    """
    changing = [edit for edit in edits if type(edit).on_layer is not Edit.on_layer]
    tasks: dict[_Task, list[Layer]] = {}
    for node in work.image.nodes():
        for layer in node.layers:
            touched = layer.added or (changing and not layer.external)
            if touched and not layer.dropped and (task := _task_of(node, layer, changing, work)) is not None:
                tasks.setdefault(task, []).append(layer)
    largest_first = sorted(tasks, key=lambda task: -tasks[task][0].origin.size)
    results = work.image.workers.map(lambda task: _do(task, work, sink), largest_first)
    for task, done in zip(largest_first, results, strict=True):
        for layer in tasks[task]:
            _apply(layer, task, done)


def _task_of(node: Node, layer: Layer, changing: Sequence[Edit], work: Work) -> _Task | None:
    blob = layer.descriptor
    keep = work.inline if work.inline >= 0 else (MAX_INLINE if layer.origin.data is not None else -1)
    job = LayerJob(blob.media_type, blob.digest.algorithm)
    for edit in changing:
        edit.on_layer(node, layer, job, work)
    change = _change_of(layer, job)
    same = (blob.media_type, blob.digest.algorithm) == (job.media_type, job.algorithm)
    return (
        None if same and not change.edits and not layer.added else _Task(job.media_type, change, layer.home, layer.file, keep)
    )


def _change_of(layer: Layer, job: LayerJob) -> LayerChange:
    """Return what is to become of a layer."""
    from regclient.ops.edit.tarstream import LayerChange  # noqa: PLC0415 - a door: most edits leave layers alone

    # The type may be another family's by now; the content is what it was.
    source = layer.origin.replace(media_type=layer.descriptor.media_type, data=None)
    if mediatype.layer_compression(job.media_type):
        return LayerChange(source, job.media_type, job.algorithm, tuple(job.entries))
    # No layer of a file system, but content with a digest all the same.
    return LayerChange(source.replace(media_type=mediatype.OCI_LAYER), mediatype.OCI_LAYER, job.algorithm)


def _do(task: _Task, work: Work, sink: Sink) -> _Done:
    try:
        return _done(task, work, sink)
    except OSError as error:  # of the temporary file: repositories and packing map their own
        raise StorageFault(error.filename or "temporary file", error.strerror or str(error)) from error


def _done(task: _Task, work: Work, sink: Sink) -> _Done:
    with ExitStack() as stack:
        out, found = _written(task, work.image.workers.cancel.check, stack)
        if found is None or _is_empty(task, found):
            return _Done(found)
        out.seek(0)
        if sink.target is not None:
            send(sink.target, out, Descriptor(task.media_type, found.digest, found.size), sink.observer)
            out.seek(0)
        return _Done(found, out.read() if found.size <= min(task.keep, MAX_INLINE) else None)


def _written(task: _Task, check: Callable[[], None], stack: ExitStack) -> tuple[BinaryIO, Rewritten | None]:
    """Write a layer to a temporary file; return that, and what the layer became (None: it stays)."""
    from regclient.ops.edit.layeradd import pack_layer  # noqa: PLC0415 - a door, as above
    from regclient.ops.edit.tarstream import rewrite_layer  # noqa: PLC0415 - a door, as above

    out, change = _spool(stack), task.change
    if task.file is None:
        with task.home.open_blob(change.source) as content:
            return out, rewrite_layer(content, out, change, check)
    made = pack_layer(task.file, out, media_type=task.media_type, algorithm=change.algorithm, check=check)
    if not change.edits:
        return out, made
    out.seek(0)
    edited, source = _spool(stack), Descriptor(task.media_type, made.digest, made.size)
    found = rewrite_layer(out, edited, replace(change, source=source), check)
    return (out, made) if found is None else (edited, found)


def _spool(stack: ExitStack) -> BinaryIO:
    from tempfile import TemporaryFile  # noqa: PLC0415 - a door, as above

    return cast("BinaryIO", stack.enter_context(TemporaryFile(prefix="regclient-")))


def _is_empty(task: _Task, found: Rewritten) -> bool:
    """Whether an edit has left nothing of a layer; one that is made of nothing stays what it is."""
    return not found.entries and (task.file is None or bool(task.change.edits))


def _apply(layer: Layer, task: _Task, done: _Done) -> None:
    found = done.found
    if found is None:
        return
    if _is_empty(task, found):
        layer.dropped = True
        return
    layer.descriptor = layer.descriptor.replace(media_type=task.media_type, digest=found.digest, size=found.size, data=None)
    layer.diff_id, layer.stored, layer.content = str(found.diff_id), True, done.content
