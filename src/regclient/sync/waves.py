"""Which steps must wait for which: a step that reads what an earlier one writes comes after it.

All other steps are one crowd. So a file that fills a layout from a registry and then another registry from that layout means
what it says, while unrelated steps run side by side. Go keeps the order of all steps where ``parallel`` is not set, and of none
where it is. Where a step cannot be told from another it waits: the order of the file is always right. Nothing is asked but
where a directory really is, for one may have many names.
"""

from __future__ import annotations

import os.path
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from regclient.errors import ParseError
from regclient.hosts import HostBook
from regclient.model.reference import DEFAULT_TAG, OCIDIR, REG, Reference
from regclient.sync.config import IMAGE, REGISTRY, SyncStep

_ANYWHERE = "*"
_OPENING = "{{"
_DIGEST_TAGS = "sha256-*"
"""Stands for all tags that begin with a digest: signatures, and lists of referrers where a registry keeps none."""
_DIGEST_TAG = re.compile("[a-z0-9]+-[0-9a-f]{32}")
_FIELD = re.compile(r"\{\{ *\.Ref\.(Scheme|Registry|Repository|Path|Tag) *\}\}")
_PART_OF_A_TAG = re.compile(r'\{\{ *(?:\.Ref\.Tag|time\.Now[.A-Za-z]*(?: "[^"/:]*")?) *\}\}')


class Place(NamedTuple):
    """A part of the world a step touches: everything in a registry or directory (no ``path``), below a path, or one tag.

    ``origin`` is where all that is written there comes from: what comes from the same places may come in any order.
    """

    root: str
    path: str = ""
    tag: str = ""
    below: bool = False
    origin: tuple[Place, ...] = ()

    def overlaps(self, other: Place) -> bool:
        """Whether something is in both, and it matters who comes first."""
        if self.root != other.root:
            return _ANYWHERE in {self.root, other.root}
        if self.path == other.path:
            return self._names(other) and not (self.origin and self.origin == other.origin)
        return self._holds(other) or other._holds(self)

    def _names(self, other: Place) -> bool:
        mine, theirs = self.tag, other.tag
        return not (mine and theirs) or mine == theirs or _is_one(mine, theirs) or _is_one(theirs, mine)

    def _holds(self, other: Place) -> bool:
        return self.below and (not self.path or other.path.startswith(self.path.rstrip("/") + "/"))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a step reads and what it writes."""

    reads: tuple[Place, ...]
    writes: tuple[Place, ...]

    def must_follow(self, earlier: Reach) -> bool:
        """Whether an earlier step has to be done first."""
        ours = (*self.reads, *self.writes)
        return _meet(earlier.writes, ours) or _meet(earlier.reads, self.writes)


def waves(steps: Sequence[SyncStep], hosts: HostBook | None = None) -> list[list[SyncStep]]:
    """Return the steps in waves; those of one wave may run side by side, each wave after the ones before it.

    ``hosts`` tell which registries are the same under two names.
    """
    world = _World(hosts or HostBook())
    reaches = [world.reach_of(step) for step in steps]
    depth: list[int] = []
    for number, reach in enumerate(reaches):
        before = (depth[earlier] + 1 for earlier in range(number) if reach.must_follow(reaches[earlier]))
        depth.append(max(before, default=0))
    found: list[list[SyncStep]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for step, wave in zip(steps, depth, strict=True):
        found[wave].append(step)
    return found


class _World:
    """Finds the places of steps; texts that are no references are nowhere, their step only fails."""

    def __init__(self, hosts: HostBook) -> None:
        self._hosts = hosts

    def reach_of(self, step: SyncStep) -> Reach:
        """Return what a step touches."""
        reads = [self._side(step.source, step)]
        writes = [self._side(step.target, step)]
        if step.referrers:
            reads.append(self._repository(step.referrer_source))
            writes.append(self._repository(step.referrer_target))
        if step.type == IMAGE and (step.digest_tags or step.referrers):
            reads.append(self._repository(step.source, _DIGEST_TAGS))
            origin = tuple(filter(None, reads[1:]))
            writes.append(self._repository(step.target, _DIGEST_TAGS, origin))
        writes.append(self._backup(step))
        return Reach(tuple(filter(None, reads)), tuple(filter(None, writes)))

    def _side(self, text: str, step: SyncStep) -> Place | None:
        if step.type == REGISTRY:
            return self._tree(text)
        return self._image(text) if step.type == IMAGE else self._repository(text)

    def _image(self, text: str) -> Place | None:
        """Return the place of one tag; what a digest names may have come with any tag."""
        found = _parsed(text)
        return self._place(found, "" if found.digest else found.tag or DEFAULT_TAG) if found else None

    def _repository(self, text: str, tag: str = "", origin: tuple[Place, ...] = ()) -> Place | None:
        found = _parsed(text)
        return self._place(found, tag)._replace(origin=origin) if found else None

    def _tree(self, text: str) -> Place | None:
        """Return everything below a registry, a path in it, or a directory.

        A registry alone is no reference: one of a repository two levels down is read, and the levels are taken off again.
        """
        within = _parsed(f"{text}/x/x")
        if within is None:
            return None
        top = replace(within, path=_above_both(within.path), repository=_above_both(within.repository))
        return self._place(top, "")._replace(below=True)

    def _place(self, found: Reference, tag: str) -> Place:
        if found.scheme != REG:
            return Place(found.scheme, os.path.realpath(found.path), tag)
        host = self._hosts.resolve(found.registry)
        root = host.hostname.lower().removesuffix(":443").removesuffix(":80")
        return Place(root, "/".join(filter(None, (host.path_prefix, found.repository))), tag)

    def _backup(self, step: SyncStep) -> Place | None:
        """Return what backups are written to, as far as the template says it without being run."""
        text = _filled(step)
        if _OPENING not in text:
            return self._kept(text, step)
        if not {"/", ":"} & set(text) and _OPENING not in _PART_OF_A_TAG.sub("", text):
            return self._side(step.target, step) if step.type == REGISTRY else self._repository(step.target)
        return self._somewhere(text.partition(_OPENING)[0])

    def _kept(self, text: str, step: SyncStep) -> Place | None:
        if {"/", ":"} & set(text):
            return self._image(text)
        return self._repository(step.target, text) if text else None

    def _somewhere(self, start: str) -> Place:
        """Return where a reference may be of which only the start is known."""
        repository, path = start.rpartition(":")[0], start.rpartition("/")[0]
        if "/" in repository and (found := self._repository(repository)):
            return found
        if start.startswith(f"{OCIDIR}://"):
            return Place(OCIDIR, below=True)
        return (self._tree(path) if path else None) or Place(_ANYWHERE)


def _meet(left: Sequence[Place], right: Sequence[Place]) -> bool:
    return any(mine.overlaps(theirs) for mine in left for theirs in right)


def _is_one(tag: str, tags: str) -> bool:
    return tags == _DIGEST_TAGS and _DIGEST_TAG.match(tag) is not None


def _filled(step: SyncStep) -> str:
    """Return a backup template with everything put in that is known of the target by now."""
    text = step.backup.strip()
    target = _parsed(step.target) if _OPENING in text and step.type != REGISTRY else None
    if target is None:
        return text

    def known(found: re.Match[str]) -> str:
        name = found[1].lower()
        return found[0] if name == "tag" and step.type != IMAGE else str(getattr(target, name))

    return _FIELD.sub(known, text).strip()


def _above_both(path: str) -> str:
    return posixpath.dirname(posixpath.dirname(path))


def _parsed(text: str) -> Reference | None:
    try:
        return Reference.parse(text)
    except ParseError:
        return None
