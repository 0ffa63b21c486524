"""Log lines on standard error, in the text and JSON forms of Go's slog, which scripts around the Go programs read.

The library does not log: it emits events and hands every exchange to a callable, and both end up here. ``logging`` would take
longer to import than most commands take.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

TRACE, DEBUG, INFO, WARN, ERROR = -8, -4, 0, 4, 8
LEVELS = {"DEBUG": DEBUG, "INFO": INFO, "WARN": WARN, "ERROR": ERROR}
"""Names of levels and their numbers, as slog has them; ``trace`` lies one step below debug."""


def parse_level(text: str) -> int:
    """Read a threshold: ``trace``, or a name in any case with an optional offset (``info+2``).

    Raises:
        ValueError: the text is neither; the message is the one of the Go program.
    """
    if text == "trace":
        return TRACE
    cut = min((position for position in (text.find("+"), text.find("-")) if position >= 0), default=len(text))
    name, offset = text[:cut], text[cut:]
    if offset and not (offset[1:].isascii() and offset[1:].isdigit()):
        raise _bad_level(text, f"strconv.Atoi: parsing {_quoted(offset)}: invalid syntax")
    if name.upper() not in LEVELS:
        raise _bad_level(text, "unknown name")
    return LEVELS[name.upper()] + int(offset or 0)


def level_name(level: int) -> str:
    """Return a level as slog prints it: the nearest name below, with the distance (``DEBUG-4``)."""
    name, base = next(((name, base) for name, base in reversed(LEVELS.items()) if level >= base), ("DEBUG", DEBUG))
    return name if level == base else f"{name}{level - base:+d}"


class Twofold:
    """A value that a line of text and a JSON record show differently, such as a duration."""

    __slots__ = ("document", "text")

    def __init__(self, text: str, document: object) -> None:
        self.text = text
        self.document = document

    def __str__(self) -> str:
        """Return what a line of text shows."""
        return self.text


class Log:
    """Writes records at or above a threshold, one line each.

    ``lasting`` drops what nobody reads any more, for programs that go on without a reader.
    """

    def __init__(self, out: BinaryIO, *, level: int = WARN, as_json: bool = False) -> None:
        self._out = out
        self.level = level
        self.lasting = False
        self._format = _json_line if as_json else _text_line

    def trace(self, message: str, **facts: object) -> None:
        """Say what crossed the wire."""
        self.write(TRACE, message, facts)

    def debug(self, message: str, **facts: object) -> None:
        """Say what a developer may want to know."""
        self.write(DEBUG, message, facts)

    def info(self, message: str, **facts: object) -> None:
        """Say what a curious user may want to know."""
        self.write(INFO, message, facts)

    def warning(self, message: str, **facts: object) -> None:
        """Say what the user should know although the work goes on."""
        self.write(WARN, message, facts)

    def error(self, message: str, **facts: object) -> None:
        """Say why the work failed, where the error itself is too short."""
        self.write(ERROR, message, facts)

    def write(self, level: int, message: str, facts: dict[str, object], *, at: float | None = None) -> None:
        """Write a record, unless it is below the threshold; ``at`` (seconds since the epoch) is now when absent."""
        if level < self.level:
            return
        line = self._format(time.time() if at is None else at, level_name(level), message, facts)
        try:
            tell(self._out, line + "\n")
        except BrokenPipeError:
            if not self.lasting:
                raise


def tell(out: BinaryIO, text: str) -> None:
    """Write text for people, at once; what cannot be written (the disk is full) is lost, and the work goes on.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    try:
        out.write(text.encode("utf-8", "backslashreplace"))
        out.flush()
    except BrokenPipeError:
        raise
    except OSError:
        return


def _text_line(at: float, level: str, message: str, facts: dict[str, object]) -> str:
    pairs = {"time": _stamp(at, digits=3), "level": level, "msg": message, **facts}
    return " ".join(f"{_text_value(key)}={_text_value(_shown(value))}" for key, value in pairs.items())


def _json_line(at: float, level: str, message: str, facts: dict[str, object]) -> str:
    import json  # noqa: PLC0415 - only --logopt json needs it

    record = {"time": _stamp(at, digits=9), "level": level, "msg": message, **facts}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_document)


def _document(value: object) -> object:
    return value.document if isinstance(value, Twofold) else str(value)


def _stamp(at: float, *, digits: int) -> str:
    """Return a time as RFC 3339 in the local zone, with that many digits of the second (slog's text form has three)."""
    local = time.localtime(at)
    minutes = (local.tm_gmtoff or 0) // 60
    zone = "Z" if minutes == 0 else f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    fraction = f"{at % 1:.9f}"[2 : 2 + digits]
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', local)}.{fraction}{zone}"


def _shown(value: object) -> str:
    """Return a value as Go prints it: maps by key, lists in brackets."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_shown(value[key])}' for key in sorted(value))}]"
    if isinstance(value, tuple | list):
        return f"[{' '.join(map(_shown, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text_value(text: str) -> str:
    return text if text and text.isprintable() and _SPECIAL.isdisjoint(text) else _quoted(text)


_SPECIAL = frozenset(' "=')


def _quoted(text: str) -> str:
    from regclient.kit.gotemplate.text import quote  # noqa: PLC0415 - few values need quotes

    return quote(text)


def _bad_level(text: str, reason: str) -> ValueError:
    return ValueError(f"unable to parse verbosity {text}: slog: level string {_quoted(text)}: {reason}")
