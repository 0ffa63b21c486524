"""Versions and ranges of versions, as regsync's ``semverRange`` reads them: close to semver.org, made for tags of images.

A version may have any number of parts (``1``, ``1.2``, ``10.0.17763.2114``) and a leading ``v``. Everything after the first
``-`` is a pre-release, which sorts below the version itself and gets no special treatment in ranges; so ``1.2-alpine`` is below
``1.2``. What follows a ``+`` does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import total_ordering

from regclient.errors import ParseError

_LARGEST = (1 << 63) - 1
_PART = re.compile(r"[0-9]{1,40}")
_RUNS = re.compile(r"([^0-9]*)([0-9]*)")
_CONSTRAINT = re.compile(r"(>=|<=|[<>=^~]?)(.*)", re.DOTALL)

Key = tuple[tuple[str, int], ...]


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version; missing parts are 0, so that ``1.2`` equals ``v1.2.0.0``."""

    parts: tuple[int, ...]
    pre_release: str = ""
    _key: tuple[tuple[int, ...], bool, tuple[Key, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find what it is ordered by once: a version is compared with many."""
        parts = self.parts
        while parts and not parts[-1]:
            parts = parts[:-1]
        identifiers = self.pre_release.split(".") if self.pre_release else []
        object.__setattr__(self, "_key", (parts, not self.pre_release, tuple(map(_identifier_key, identifiers))))

    def part(self, position: int) -> int:
        """Return one part, 0 when it is not there."""
        return self.parts[position] if position < len(self.parts) else 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)


def parse_version(text: str) -> Version:
    """Read a version.

    Raises:
        ParseError: it is none.
    """
    core, _, _ = text.removeprefix("v").partition("+")
    numbers, _, pre_release = core.partition("-")
    words = numbers.split(".")
    if not all(_PART.fullmatch(word) and int(word) <= _LARGEST for word in words):
        raise ParseError(text, "not a version such as 1.2.3")
    return Version(tuple(map(int, words)), pre_release)


@dataclass(frozen=True, slots=True)
class Range:
    """Constraints a version must satisfy all of."""

    constraints: tuple[Callable[[Version], bool], ...]

    def __contains__(self, version: Version) -> bool:
        """Whether a version is within the range."""
        return all(holds(version) for holds in self.constraints)


def parse_range(text: str) -> Range:
    """Read constraints with blanks between them, such as ``>=1.2 <2``, ``^1.2.3`` or ``~1.4``.

    Raises:
        ParseError: one is none, or there is none at all.
    """
    words = text.split()
    if not words:
        raise ParseError(text, "not a range of versions such as >=1.2 <2")
    return Range(tuple(_constraint(word, text) for word in words))


def _constraint(word: str, text: str) -> Callable[[Version], bool]:
    match = _CONSTRAINT.fullmatch(word)
    assert match is not None
    try:
        bound = parse_version(match[2])
    except ParseError:
        raise ParseError(text, f"{word!r} is no constraint such as >=1.2.3, <2, ^1.2 or ~1.2") from None
    return _OPERATORS[match[1]](bound)


def _caret(bound: Version) -> Callable[[Version], bool]:
    major, minor, patch = map(bound.part, range(3))
    if major:
        end = Version((major + 1,))
    elif minor:
        end = Version((0, minor + 1))
    else:
        end = Version((0, 0, patch + 1))
    return lambda version: bound <= version < end


def _tilde(bound: Version) -> Callable[[Version], bool]:
    end = Version((bound.part(0), bound.part(1) + 1))
    return lambda version: bound <= version < end


_OPERATORS: dict[str, Callable[[Version], Callable[[Version], bool]]] = {
    "": lambda bound: lambda version: version == bound,
    "=": lambda bound: lambda version: version == bound,
    ">": lambda bound: lambda version: version > bound,
    ">=": lambda bound: lambda version: version >= bound,
    "<": lambda bound: lambda version: version < bound,
    "<=": lambda bound: lambda version: version <= bound,
    "^": _caret,
    "~": _tilde,
}


def _identifier_key(identifier: str) -> Key:
    """Return what identifiers are ordered by: runs of letters bytewise, runs of digits by their number, none before any."""
    return tuple((head, int(digits) if digits else -1) for head, digits in _RUNS.findall(identifier) if head or digits)
