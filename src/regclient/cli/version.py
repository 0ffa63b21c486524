"""``version``: what runs here. The plain form imports nothing more, for scripts call it to see whether we are there."""

from __future__ import annotations

import os
import sys

from regclient.cli.options import PRETTY, format_flag
from regclient.kit.flags.table import Command
from regclient.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.cli.call import Call
    from regclient.kit.gotemplate.values import Struct

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm"}
_KEYS = {
    "goVersion": "GoVer",
    "goCompiler": "GoCompiler",
    "platform": "Platform",
    "vcsCommit": "VCSCommit",
    "vcsDate": "VCSDate",
    "vcsRef": "VCSRef",
    "vcsState": "VCSState",
    "vcsTag": "VCSTag",
}


def version_command(program: str) -> Command:
    """Return the ``version`` command of a program."""
    return Command(
        "version",
        "show the version",
        long="Show the version of the program and of what it runs on.",
        example=f"# only the version\n{program} version --format '{{{{.VCSTag}}}}'",
        flags=(format_flag(default=PRETTY),),
        run="regclient.cli.version:show",
    )


def facts() -> dict[str, str]:
    """Return what is known, under the names Go's program gives it, in the order it prints them."""
    system = os.uname()
    return {
        "VCSTag": f"v{__version__}",
        "VCSRef": "unknown",
        "VCSCommit": "unknown",
        "VCSState": "unknown",
        "VCSDate": "unknown",
        "Platform": f"{system.sysname.lower()}/{_MACHINES.get(system.machine, system.machine)}",
        "GoVer": f"python{sys.version.split()[0]}",
        "GoCompiler": sys.implementation.name,
    }


def show(call: Call) -> None:
    """Print the version."""
    found = facts()
    if call.flags.text("format") == PRETTY:
        call.write(pretty(found))
        return
    call.show(view(found))


def pretty(found: dict[str, str]) -> str:
    """Lay the facts out in two columns."""
    return "".join(f"{name + ':':<11} {value}\n" for name, value in found.items())


def view(found: dict[str, str]) -> Struct:
    """Return the facts for a template; as JSON they have the keys of Go's program, in its order."""
    from regclient.kit.gotemplate.values import Struct  # noqa: PLC0415 - a door: only a template needs it

    return Struct("version.Info", found, subject={key: found[name] for key, name in _KEYS.items()})
