"""The time noted beside new entries of layouts, when the machine sets one so that layouts come out the same every time."""

from __future__ import annotations

from collections.abc import Mapping


def creation_time(variables: Mapping[str, str]) -> float | None:
    """Return the time in seconds since the epoch, if one is set; the Go program misspells the variable, so both count."""
    text = variables.get("SOURCE_DATE_EPOCH") or variables.get("SOURCE_DATE_EPOC") or ""
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
