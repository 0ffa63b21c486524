"""Times in images: which to set, and which to leave.

Configs hold text and tars hold numbers, so a moment is a pair of numbers here (seconds since 1970, nanoseconds) with the text
it was given as beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from regclient.errors import InvalidManifest, ParseError
from regclient.kit.civil import UTC
from regclient.kit.gotime import RFC3339, RFC3339_NANO, GoTime

Moment: TypeAlias = tuple[int, int]
"""Seconds since 1970 and nanoseconds; moments are ordered as the pairs are."""


@dataclass(frozen=True, slots=True)
class TimeRule:
    """A time to set, ``after`` which times are set to it (None: all of them); ``text`` is how configs write it."""

    set: Moment
    after: Moment | None = None
    text: str = ""

    @classmethod
    def of(cls, text: str, after: str = "") -> TimeRule:
        """Read RFC 3339 times.

        Raises:
            ParseError: one is none.
        """
        moment = parse_moment(text)
        return cls(_pair(moment), _pair(parse_moment(after)) if after else None, moment.format(RFC3339_NANO))

    def applies(self, seconds: int, nanosecond: int = 0) -> bool:
        """Whether a time is one to change: late enough, and not what it should be already."""
        moment = (seconds, nanosecond)
        return moment != self.set and (self.after is None or moment > self.after)

    def applied(self, text: str) -> str:
        """Return what becomes of a time in a config; no time stays none.

        Raises:
            InvalidManifest: the text is no time.
        """
        if not text:
            return text
        try:
            moment = parse_moment(text)
        except ParseError as error:
            raise InvalidManifest("image config", str(error)) from error
        return self.text if self.applies(*_pair(moment)) else text


def parse_moment(text: str) -> GoTime:
    """Read an RFC 3339 time, whatever zone this machine is in.

    Raises:
        ParseError: it is none.
    """
    return GoTime.parse(RFC3339, text, local=lambda _: UTC)


def _pair(moment: GoTime) -> Moment:
    return moment.seconds, moment.nanosecond
