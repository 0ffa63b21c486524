"""Scopes: what a token is asked to allow, as ``repository:NAME:ACTIONS`` (https://distribution.github.io/distribution/spec/auth/scope/).

A token for one more repository costs one request; a token for every repository grows until some registry refuses the header it
travels in. So scopes are kept in bundles of a few repositories, each with a token of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SKEW = 5.0
"""Seconds a token must last at least: clocks differ, and requests take a while."""

KNOWN_ACTIONS = frozenset({"pull", "push", "delete"})
BUNDLE_SCOPES = 8
BUNDLE_LENGTH = 1024


class Need(NamedTuple):
    """What one request needs of a login.

    ``public`` says that it only reads, so that doing without a refused login is better than failing; ``margin`` is how many
    seconds a token must last.
    """

    scopes: tuple[str, ...] = ()
    public: bool = False
    margin: float = SKEW


def scope_for(repository: str, method: str) -> str:
    """Return the scope a request to a repository needs; empty when it is about no repository."""
    if not repository:
        return ""
    return f"repository:{repository}:{'pull' if method in {'GET', 'HEAD'} else 'pull,push'}"


def covers(held: Iterable[str], wanted: str) -> bool:
    """Whether ``wanted`` is among the scopes held, or is part of one that names the same repository."""
    subject, actions = _split(wanted)
    return not wanted or any(
        scope == wanted or (actions and _split(scope)[0] == subject and actions <= _split(scope)[1]) for scope in held
    )


def add(held: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    """Return ``held`` with ``wanted`` in it: merged into the entry of the same repository where both have known actions."""
    if covers(held, wanted):
        return held
    subject, actions = _split(wanted)
    for index, scope in enumerate(held):
        if actions and _split(scope)[1] and _split(scope)[0] == subject:
            missing = [action for action in wanted.rpartition(":")[2].split(",") if action not in _split(scope)[1]]
            return (*held[:index], ",".join([scope, *missing]), *held[index + 1 :])
    return (*held, wanted)


def has_room(held: tuple[str, ...], wanted: str) -> bool:
    """Whether a bundle takes another scope: always for a repository it has, otherwise up to a size headers stand."""
    grown = add(held, wanted)
    return len(grown) == len(held) or not held or (len(grown) <= BUNDLE_SCOPES and sum(map(len, grown)) <= BUNDLE_LENGTH)


def _split(scope: str) -> tuple[str, frozenset[str]]:
    """Split off the actions, if all of them are known to add up; a custom action makes a scope stand for itself."""
    subject, _, text = scope.rpartition(":")
    actions = frozenset(text.split(","))
    return (subject, actions) if subject.startswith("repository:") and actions <= KNOWN_ACTIONS else (scope, frozenset())
