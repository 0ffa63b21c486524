"""What an edit is going to do, as a value: list it for a dry run, test it, then run it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

from regclient.concurrency import Workers
from regclient.events import Event, State
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import Manifest
from regclient.model.reference import Reference
from regclient.observer import Observer, silent
from regclient.ops.copy import run_copy
from regclient.ops.copyplan import CopyPlan
from regclient.ops.sides import destination
from regclient.repository import Repository


@dataclass(frozen=True, slots=True)
class Change:
    """One part that became another; before is empty for what is new, after for what is gone."""

    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        """Say it as one line of a plan."""
        if not self.before:
            return f"{self.kind} {self.after} is new"
        return f"{self.kind} {self.before} becomes {self.after}" if self.after else f"{self.kind} {self.before} is removed"


@dataclass(frozen=True, slots=True)
class Upload:
    """A config to send: its descriptor and its bytes."""

    blob: Descriptor
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EditPlan:
    """Everything an edit changes and sends.

    ``reference`` is what the result is called; ``manifest`` what is found there afterwards. ``changes`` are the parts that
    become others; ``layers`` the new layers, which a push sends while it makes them; ``uploads`` the new configs; ``copy`` the
    blobs that come from elsewhere, and the manifests, in an order in which none names what is missing.
    """

    reference: Reference
    manifest: Manifest
    target: Repository
    changes: tuple[Change, ...]
    layers: tuple[Descriptor, ...]
    uploads: tuple[Upload, ...]
    copy: CopyPlan

    @property
    def idle(self) -> bool:
        """Whether there is nothing to send: the image is there as it should be."""
        return not self.uploads and not self.copy.moves and not any(self.copy.waves)

    def __str__(self) -> str:
        """Say everything, a line a step: what a dry run prints."""
        new = [*(("layer", blob) for blob in self.layers), *(("config", upload.blob) for upload in self.uploads)]
        sent = [f"{kind} {blob.digest} ({blob.size} bytes) to {self.target.reference}" for kind, blob in new]
        steps = [*map(str, self.copy.moves), *sent, *map(str, self.copy.pushes)]
        return "\n".join([*map(str, self.changes), *steps] or [f"nothing changes in {self.reference}"])


def run_plan(plan: EditPlan, workers: Workers, observer: Observer = silent) -> None:
    """Send what a plan says: configs, blobs from elsewhere, manifests from the bottom up, the name last.

    Raises:
        SideError: with the step that failed; nothing is named that is not whole.
        Cancelled: the workers' token was cancelled.
    """
    workers.map(lambda upload: send(plan.target, io.BytesIO(upload.content), upload.blob, observer), plan.uploads)
    run_copy(plan.copy, workers, observer)


def send(target: Repository, content: BinaryIO, blob: Descriptor, observer: Observer) -> None:
    """Send new content, and say so.

    Raises:
        SideError: the target does not take it.
    """
    observer(Event("blob", str(blob.digest), State.STARTED, 0, blob.size))
    with destination(target, f"blob {blob.digest}"):
        target.put_blob(content, blob)
    observer(Event("blob", str(blob.digest), State.FINISHED, blob.size, blob.size))
