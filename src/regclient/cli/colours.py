"""Colours for people: on a terminal only, never on a dumb one or where ``NO_COLOR`` is set (https://no-color.org)."""

from __future__ import annotations

from regclient.cli.call import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def colour_of(call: Call) -> Callable[[str, str], str]:
    """Return what paints a line of output: given the line and the number of a colour (SGR; empty: none), the line to print.

    On a terminal, control characters in the line are shown and not sent, for it may come from anywhere.
    """
    if not call.streams.out.isatty():
        return lambda line, _: line
    from regclient.cli.failures import printable  # noqa: PLC0415 - a door: only terminals need care

    if call.environ.get("NO_COLOR") or call.environ.get("TERM") == "dumb":
        return lambda line, _: printable(line)
    return lambda line, colour: f"\x1b[{colour}m{printable(line)}\x1b[0m" if colour else printable(line)
