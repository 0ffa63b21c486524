"""Regular expressions in Go's syntax (RE2): the same words match as in the Go programs, and none can be made to hang."""

from __future__ import annotations

import re
from typing import Protocol

from regclient.errors import ParseError


class Pattern:
    """A regular expression that was read; it matches anywhere in a text unless it says otherwise."""

    def __init__(self, compiled: _Compiled) -> None:
        self._compiled = compiled

    def matches(self, text: str) -> bool:
        """Whether it matches somewhere in the text; in text that is no Unicode it matches nothing."""
        return self._found(text) is not None

    def groups(self, text: str) -> dict[str, str] | None:
        """Return what its named groups matched; None when it does not match."""
        found = self._found(text)
        return None if found is None else {name: value or "" for name, value in found.groupdict().items()}

    def _found(self, text: str) -> _Match | None:
        try:
            return self._compiled.search(text)
        except UnicodeError:
            return None


def compile_pattern(text: str) -> Pattern:
    """Read a regular expression.

    Raises:
        ParseError: it is none, or has what linear time forbids.
    """
    import re2  # noqa: PLC0415 - a door: few calls have one

    options = re2.Options()
    # The library would print the mistake on standard error before it raises.
    options.log_errors = False
    try:
        return Pattern(re2.compile(text, options))
    except (re2.error, UnicodeError) as error:
        reason = error.args[0] if error.args else ""
        raise ParseError(text, f"regular expression: {reason.decode() if isinstance(reason, bytes) else reason}") from None


def literal(text: str) -> str:
    """Return an expression that matches this text and nothing else."""
    return re.escape(text)


class _Match(Protocol):
    def groupdict(self) -> dict[str, str | None]: ...


class _Compiled(Protocol):
    def search(self, text: str, /) -> _Match | None: ...
