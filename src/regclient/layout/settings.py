"""How layouts are treated, as a value: a module of its own, for a client has these settings before it opens any layout."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.kit.atomicfile import DURABLE, Writing


@dataclass(frozen=True, slots=True)
class LayoutSettings:
    """How layouts are treated.

    ``pull_limit`` and ``push_limit`` are the sizes of the largest manifest read and written (0: no limit). ``collect`` removes
    garbage when a modified layout is closed. ``created`` is the time noted beside new entries of the index, in seconds since
    the epoch, for layouts that must come out the same every time; without it the clock is asked. ``writing`` says how files
    are written. ``link`` lets blobs that come from another layout of the same file system be shared with it (hard links), after
    they were checked.
    """

    pull_limit: int = 8 << 20
    push_limit: int = 4 << 20
    collect: bool = True
    created: float | None = None
    writing: Writing = DURABLE
    link: bool = True
