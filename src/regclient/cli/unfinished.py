"""Commands of programs that are not built yet: they say so instead of pretending."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import EVERYWHERE, HELP
from regclient.cli.version import version_command
from regclient.errors import Unsupported
from regclient.kit.flags.table import Command

_RUN = "regclient.cli.unfinished:refuse"


def program(name: str, short: str, commands: dict[str, str]) -> Command:
    """Return a program of which only ``version`` and ``help`` work; ``commands`` are the names and purposes still to come."""
    missing = (Command(word, f"{purpose} (not built yet)", args=(0, None), run=_RUN) for word, purpose in commands.items())
    return Command(name, short, persistent=EVERYWHERE, children=(*missing, HELP, version_command(name)))


def refuse(call: Call) -> None:
    """Say that the command is missing.

    Raises:
        Unsupported: always.
    """
    words = " ".join(command.name for command in call.flags.chain)
    raise Unsupported(f"{words} is not built yet in this version; regctl is")
