"""The program's entry; its commands are not built yet and say so."""

from __future__ import annotations

from regclient.cli.app import entry
from regclient.cli.unfinished import program

ROOT = program(
    "regbot",
    "run scripts over registries",
    {"once": "run every script once", "server": "run scripts on a schedule"},
)


def main() -> None:
    """Run regbot with the words of this process; never returns."""
    entry(ROOT)
