"""What ``printPretty`` shows: lists of names here, and the rest, for which more has to be loaded, in ``prettygraph.py``."""

from __future__ import annotations

from collections.abc import Sequence

from regclient.answers import RepositoryList, TagList


def layout(noun: object) -> str | None:
    """Return the layout of a noun that has one of its own; None for all others, which are shown as JSON."""
    if isinstance(noun, TagList):
        return _names(noun.tags)
    if isinstance(noun, RepositoryList):
        return _names(noun.repositories)
    from regclient.prettygraph import graph_layout  # noqa: PLC0415 - a door: lists of names need no manifests

    return graph_layout(noun)


def layout_bytes(noun: object) -> bytes:
    """Return the layout as bytes, which is what Go's ``MarshalPretty`` gives."""
    return (layout(noun) or "").encode("utf-8", "surrogateescape")


def _names(names: Sequence[str]) -> str:
    plain = "".join(names).isascii()
    ordered = sorted(names) if plain else sorted(names, key=lambda name: name.encode("utf-8", "surrogateescape"))
    return "\n".join(ordered) + "\n" if ordered else ""
