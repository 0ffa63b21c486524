"""Which tags and repositories a step wants. Pure: from names and filters to names.

Patterns are RE2's, so none can be made to run for ever. As in Go, ``^`` and ``$`` are put around the text as it stands: of
``v1|v2`` the first half is bound to the beginning only and the second to the end only; ``(v1|v2)`` means what it seems to mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from regclient.errors import ParseError
from regclient.kit.semver import Range, Version, parse_range, parse_version
from regclient.sync.config import RepositoryFilter, TagFilter

Match = Callable[[str], bool]


def selected_tags(tags: Sequence[str], filters: Sequence[TagFilter]) -> tuple[str, ...]:
    """Return the tags that pass at least one of the filters, those of the first filter first; all of them without filters.

    Raises:
        ParseError: a pattern or a range is none.
    """
    if not filters:
        return tuple(tags)
    return tuple(dict.fromkeys(tag for wanted in filters for tag in matching_tags(tags, wanted)))


def matching_tags(tags: Iterable[str], wanted: TagFilter) -> list[str]:
    """Return the tags that pass one filter: its ranges, then ``allow``, then ``deny``.

    Raises:
        ParseError: a pattern or a range is none.
    """
    ranges = [parse_range(text) for text in wanted.semver_range if text]
    kept = [tag for tag in tags if not ranges or _is_within(tag, ranges)]
    return _allowed(kept, wanted.allow, wanted.deny)


def selected_repositories(names: Iterable[str], wanted: RepositoryFilter) -> list[str]:
    """Return the repositories that pass a filter.

    Raises:
        ParseError: a pattern is none.
    """
    return _allowed(names, wanted.allow, wanted.deny)


def _allowed(names: Iterable[str], allow: Sequence[str], deny: Sequence[str]) -> list[str]:
    allowed, denied = list(map(_matcher, allow)), list(map(_matcher, deny))
    kept = (name for name in names if not allowed or any(matches(name) for matches in allowed))
    return [name for name in kept if not any(matches(name) for matches in denied)]


def _is_within(tag: str, ranges: Sequence[Range]) -> bool:
    version = _version_of(tag)
    return version is not None and any(version in wanted for wanted in ranges)


def _version_of(tag: str) -> Version | None:
    try:
        return parse_version(tag)
    except ParseError:
        return None


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Match:
    import re2  # noqa: PLC0415 - a door: most steps have no patterns

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(f"^{pattern}$", options)
    except (re2.error, UnicodeError) as error:
        raise ParseError(pattern, f"not a pattern of RE2: {_words(error)}") from None
    return lambda name: compiled.search(name) is not None


def _words(error: Exception) -> str:
    found = error.args[0] if error.args else error
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
