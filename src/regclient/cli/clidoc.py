"""The hidden ``cli-doc`` command: the reference of any command as Markdown, from the table that also parses and helps."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.errors import Unsupported
from regclient.kit.flags.document import page, walk
from regclient.kit.flags.grammar import find, unknown_command
from regclient.kit.flags.help import usage_line
from regclient.kit.flags.table import Command, path_of


def document(call: Call) -> None:
    """Print the names of all commands, or what there is to know of one.

    Raises:
        Unsupported: there is no such command.
    """
    flags, root = call.flags, call.flags.chain[0]
    if flags.switch("list"):
        for chain in walk(root, hidden=flags.switch("hidden")):
            call.write(f"{path_of(chain)}\n")
        return
    chain, rest = find(root, call.args)
    if rest:
        raise Unsupported(unknown_command(chain, rest[0]))
    if flags.given("format"):
        call.show(view_of(chain))
    else:
        call.write(page(chain))


def view_of(chain: tuple[Command, ...]) -> dict[str, object]:
    """Return what ``--format`` sees of a command."""
    command = chain[-1]
    return {
        "Name": command.name,
        "Use": f"{command.name} {command.usage}".rstrip(),
        "CommandPath": path_of(chain),
        "UseLine": usage_line(chain),
        "Aliases": list(command.aliases),
        "Short": command.short,
        "Long": command.long,
        "Example": command.example,
        "Hidden": command.hidden,
    }
