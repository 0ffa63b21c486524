"""Which steps must wait for which: a step that reads what an earlier one writes comes after it. Pure.

All other steps are one crowd. So a file that fills a layout from a registry and then another registry from that layout means
what it says, while unrelated steps run side by side. Go keeps the order of all steps where ``parallel`` is not set, and of none
where it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from regclient.errors import ParseError
from regclient.model.reference import OCIDIR, Reference, parse_host
from regclient.sync.config import IMAGE, REGISTRY, SyncStep


class Place(NamedTuple):
    """A part of the world a step touches: everything in a registry or directory (no ``path``), below a path, or one tag."""

    root: str
    path: str = ""
    tag: str = ""
    below: bool = False

    def overlaps(self, other: Place) -> bool:
        """Whether something is in both."""
        if self.root != other.root:
            return False
        if self.path == other.path:
            return not (self.tag and other.tag) or self.tag == other.tag
        return self._holds(other) or other._holds(self)

    def _holds(self, other: Place) -> bool:
        return self.below and (not self.path or other.path.startswith(self.path + "/"))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a step reads and what it writes."""

    reads: tuple[Place, ...]
    writes: tuple[Place, ...]

    def must_follow(self, earlier: Reach) -> bool:
        """Whether an earlier step has to be done first."""
        ours = (*self.reads, *self.writes)
        return _meet(earlier.writes, ours) or _meet(earlier.reads, self.writes)


def waves(steps: Sequence[SyncStep]) -> list[list[SyncStep]]:
    """Return the steps in waves; those of one wave may run side by side, each wave after the ones before it."""
    reaches = [reach_of(step) for step in steps]
    depth: list[int] = []
    for number, reach in enumerate(reaches):
        before = (depth[earlier] + 1 for earlier in range(number) if reach.must_follow(reaches[earlier]))
        depth.append(max(before, default=0))
    found: list[list[SyncStep]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for step, wave in zip(steps, depth, strict=True):
        found[wave].append(step)
    return found


def reach_of(step: SyncStep) -> Reach:
    """Return what a step touches; texts that are no references touch nothing, their step only fails."""
    reads = [_side(step.source, step)]
    writes = [_side(step.target, step)]
    if step.referrers:
        reads.append(_repository(step.referrer_source))
        writes.append(_repository(step.referrer_target))
    writes.append(_backup(step))
    return Reach(tuple(filter(None, reads)), tuple(filter(None, writes)))


def _meet(left: Sequence[Place], right: Sequence[Place]) -> bool:
    return any(mine.overlaps(theirs) for mine in left for theirs in right)


def _side(text: str, step: SyncStep) -> Place | None:
    if step.type == REGISTRY:
        return _tree(text)
    found = _parsed(text)
    if found is None:
        return None
    tag = (found.tag or found.digest or "latest") if step.type == IMAGE else ""
    return _place(found, tag)


def _tree(text: str) -> Place | None:
    """Return everything below a registry, a path in it, or a directory."""
    host, _, path = text.partition("/")
    try:
        found = parse_host(text if text.startswith(OCIDIR) else host)
    except ParseError:
        return None
    if found.scheme == OCIDIR:
        return Place(OCIDIR, _directory(found.path), below=True)
    return Place(found.registry, path, below=True)


def _repository(text: str) -> Place | None:
    found = _parsed(text) if text else None
    return _place(found, "") if found is not None else None


def _backup(step: SyncStep) -> Place | None:
    """Return what backups are written to, as far as the template says it without being run."""
    fixed, template, _ = step.backup.partition("{{")
    if not template and fixed.strip() and not {"/", ":"} & set(fixed):
        found = _parsed(step.target)
        return _place(found, fixed.strip()) if found is not None else None
    if "/" in fixed:
        return _tree(fixed.strip().partition("/")[0])
    return None


def _parsed(text: str) -> Reference | None:
    try:
        return Reference.parse(text)
    except ParseError:
        return None


def _place(found: Reference, tag: str) -> Place:
    if found.scheme == OCIDIR:
        return Place(OCIDIR, _directory(found.path), tag)
    return Place(found.registry, found.repository, tag)


def _directory(path: str) -> str:
    return posixpath.normpath(path)
