"""Help, laid out as cobra lays it out, so that people and scripts find what they know."""

from __future__ import annotations

from regclient.kit.flags.table import help_flag, path_of
from regclient.kit.flags.values import go_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from regclient.kit.flags.table import Command, Flag

_NAME_WIDTH = 11


def help_text(chain: tuple[Command, ...]) -> str:
    """Return the full help of a command: what it is for, then :func:`usage_text`."""
    command = chain[-1]
    return f"{(command.long or command.short).rstrip()}\n\n{usage_text(chain)}"


def usage_text(chain: tuple[Command, ...]) -> str:
    """Return how a command is called: usage, aliases, examples, commands and flags."""
    command = chain[-1]
    sections = [f"Usage:\n  {usage_line(chain)}"]
    if command.aliases:
        sections.append(f"Aliases:\n  {', '.join((command.name, *command.aliases))}")
    if command.example:
        sections.append(f"Examples:\n\n{command.example.strip()}")
    if command.is_group:
        sections.append("Available Commands:\n" + _commands(command))
    sections.append("Flags:\n" + flag_lines(local_flags(chain)))
    if inherited := inherited_flags(chain):
        sections.append("Global Flags:\n" + flag_lines(inherited))
    if command.is_group:
        sections.append(f'Use "{path_of(chain)} [command] --help" for more information about a command.')
    return "\n\n".join(sections) + "\n"


def usage_line(chain: tuple[Command, ...]) -> str:
    """Return the one line a command is called by: ``regctl image copy <src> <dst> [flags]``."""
    command = chain[-1]
    if command.is_group:
        return f"{path_of(chain)} [command]"
    return " ".join(part for part in (path_of(chain), command.usage, "[flags]" if command.flags else "") if part)


def local_flags(chain: tuple[Command, ...]) -> list[Flag]:
    """Return the flags a command's help shows as its own, by name."""
    command = chain[-1]
    return _shown([*command.flags, *command.persistent, help_flag(command)])


def inherited_flags(chain: tuple[Command, ...]) -> list[Flag]:
    """Return the flags a command's help shows as those of the whole program, by name."""
    return _shown([flag for command in chain[:-1] for flag in command.persistent])


def flag_lines(flags: Iterable[Flag]) -> str:
    """Return one aligned line for each flag."""
    rows = [(_spelling(flag), _description(flag)) for flag in flags]
    width = max(len(spelling) for spelling, _ in rows) + 3
    return "\n".join(f"{spelling:<{width}}{description}" for spelling, description in rows)


def _shown(flags: Iterable[Flag]) -> list[Flag]:
    return sorted((flag for flag in flags if not flag.hidden), key=lambda flag: flag.name)


def _commands(command: Command) -> str:
    children = command.listed()
    width = max([_NAME_WIDTH, *(len(child.name) for child in children)])
    return "\n".join(f"  {child.name:<{width}} {child.short}" for child in children)


def _spelling(flag: Flag) -> str:
    lead = f"  -{flag.short}, --{flag.name}" if flag.short else f"      --{flag.name}"
    return f"{lead} {flag.shown}" if flag.shown else lead


def _description(flag: Flag) -> str:
    default = flag.shown_default
    if not default or default in ("0", "false"):
        return flag.help
    return f"{flag.help} (default {go_quoted(default) if flag.kind == 'string' else default})"
