"""Copying a repository: every tag of it, or those wanted, several at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from regclient.concurrency import Workers
from regclient.errors import RepositoryNotFound
from regclient.observer import Observer, silent
from regclient.ops.copy import plan_copy, run_copy
from regclient.ops.copyplan import CopyOptions
from regclient.ops.gathered import gathered
from regclient.ops.sides import destination, source
from regclient.repository import Repository

_MOST = 64


def every_tag(tag: str) -> bool:
    """Want them all."""
    return bool(tag)


@dataclass(frozen=True, slots=True)
class RepositoryCopyOptions:
    """Which tags are copied, and how.

    ``keeps`` says whether a tag is wanted; ``new_tags`` leaves out those the target has, wherever they point. ``concurrent``
    tags are copied at once (less than one: as many as there are, within reason). ``copy`` is how each of them is copied.
    """

    keeps: Callable[[str], bool] = every_tag
    new_tags: bool = False
    concurrent: int = 2
    copy: CopyOptions = field(default_factory=CopyOptions)


def copy_repository(
    src: Repository,
    dst: Repository,
    options: RepositoryCopyOptions | None = None,
    *,
    workers: Workers,
    observer: Observer = silent,
) -> tuple[str, ...]:
    """Copy tags with everything below them, and return which; nothing is deleted at the target.

    The tags share ``workers``, so that content they have in common moves once.

    Raises:
        SideError: with the side and the step that failed; other tags are interrupted and none is begun.
        Cancelled: the workers' token was cancelled.
    """
    options = options or RepositoryCopyOptions()
    tags = tags_to_copy(src, dst, options)
    count = options.concurrent if options.concurrent > 0 else min(len(tags), _MOST)

    def copy_tag(tag: str) -> None:
        run_copy(plan_copy(src, tag, dst, tag, options=options.copy, workers=workers), workers, observer)

    with gathered(dst, options.copy.referrers_dst), Workers(count, workers.cancel) as coordinators:
        coordinators.map(copy_tag, tags)
    return tags


def tags_to_copy(src: Repository, dst: Repository, options: RepositoryCopyOptions) -> tuple[str, ...]:
    """Return the tags that are wanted, in the order the source lists them.

    Raises:
        SideError: a side cannot list its tags; a target that is not there has none.
    """
    with source(src, "tags"):
        wanted = [tag for tag in src.tags().tags if options.keeps(tag)]
    there = _tags_there(dst) if options.new_tags else frozenset()
    return tuple(tag for tag in wanted if tag not in there)


def _tags_there(dst: Repository) -> frozenset[str]:
    with destination(dst, "tags"):
        try:
            return frozenset(dst.tags().tags)
        except RepositoryNotFound:
            return frozenset()
