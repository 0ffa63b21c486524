"""Edits chained for one image: say what to change, look at what that would do, then do it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from regclient.concurrency import Workers
from regclient.kit.duration import SECOND
from regclient.kit.gotime import RFC3339_NANO, GoTime
from regclient.model.reference import OCIDIR, Reference
from regclient.observer import Observer, silent
from regclient.ops.checkbase import Opener
from regclient.ops.edit.apply import EditOptions, Target, plan_edit, run_edit
from regclient.ops.edit.edit import Edit, target_of
from regclient.ops.edit.plan import EditPlan


@dataclass(frozen=True, slots=True)
class ImageEditor:
    """An image and what to change in it; made by ``Client.edit``. Adding edits gives another editor, this one stays.

    Nothing is asked or sent before :meth:`plan` or :meth:`push`.
    """

    reference: Reference
    options: EditOptions
    workers: Callable[[], AbstractContextManager[Workers]]
    edits: tuple[Edit, ...] = ()

    def add(self, *edits: Edit) -> ImageEditor:
        """Return an editor that does these edits as well, after those it has."""
        return dataclasses.replace(self, edits=(*self.edits, *edits))

    def plan(self, create: Reference | str = "", *, replace: bool = False) -> EditPlan:
        """Say what :meth:`push` would do, and do none of it.

        Raises:
            RegistryClientError: an edit does not fit the image, or a part of it is not there.
        """
        with self.workers() as workers:
            repository = self.options.opener(self.reference)
            target = self._target(create, replace=replace)
            return plan_edit(repository, target_of(self.reference), target, self.edits, self.options, workers)

    def push(self, create: Reference | str = "", *, replace: bool = False, observer: Observer = silent) -> EditPlan:
        """Edit the image and push it; return what was done, with the manifest and what it is called.

        ``create`` is a tag in the same repository, or a whole reference; ``replace`` takes the name the image had. With neither
        it is known by its digest alone.

        Raises:
            RegistryClientError: an edit does not fit the image, or a part cannot be read or sent.
        """
        with self.workers() as workers:
            repository = self.options.opener(self.reference)
            target = self._target(create, replace=replace)
            name = target_of(self.reference)
            return run_edit(repository, name, target, self.edits, self.options, workers=workers, observer=observer)

    def _target(self, create: Reference | str, *, replace: bool) -> Target:
        reference = target_reference(self.reference, create, replace=replace)
        same = reference.same_repository(self.reference)
        # A registry is given what a digest is named, a layout the tag beside it.
        by_digest = not reference.tag or (bool(reference.digest) and reference.scheme != OCIDIR)
        name = None if by_digest else reference.tag
        return Target(
            self.options.opener(reference),
            reference,
            name,
            fresh=name is not None and not (same and name == self.reference.tag),
        )


def editor_options(opener: Opener, now: float) -> EditOptions:
    """Return the options of a client: how it opens repositories, and the time it notes beside new layers."""
    seconds = int(now)
    return EditOptions(opener, GoTime(seconds, int((now - seconds) * SECOND)).format(RFC3339_NANO))


def target_reference(source: Reference, create: Reference | str, *, replace: bool) -> Reference:
    """Return what an edited image is called before its digest is known: a whole reference, a tag beside the source, or less.

    Raises:
        InvalidReference: the name is none.
    """
    if isinstance(create, Reference):
        return create
    if "/" in create or ":" in create:
        return Reference.parse(create)
    if create:
        return Reference.parse(source.with_tag(create).name)
    return source if replace else source.with_tag("")
