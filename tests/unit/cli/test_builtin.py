from __future__ import annotations

from regclient.cli.builtin import completion_commands
from regclient.kit.flags.help import help_text
from regclient.kit.flags.shells import SHELLS, script
from regclient.regctl.app import ROOT
from tests.claims import claims
from tests.fakes.console import Console
from tests.tables import table

regctl = Console(ROOT)


@table("shell", SHELLS)
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    assert (0, script(shell, "regctl"), "") == regctl("completion", shell)


@claims(
    "regctl completion bash --no-descriptions",
    "regctl completion fish --no-descriptions",
    "regctl completion powershell --no-descriptions",
    "regctl completion zsh --no-descriptions",
)
@table("shell", SHELLS)
def test_descriptions_can_be_left_out(shell: str) -> None:
    assert script(shell, "regctl", describe=False) == regctl("completion", shell, "--no-descriptions").out
    assert regctl("completion", shell).out != regctl("completion", shell, "--no-descriptions").out


def test_each_shell_has_a_command_that_says_how_to_load_its_script() -> None:
    commands = completion_commands("ship")

    assert list(SHELLS) == [command.name for command in commands]
    assert all("ship completion" in command.long for command in commands)


def test_help_of_a_command_is_what_its_flag_prints() -> None:
    version = ROOT.child("version")
    assert version is not None

    assert (0, help_text((ROOT, version)), "") == regctl("help", "version")
    assert regctl("version", "--help") == regctl("help", "version")
    assert regctl("--help").out == regctl("help").out


def test_an_unknown_topic_is_named_beside_the_usage() -> None:
    ended = regctl("help", "bogus")

    assert (0, "") == (ended.code, ended.out)
    assert ended.err.startswith("Unknown help topic [`bogus`]\nUsage:\n  regctl [command]\n")


def test_help_is_completed_with_commands() -> None:
    ended = regctl("__complete", "help", "ver")

    assert "version\tshow the version\n:4\n" == ended.out
    assert "bash" in regctl("__completeNoDesc", "help", "completion", "").out.split()
