"""Warnings that registries send in a header, to be shown to whoever asked (RFC 7234 5.5, code 299)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from regclient.model.headers import Headers

_WARNING = re.compile(r'\s*299\s+-\s+"([^"]+)"\s*')


def warnings_of(headers: Headers) -> tuple[str, ...]:
    """Return the texts of the warnings in an answer; other codes and other shapes are not for people."""
    matches = map(_WARNING.fullmatch, headers.get("Warning", ()))
    return unique(match[1] for match in matches if match)


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text once, in the order first seen."""
    return tuple(dict.fromkeys(texts))
