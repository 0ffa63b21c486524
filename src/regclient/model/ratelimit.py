"""Rate limits as registries state them in the headers of a manifest, the way Docker Hub does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from regclient.model.headers import Headers, first

_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many pulls are left; ``known`` is False when the registry did not say.

    ``policies`` are the quotas behind the limit, as text: ``100;w=21600`` is a hundred in six hours.
    """

    remain: int = 0
    limit: int = 0
    reset: int = 0
    known: bool = False
    policies: tuple[str, ...] = ()


def rate_limit_of(headers: Headers) -> RateLimit:
    """Read the rate limit out of the headers of an answer; numbers that are none count as 0."""
    limits = [item.strip() for item in first(headers, "Ratelimit-Limit").split(",")]
    remain = _number(first(headers, "Ratelimit-Remaining").partition(";")[0])
    policies = limits if ";" in limits[0] else limits[1:]
    return RateLimit(
        remain=remain or 0,
        limit=_number(limits[0].partition(";")[0]) or 0,
        reset=_number(first(headers, "Ratelimit-Reset")) or 0,
        known=remain is not None,
        policies=tuple(policies),
    )


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text.strip()) else None
