"""What can be done to the entries of a layer, as values; ``tarstream.py`` does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from regclient.model.digest import Digest
from regclient.ops.edit.times import TimeRule


@dataclass(frozen=True, slots=True)
class StripFile:
    """Remove a file, or a directory with everything below it."""

    path: str


@dataclass(frozen=True, slots=True)
class EntryTimes:
    """Set the times of entries."""

    rule: TimeRule


@dataclass(frozen=True, slots=True)
class NestedTimes:
    """Set the times of the entries of a tar that is a file in the layer."""

    path: str
    rule: TimeRule


@dataclass(frozen=True, slots=True)
class ClearNames:
    """Remove the names of users and groups, which differ from machine to machine; their numbers stay."""


EntryEdit: TypeAlias = StripFile | EntryTimes | NestedTimes | ClearNames


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a layer became: the digest and size of what is stored, the digest of its tar, and how many entries are left."""

    digest: Digest
    size: int
    diff_id: Digest
    entries: int
