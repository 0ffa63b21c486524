"""``regctl repo``: the repositories of a registry."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PRETTY, format_flag
from regclient.errors import ParseError
from regclient.kit.flags.table import Command, Flag

COMMANDS = (
    Command(
        "ls",
        "list the repositories of a registry",
        usage="<registry>",
        long="List the repositories of a registry. Docker Hub does not answer this.",
        example="""\
# all repositories
regctl repo ls registry.example.org

# the five after repo1
regctl repo ls --last repo1 --limit 5 registry.example.org""",
        aliases=("list",),
        args=(1, 1),
        flags=(
            format_flag(default=PRETTY),
            Flag("last", "string", "Start after this repository"),
            Flag("limit", "int", "Ask for this many repositories"),
        ),
        run="regclient.regctl.repo:ls",
        complete="regclient.cli.complete:registries",
    ),
)


def ls(call: Call) -> None:
    """List one page of a registry's catalog."""
    host, flags = call.args[0], call.flags
    if "/" in host:
        call.log.error("Hostname invalid", host=host)
        raise ParseError(host, "expected the name of a registry, without a path")
    found = call.client.registry(host).repositories(limit=flags.number("limit") or None, last=flags.text("last") or None)
    call.show(found, exchange=found)
