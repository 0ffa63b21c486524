"""What an operation says while it works: values, emitted to the :data:`~regclient.observer.Observer` it was given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How far one piece of work is. The values are those of the Go callback (client.md of the reference, 9.1.4)."""

    SKIPPED = 1
    STARTED = 2
    ACTIVE = 3
    FINISHED = 4


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one piece of work.

    ``kind`` is ``manifest`` or ``blob``; ``name`` the digest (or tag, for the top of a copy); ``done`` and ``total`` are bytes,
    ``total`` 0 when it is not known.
    """

    kind: str
    name: str
    state: State
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """The totals of a copy, said once before the first byte moves: ``blobs`` and ``manifests`` are counts, ``size`` bytes."""

    blobs: int
    manifests: int
    size: int


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know that does not stop the work, from a registry's Warning header or from the operation."""

    text: str
