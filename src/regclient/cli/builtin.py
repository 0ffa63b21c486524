"""The commands every program has: ``help`` and ``completion``."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.logs import tell
from regclient.kit.flags.complete import complete
from regclient.kit.flags.grammar import Parsed, find
from regclient.kit.flags.help import help_text, usage_text
from regclient.kit.flags.shells import SHELLS, script
from regclient.kit.flags.table import Command, Flag

NO_DESCRIPTIONS = Flag("no-descriptions", "bool", "Leave the explanations out of the candidates")
_SETUP = {
    "bash": "source <({program} completion bash)",
    "zsh": "source <({program} completion zsh)",
    "fish": "{program} completion fish | source",
    "powershell": "{program} completion powershell | Out-String | Invoke-Expression",
}


def completion_commands(program: str) -> tuple[Command, ...]:
    """Return the ``completion`` commands of a program, one for each shell."""
    return tuple(
        Command(
            shell,
            f"print the completion script for {shell}",
            long=f"Print the completion script for {shell}. Load it in every new session, with:\n\n  "
            + _SETUP[shell].format(program=program),
            example=_SETUP[shell].format(program=program),
            flags=(NO_DESCRIPTIONS,),
            run="regclient.cli.builtin:show_script",
        )
        for shell in SHELLS
    )


REGCTL_COMPLETION = completion_commands("regctl")
REGBOT_COMPLETION = completion_commands("regbot")


def show_script(call: Call) -> None:
    """Print the completion script of the shell the command is named after."""
    root, *_, command = call.flags.chain
    call.write(script(command.name, root.name, describe=not call.flags.switch("no-descriptions")))


def show_help(call: Call) -> None:
    """Print the help of the command named by the arguments."""
    root = call.flags.chain[0]
    chain, rest = find(root, call.args)
    if len(chain) == 1 and rest:
        topics = " ".join(f"`{word}`" for word in call.args)
        tell(call.streams.err, f"Unknown help topic [{topics}]\n{usage_text((root,))}")
        return
    call.write(help_text(chain))


def complete_help(parsed: Parsed, typed: str) -> list[str]:
    """Complete the words of a command for ``help``."""
    return [candidate for candidate in complete(parsed.chain[0], [*parsed.args, typed])[0] if not candidate.startswith("-")]
