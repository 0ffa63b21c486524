"""Ranges: when the rest of a body that was cut can be asked for, and whether what came back is the rest."""

from __future__ import annotations

import re
from typing import NamedTuple

from regclient.model.headers import Headers, canonical, first
from regclient.transport.messages import Request

_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)", re.IGNORECASE)
_PROGRESS = 20


class Rest(NamedTuple):
    """The part of a body that is asked for after a cut."""

    offset: int
    total: int


def can_resume(request: Request) -> bool:
    """Whether the rest of a cut body can be asked for: only of a GET that asked for all of it."""
    return request.method == "GET" and not any(canonical(name) == "Range" for name in request.headers)


def total_of(request: Request, headers: Headers) -> int | None:
    """Return the length of the whole body: what the caller knows of it, or what the first answer announced."""
    announced = first(headers, "Content-Length")
    return request.size if request.size is not None else int(announced) if announced.isdecimal() else None


def range_from(offset: int, total: int) -> str:
    """Return the value of ``Range`` for the rest of a body, or for what comes before ``total``."""
    return f"bytes={offset}-{total - 1}"


def is_range(status: int, headers: Headers, offset: int, end: int, total: int) -> bool:
    """Whether an answer is exactly the bytes from ``offset`` up to ``end`` (not part of it) of a body of ``total`` bytes."""
    match = _CONTENT_RANGE.fullmatch(first(headers, "Content-Range").strip())
    return status == 206 and match is not None and (int(match[1]), int(match[2]) + 1, match[3]) == (offset, end, str(total))


def bytes_to_skip(status: int, headers: Headers, offset: int, total: int) -> int | None:
    """Return how many bytes of an answer come before the rest: usually none, all of the first part when ``Range`` was ignored.

    None when the answer is some other part, or part of something else.
    """
    given = first(headers, "Content-Range")
    if not given:
        return offset if status == 200 and first(headers, "Content-Length", str(total)) == str(total) else None
    match = _CONTENT_RANGE.fullmatch(given.strip())
    if match is None or int(match[1]) != offset or match[3] not in {"*", str(total)}:
        return None
    return 0 if int(match[2]) >= offset else None


def is_progress(since: int, offset: int, total: int) -> bool:
    """Whether enough came since the last cut to forget it: a twentieth, so that the number of cuts stays bounded."""
    return offset > since and (offset - since) * _PROGRESS >= total
