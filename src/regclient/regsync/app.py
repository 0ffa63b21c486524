"""The program's entry; its commands are not built yet and say so."""

from __future__ import annotations

from regclient.cli.app import entry
from regclient.cli.unfinished import program

ROOT = program(
    "regsync",
    "keep repositories in step",
    {
        "check": "say what a sync would do",
        "config": "show the configuration",
        "once": "sync once",
        "server": "sync on a schedule",
    },
)


def main() -> None:
    """Run regsync with the words of this process; never returns."""
    entry(ROOT)
