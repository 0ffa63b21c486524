"""Header fields of an answer, kept with the noun they came with.

Names are in canonical form (``Docker-Content-Digest``), each with its values in order of arrival, so that they can be looked
up with plain indexing and printed as they would be by the Go program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Headers = Mapping[str, tuple[str, ...]]
"""Canonical name to values."""

NO_HEADERS: Headers = {}


def canonical(name: str) -> str:
    """Return the canonical form of a field name: each dash-separated part capitalised (RFC 9110 5.1: names ignore case)."""
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def headers_of(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Collect ``(name, value)`` pairs as they arrived."""
    collected: dict[str, list[str]] = {}
    for name, value in pairs:
        collected.setdefault(canonical(name), []).append(value)
    return {name: tuple(values) for name, values in collected.items()}


def first(headers: Headers, name: str, default: str = "") -> str:
    """Return the first value of a field given by its canonical name, or the default."""
    values = headers.get(name)
    return values[0] if values else default
