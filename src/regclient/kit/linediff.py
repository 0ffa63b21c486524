"""What changed between two lists of lines: a shortest edit script (Myers 1986), deletions before insertions, cut into hunks.

Scripts and hunks are those of the Go programs. The work is bounded: texts that have hardly a line in common are compared in
stretches, and then the script may be longer than the shortest.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

DEFAULT_CONTEXT = 3
MAX_EDITS = 4096
"""Edits after which a stretch ends; the search for them takes at most the square of it in time and half of that in memory."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One place where the texts differ: ``old`` lines from index ``at`` gave way to ``new`` ones from index ``to``."""

    at: int
    old: int
    to: int
    new: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring edits with the unchanged lines around them; ``lines`` have a mark each: minus, plus, or a space."""

    at: int
    to: int
    lines: tuple[tuple[str, str], ...]

    @property
    def header(self) -> str:
        """The line that says where the hunk is: counted from one, lengths always given."""
        return f"@@ -{self.at + 1},{self._count('-')} +{self.to + 1},{self._count('+')} @@"

    def __iter__(self) -> Iterator[str]:
        """Yield the hunk as text, line by line, the header first."""
        yield self.header
        for mark, line in self.lines:
            yield f"{mark} {line}"

    def _count(self, mark: str) -> int:
        return sum(1 for found, _ in self.lines if found in (mark, " "))


def diff(old: Sequence[str], new: Sequence[str], context: int | None = DEFAULT_CONTEXT) -> list[Hunk]:
    """Return the hunks that make ``new`` of ``old``, none when they are equal.

    ``context`` is how many unchanged lines are shown around a change, and the widest gap between changes of one hunk (less than
    one: none); None shows everything in one hunk.
    """
    changes = edits(old, new)
    if not changes:
        return []
    if context is None:
        return [_hunk(old, new, changes, max(len(old), len(new)))]
    around = max(context, 0)
    groups = [[changes[0]]]
    for before, change in pairwise(changes):
        if change.at - before.at - before.old > around:
            groups.append([])
        groups[-1].append(change)
    return [_hunk(old, new, group, around) for group in groups]


def edits(old: Sequence[str], new: Sequence[str], limit: int = MAX_EDITS) -> list[Edit]:
    """Return where the texts differ, in order; the fewest lines are touched unless more than ``limit`` are."""
    found: list[Edit] = []
    x = y = 0
    for at, to in (*_matches(old, new, limit), (len(old), len(new))):
        if (at, to) != (x, y):
            found.append(Edit(x, at - x, y, to - y))
        x, y = at + 1, to + 1
    return found


def _matches(old: Sequence[str], new: Sequence[str], limit: int) -> Iterator[tuple[int, int]]:
    """Yield the positions of the lines that stay, stretch by stretch."""
    numbers: dict[str, int] = {}
    a, b = (array("q", [numbers.setdefault(line, len(numbers)) for line in text]) for text in (old, new))
    x = y = 0
    while x < len(a) and y < len(b):
        pairs, (x, y) = _stretch(a, b, (x, y), limit)
        yield from pairs


def _stretch(a: array[int], b: array[int], start: tuple[int, int], limit: int) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Follow the furthest reaching paths from ``start``; return the matches of the one that won, and where it ended."""
    x0, y0 = start
    goal = len(a) - x0, len(b) - y0
    trace: list[array[int]] = []
    # Diagonal k of round d is kept at (k + d) / 2, so that a round is as short as it can be.
    for d in range(min(limit, sum(goal)) + 1):
        reached = array("q")
        last = trace[-1] if trace else None
        for i in range(d + 1):
            k = 2 * i - d
            x = _step(last, i, d)
            y = x - k
            while x < goal[0] and y < goal[1] and a[x0 + x] == b[y0 + y]:
                x += 1
                y += 1
            reached.append(x)
            if x >= goal[0] and y >= goal[1]:
                return _walked_back(trace, (x, y), start), (x0 + x, y0 + y)
        trace.append(reached)
    i, x = _furthest(trace[-1], goal)
    end = x, x - (2 * i - (len(trace) - 1))
    return _walked_back(trace[:-1], end, start), (x0 + end[0], y0 + end[1])


def _step(last: array[int] | None, i: int, d: int) -> int:
    """Return where diagonal ``i`` of round ``d`` is entered: by an insertion from the one above, else by a deletion."""
    if last is None:
        return 0
    return last[i] if i == 0 or (i != d and last[i - 1] < last[i]) else last[i - 1] + 1


def _furthest(reached: array[int], goal: tuple[int, int]) -> tuple[int, int]:
    """Return the diagonal and position of the path that got furthest without leaving the texts."""
    d = len(reached) - 1
    inside = [(2 * x - (2 * i - d), i, x) for i, x in enumerate(reached) if x <= goal[0] and x - (2 * i - d) <= goal[1]]
    _, i, x = max(inside)
    return i, x


def _walked_back(trace: list[array[int]], end: tuple[int, int], start: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the matches on the way to ``end``, from its start."""
    x, y = end
    pairs: list[tuple[int, int]] = []
    for d in range(len(trace), 0, -1):
        i = (x - y + d) // 2
        entered = _step(trace[d - 1], i, d)
        inserted = i == 0 or (i != d and trace[d - 1][i - 1] < trace[d - 1][i])
        pairs += [(start[0] + x - back, start[1] + y - back) for back in range(1, x - entered + 1)]
        y -= x - entered
        x = entered
        x, y = (x, y - 1) if inserted else (x - 1, y)
    pairs += [(start[0] + x - back, start[1] + y - back) for back in range(1, x + 1)]
    return pairs[::-1]


def _hunk(old: Sequence[str], new: Sequence[str], changes: Sequence[Edit], around: int) -> Hunk:
    first = changes[0]
    before = min(around, first.at)
    lines: list[tuple[str, str]] = []
    at = first.at - before
    for change in changes:
        lines += [(" ", line) for line in old[at : change.at]]
        lines += [("-", line) for line in old[change.at : change.at + change.old]]
        lines += [("+", line) for line in new[change.to : change.to + change.new]]
        at = change.at + change.old
    lines += [(" ", line) for line in old[at : at + around]]
    return Hunk(first.at - before, first.to - before, tuple(lines))
