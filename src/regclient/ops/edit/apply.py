"""Running edits over an image: open it, run the stages, put it together, and then send it in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regclient.concurrency import Workers
from regclient.model.reference import Reference
from regclient.observer import Observer, silent
from regclient.ops.checkbase import Opener
from regclient.ops.edit.assemble import Assembly
from regclient.ops.edit.edit import Edit, Work
from regclient.ops.edit.layer_stage import Sink, edit_layers
from regclient.ops.edit.plan import EditPlan, run_plan
from regclient.ops.edit.tree import open_image
from regclient.repository import Name, Repository


@dataclass(frozen=True, slots=True)
class Target:
    """Where an edited image goes.

    ``name`` is the tag it gets, None for its digest alone. ``reference`` is how it was asked for. ``fresh`` says that the name
    is a new one, which is made even when nothing changes.
    """

    repository: Repository
    reference: Reference
    name: Name | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class EditOptions:
    """What a run of edits needs beside the image.

    ``opener`` opens the repositories of base images; ``created`` is the time noted beside new layers.
    """

    opener: Opener
    created: str = ""


def plan_edit(
    repository: Repository, name: Name, target: Target, edits: Sequence[Edit], options: EditOptions, workers: Workers
) -> EditPlan:
    """Say what edits would change and send, and send none of it; layers are rewritten to find out, and thrown away.

    Raises:
        RegistryClientError: an edit does not fit the image, or a part of it is not there.
    """
    return _planned(repository, name, target, edits, options, workers, Sink(None, silent))


def run_edit(  # noqa: PLR0913 - an image, a target, what to do and with what
    repository: Repository,
    name: Name,
    target: Target,
    edits: Sequence[Edit],
    options: EditOptions,
    *,
    workers: Workers,
    observer: Observer = silent,
) -> EditPlan:
    """Edit an image and send what changed: blobs, then manifests from the bottom up, and the name last; return what was done.

    Raises:
        RegistryClientError: an edit does not fit the image, or a part cannot be read or sent; no name leads to what is missing.
        Cancelled: the workers' token was cancelled.
    """
    plan = _planned(repository, name, target, edits, options, workers, Sink(target.repository, observer))
    run_plan(plan, workers, observer)
    return plan


def _planned(  # noqa: PLR0913, PLR0917 - as above
    repository: Repository,
    name: Name,
    target: Target,
    edits: Sequence[Edit],
    options: EditOptions,
    workers: Workers,
    sink: Sink,
) -> EditPlan:
    image = open_image(repository, name, workers)
    elsewhere = target.repository.reference != repository.reference
    if elsewhere or any(edit.deep for edit in edits):
        image.fetch_children()
    if any(edit.configs for edit in edits):
        image.fetch_configs()
    work = Work(image, options.opener, options.created)
    for edit in edits:
        edit.begin(work)
    for node in image.nodes():
        for edit in edits:
            edit.on_manifest(node, work)
    _edit_configs(edits, work)
    edit_layers(edits, work, sink)
    return Assembly(work, target.repository, target.name, fresh=target.fresh).plan(target.reference)


def _edit_configs(edits: Sequence[Edit], work: Work) -> None:
    changing = [edit for edit in edits if type(edit).on_config is not Edit.on_config]
    for node in work.image.nodes() if changing else ():
        config = work.config(node)
        if config is None:
            continue
        for edit in changing:
            config = edit.on_config(config, work)
        node.config = config
