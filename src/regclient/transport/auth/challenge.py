"""``WWW-Authenticate`` headers, read without deciding anything.

Several challenges may share a header, a header may be repeated, and registries differ in quoting (RFC 9110 11.6.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from regclient.errors import InvalidConfig

_WORD = r"[A-Za-z0-9._~+/-]+"
_SCHEME = re.compile(rf"[\s,]*({_WORD})(?=[\s,]|$)")
_PARAM = re.compile(rf"\s*({_WORD})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|({_WORD}))", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way a server offers to let us in: ``scheme`` in lower case, parameters under lower-case names."""

    scheme: str
    params: Mapping[str, str] = field(default_factory=dict)


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Read the challenges of all ``WWW-Authenticate`` values, in order.

    Raises:
        InvalidConfig: a missing comma, an open quote, a parameter without a value.
    """
    return tuple(challenge for value in values for challenge in _challenges_of(value))


def _challenges_of(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    position = 0
    while value[position:].strip(" \t,"):
        match = _SCHEME.match(value, position)
        if match is None:
            raise InvalidConfig(value, "malformed WWW-Authenticate header")
        params, position = _params_of(value, match.end())
        if not params and value[position:].strip(" \t") and not value[position:].lstrip(" \t").startswith(","):
            raise InvalidConfig(value, "a parameter without a value in the WWW-Authenticate header")
        found.append(Challenge(match[1].lower(), params))
    return found


def _params_of(value: str, position: int) -> tuple[dict[str, str], int]:
    params: dict[str, str] = {}
    while match := _PARAM.match(value, position):
        params.setdefault(match[1].lower(), _ESCAPE.sub(r"\1", match[2]) if match[2] is not None else match[3])
        position = match.end()
        if position == len(value) or not value[position:].strip(" \t"):
            return params, len(value)
        if value[position] != ",":
            raise InvalidConfig(value, "a comma is missing in the WWW-Authenticate header")
        position += 1
    return params, position
