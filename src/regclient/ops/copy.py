"""Copying an image: plan, then run.

:func:`plan_copy` asks both sides what there is and what is missing; :func:`run_copy` moves it, content before what names it, so
that an interrupted copy leaves no tag that points at missing content. :func:`copy` does one after the other.
"""

from __future__ import annotations

from collections.abc import Hashable

from regclient.concurrency import Workers
from regclient.errors import RegistryFault, SideError, root_cause
from regclient.events import Event, Planned, State
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.observer import Observer, silent
from regclient.ops.arrivals import Arrivals
from regclient.ops.blobs import Escort, copy_blob
from regclient.ops.copyplan import CopyOptions, CopyPlan, Move, Push
from regclient.ops.gathered import gathered
from regclient.ops.planner import Planner
from regclient.ops.sides import destination, source
from regclient.ops.survey import NOTHING_KNOWN, Known, Node, Survey
from regclient.ops.walk import breadth_first
from regclient.repository import Name, Repository

__all__ = ["CopyOptions", "CopyPlan", "copy", "plan_copy", "run_copy"]

CHILD_UNKNOWN = frozenset({"MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN", "BLOB_UNKNOWN"})
DEFAULT = CopyOptions()


def copy(  # noqa: PLR0913 - two names in two repositories, and how
    src: Repository,
    name: Name,
    dst: Repository,
    target: Name | None = None,
    *,
    options: CopyOptions = DEFAULT,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> Descriptor:
    """Copy the manifest called ``name`` with everything below it; return what ``target`` means afterwards.

    ``target`` None stores it under its digest, as a child that something else will name. Without ``workers`` the copy has its
    own, for the time of the call.

    Raises:
        SideError: with the side and the step that failed; what was moved stays and is not moved again next time.
        Cancelled: the workers' token was cancelled.
    """
    if workers is None:
        with Workers() as own:
            return copy(src, name, dst, target, options=options, workers=own, observer=observer)
    plan = plan_copy(src, name, dst, target, options=options, workers=workers)
    with gathered(*(push.dst for push in plan.pushes if push.name is not None)):
        return run_copy(plan, workers, observer)


def plan_copy(  # noqa: PLR0913 - two names in two repositories, and how
    src: Repository,
    name: Name,
    dst: Repository,
    target: Name | None = None,
    *,
    options: CopyOptions = DEFAULT,
    workers: Workers,
    known: Known = NOTHING_KNOWN,
) -> CopyPlan:
    """Ask both sides about every manifest of a copy, each once, and return what has to be done; nothing is written.

    ``known`` is what ``dst`` was asked a moment ago: the answers by name, None for a name that is not there.

    Raises:
        SideError: the source does not have it, or a side cannot be reached.
        Unsupported: the graph is deeper than any honest one.
    """
    survey = Survey(options, known)
    root = _root(src, name, dst, target)
    visited = list(breadth_first([root], survey.visit, survey.follow, lambda node: node.place, workers))
    return Planner(survey, visited).plan(options)


def run_copy(plan: CopyPlan, workers: Workers, observer: Observer = silent, *, arrivals: Arrivals | None = None) -> Descriptor:
    """Do what a plan says: all blobs, then wave after wave of manifests; return what the name means afterwards.

    Copies that run at the same time, in the same workers, may have ``arrivals`` in common: then a blob two of them need is
    brought to a registry once, and the other one mounts it from there. Who runs many plans lets their names be written together
    (:func:`~regclient.ops.gathered.gathered`).

    Raises:
        SideError: with the side and the step; the other calls are interrupted and no later wave is begun.
        Cancelled: the workers' token was cancelled.
    """
    observer(Planned(len(plan.moves), sum(map(len, plan.waves)), plan.size))
    for label in plan.present:
        observer(Event("manifest", label, State.SKIPPED))
    run = _Run(plan, Escort(observer, plan.reader, workers.cancel.check, arrivals))
    workers.map(run.move, plan.moves, key=run.turn)
    for wave in plan.waves:
        workers.map(run.push, wave)
    return plan.top


def _root(src: Repository, name: Name, dst: Repository, target: Name | None) -> Node:
    if target is not None or not isinstance(name, str):
        return Node(src, name, dst, target)
    with source(src, f"manifest {name}"):
        entry = src.resolve(name)
    return Node(src, entry.digest, dst, entry=entry)


class _Run:
    """The steps of one plan, as calls for workers."""

    def __init__(self, plan: CopyPlan, escort: Escort) -> None:
        self._plan = plan
        self._escort = escort

    def turn(self, move: Move) -> Hashable:
        arrivals = self._escort.arrivals
        digest = move.blob.digest
        return arrivals.turn(move.dst, digest) if arrivals is not None else (move.dst.reference, digest)

    def move(self, move: Move) -> None:
        copy_blob(move.src, move.dst, move.blob, self._escort)

    def push(self, push: Push) -> None:
        size = len(push.manifest.raw)
        self._escort.check()
        self._escort.observer(Event("manifest", push.label, State.STARTED, 0, size))
        try:
            self._put(push)
        except SideError as error:
            if not _says_child_unknown(error):
                raise
            # Some registries forget, or are slow to see, what they have just taken: give them the last level once more.
            self._put_again_below(push)
            self._put(push)
        self._escort.observer(Event("manifest", push.label, State.FINISHED, size, size))

    def _put(self, push: Push) -> None:
        with destination(push.dst, f"manifest {push.label}"):
            push.dst.put_manifest(push.manifest, push.name)

    def _put_again_below(self, push: Push) -> None:
        children = children_of(push.manifest)
        below = {entry.digest for entry in (*children.manifests, *children.unknown, *children.blobs)}
        for move in self._plan.moves:
            if move.dst.reference == push.dst.reference and move.blob.digest in below:
                self.move(move)
        for child in self._plan.pushes:
            if child.dst.reference == push.dst.reference and child.manifest.digest in below:
                self._put(Push(child.manifest, child.dst, None))


def _says_child_unknown(error: SideError) -> bool:
    cause = root_cause(error)
    return isinstance(cause, RegistryFault) and not CHILD_UNKNOWN.isdisjoint(cause.codes)
