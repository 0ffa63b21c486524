"""``regctl version``: what runs here. Nothing is imported for the plain form, which scripts call to see if we are there."""

from __future__ import annotations

import os
import sys

from regclient.cli.options import PRETTY
from regclient.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.cli.call import Call

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm"}
_KEYS = ("goVersion", "goCompiler", "platform", "vcsCommit", "vcsDate", "vcsRef", "vcsState", "vcsTag")


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
    from regclient.cli.version_view import view  # noqa: PLC0415 - a door: only a template needs it

    call.show(view(found))


def pretty(found: dict[str, str]) -> str:
    """Lay the facts out in two columns."""
    return "".join(f"{name + ':':<11} {value}\n" for name, value in found.items())
