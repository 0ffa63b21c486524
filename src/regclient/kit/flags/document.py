"""Reference pages from the command tables: one Markdown page for a program, and a manual page for each of its commands."""

from __future__ import annotations

from collections.abc import Iterator

from regclient.kit.flags.help import flag_lines, inherited_flags, local_flags, usage_line
from regclient.kit.flags.table import Command, Flag, path_of


def walk(root: Command, *, hidden: bool = False) -> Iterator[tuple[Command, ...]]:
    """Yield the chain of every command, depth first and by name; ``hidden`` ones only when asked for."""
    yield from _walk((root,), hidden=hidden)


def markdown(root: Command) -> str:
    """Return the page that describes a whole program."""
    lead = f"# {root.name}\n\n{(root.long or root.short).strip()}\n"
    note = "This page is generated from the command tables by `scripts/make-docs`.\n"
    everywhere = f"## Flags of every command\n\n{_flag_table(local_flags((root,)))}"
    return "\n".join([lead, note, everywhere, *(_section(chain) for chain in walk(root) if len(chain) > 1)])


def page(chain: tuple[Command, ...]) -> str:
    """Return the page of one command, laid out as cobra's generator does it."""
    command = chain[-1]
    parts = [f"## {path_of(chain)}", command.short, f"### Synopsis\n\n{(command.long or command.short).strip()}"]
    if not command.is_group:
        parts.append(f"```\n{usage_line(chain)}\n```")
    if command.example:
        parts.append(f"### Examples\n\n```\n{command.example.strip()}\n```")
    parts.append(f"### Options\n\n```\n{flag_lines(local_flags(chain))}\n```")
    if inherited := inherited_flags(chain):
        parts.append(f"### Options inherited from parent commands\n\n```\n{flag_lines(inherited)}\n```")
    return "\n\n".join(parts) + "\n"


def manual(chain: tuple[Command, ...], version: str) -> str:
    """Return the manual page (roff, section 1) of one command."""
    command = chain[-1]
    name = path_of(chain).replace(" ", "-")
    parts = [
        f'.TH "{name.upper()}" "1" "" "regclient {version}" "regclient manual"',
        f".SH NAME\n{_roff(name)} \\- {_roff(command.short)}",
        f".SH SYNOPSIS\n\\fB{_roff(usage_line(chain))}\\fR",
        f".SH DESCRIPTION\n{_roff(command.long or command.short)}",
        *(_roff_flags("OPTIONS", local_flags(chain))),
        *(_roff_flags("GLOBAL OPTIONS", inherited_flags(chain))),
        *([f".SH EXAMPLES\n.nf\n{_roff(command.example.strip())}\n.fi"] if command.example else []),
        *([f".SH SEE ALSO\n{', '.join(f'{name}-{child.name}(1)' for child in command.listed())}"] if command.is_group else []),
    ]
    return "\n".join(parts) + "\n"


def _walk(chain: tuple[Command, ...], *, hidden: bool) -> Iterator[tuple[Command, ...]]:
    yield chain
    for child in sorted(chain[-1].children, key=lambda command: command.name):
        if hidden or not child.hidden:
            yield from _walk((*chain, child), hidden=hidden)


def _section(chain: tuple[Command, ...]) -> str:
    command = chain[-1]
    parts = [f"## {path_of(chain)}", (command.long or command.short).strip(), f"```text\n{usage_line(chain)}\n```"]
    if command.aliases:
        parts.append("Also: " + ", ".join(f"`{alias}`" for alias in command.aliases))
    if command.is_group:
        parts.append("\n".join(f"- `{path_of(chain)} {child.name}`: {child.short}" for child in command.listed()))
    if shown := [flag for flag in local_flags(chain) if flag.name != "help"]:
        parts.append(_flag_table(shown).rstrip())
    if command.example:
        parts.append(f"```sh\n{command.example.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _flag_table(flags: list[Flag]) -> str:
    rows = "".join(
        f"| {_code(flag.spelled)} | {flag.shown} | {_code(flag.shown_default)} | {_cell(flag.help)} |\n" for flag in flags
    )
    return f"| flag | value | default | meaning |\n|---|---|---|---|\n{rows}"


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _roff_flags(title: str, flags: list[Flag]) -> list[str]:
    if not flags:
        return []
    rows = [f".TP\n\\fB{_roff(flag.spelled)}\\fR {_roff(flag.shown)}".rstrip() + f"\n{_roff(flag.help)}" for flag in flags]
    return [f".SH {title}\n" + "\n".join(rows)]


def _roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    # A line that starts with a dot or a quote would be read as a request.
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in escaped.split("\n"))
