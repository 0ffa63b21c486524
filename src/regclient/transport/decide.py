"""What to do after an attempt: a pure table from what came of it to what comes next.

============================================  ==============================================================
outcome                                       decision
============================================  ==============================================================
2xx, or a status the caller accepts           return it
401 with a new login to try                   again, at once
name unknown, TLS or certificate refused      leave this host out
connection lost that was kept from before     again, at once
any other trouble with the connection         next host; here again after a growing delay
408, 500, 502, 503, 504                       the same, after ``Retry-After`` where it is given
429                                           the same, and everything else for this host waits as long
a length other than the caller knows          next host; here again at once
any other status                              leave this host out
============================================  ==============================================================

Requests marked quiet are asked once of each host. Too many failures, a ``Retry-After`` beyond our patience, or a body that
cannot be sent twice end the request.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from regclient.transport.exchange import Trouble
from regclient.transport.messages import Request
from regclient.transport.options import Retries

PASSING = frozenset({408, 500, 502, 503, 504})
_HOPELESS = frozenset({Trouble.NAME, Trouble.TLS})
_THROTTLES_PER_FAILURE = 2


class Action(Enum):
    """What comes next."""

    RETURN = "return"
    AGAIN = "again"
    NEXT = "next"
    LEAVE = "leave"
    GIVE_UP = "give up"


class Outcome(NamedTuple):
    """What came of one attempt: a status, or a trouble below HTTP.

    ``renewed`` says that a 401 brought a login not tried yet, ``wrong_size`` that the announced length is not the known one,
    ``repeatable`` that the body could be sent once more. ``retry_after`` is in seconds.
    """

    status: int = 0
    trouble: Trouble | None = None
    retry_after: float | None = None
    renewed: bool = False
    wrong_size: bool = False
    repeatable: bool = True


class Tries(NamedTuple):
    """How often the request failed before: by failures in general, and by being told to slow down."""

    failures: int = 0
    throttled: int = 0


class Decision(NamedTuple):
    """What comes next. ``delay`` is how long this request leaves this host alone, ``pace`` how long everyone does."""

    action: Action
    delay: float = 0.0
    pace: float = 0.0


def decide(request: Request, tries: Tries, outcome: Outcome, retries: Retries, jitter: float) -> Decision:
    """Decide what follows; ``jitter`` is a random number from 0 up to 1, drawn by the caller."""
    status = outcome.status
    if outcome.trouble is None and not outcome.wrong_size and (200 <= status < 300 or status in request.accept):
        return Decision(Action.RETURN)
    wait = outcome.retry_after if outcome.retry_after is not None else backoff(tries, retries, jitter)
    passing = outcome.wrong_size or status in PASSING or (outcome.trouble is not None and outcome.trouble not in _HOPELESS)
    if status == 429:
        return _throttled(request, tries, outcome, retries, wait)
    if not (passing or outcome.renewed):
        return Decision(Action.LEAVE)
    if not outcome.repeatable or tries.failures >= retries.limit:
        return Decision(Action.GIVE_UP)
    at_once = outcome.renewed or outcome.trouble is Trouble.STALE
    if not at_once and (request.quiet or wait > retries.patience):
        return Decision(Action.LEAVE)
    return Decision(Action.AGAIN) if at_once else Decision(Action.NEXT, 0.0 if outcome.wrong_size else wait)


def _throttled(request: Request, tries: Tries, outcome: Outcome, retries: Retries, wait: float) -> Decision:
    pace = min(wait, retries.patience)
    if not outcome.repeatable or tries.throttled >= retries.limit * _THROTTLES_PER_FAILURE:
        return Decision(Action.GIVE_UP, pace=pace)
    if request.quiet or wait > retries.patience:
        return Decision(Action.LEAVE, pace=pace)
    return Decision(Action.NEXT, wait, pace)


def backoff(tries: Tries, retries: Retries, jitter: float) -> float:
    """Return the delay before the next attempt: doubling, up to a limit, less up to a half by chance so that clients spread."""
    doubled: float = retries.first * 2 ** min(tries.failures + tries.throttled, 30)
    return min(doubled, retries.longest) * (1 - jitter / 2)


def parse_retry_after(value: str, now: float) -> float | None:
    """Read ``Retry-After``, in seconds (whole or not) or as a date, as seconds from ``now``; None when it is neither."""
    text = value.strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        moment = parse_date(text)
        if moment is None:
            return None
        seconds = moment - now
    return max(seconds, 0.0) if seconds < float("inf") else None


def parse_date(text: str) -> float | None:
    """Read an HTTP date (``Sun, 06 Nov 1994 08:49:37 GMT``) as seconds since the epoch; None when it is not one."""
    from datetime import UTC, datetime  # noqa: PLC0415 - 3 ms that only answers with a date in them are worth

    day, comma, rest = text.partition(", ")
    if not comma or not day.isalpha():
        return None
    parts = rest.split(" ")
    try:
        month = _MONTHS.index(parts[1]) + 1
        hour, minute, second = (int(part) for part in parts[3].split(":"))
        moment = datetime(int(parts[2]), month, int(parts[0]), hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.timestamp()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
