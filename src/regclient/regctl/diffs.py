"""What the commands that compare two things share: their flags, and the way differences are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from regclient.cli.call import Call
from regclient.cli.colours import colour_of
from regclient.kit.flags.table import Flag

FLAGS = (
    Flag("context", "int", "Lines to show around a change", default="3"),
    Flag("context-full", "bool", "Show every line"),
)
_COLOURS = {"-": "31", "+": "32", "@": "36"}


def show_diff(call: Call, old: Sequence[str], new: Sequence[str]) -> None:
    """Print what changed, in colour for a person; equal things are an empty line, and neither is a failure."""
    from regclient.kit.linediff import diff

    flags = call.flags
    hunks = diff(old, new, None if flags.switch("context-full") else flags.number("context"))
    paint = colour_of(call)
    shown: Iterator[str] = (paint(line, _COLOURS.get(line[0], "")) for hunk in hunks for line in hunk)
    for count, line in enumerate(shown):
        call.write(f"\n{line}" if count else line)
    call.write("\n")
