"""The commands of regbot."""

from __future__ import annotations

from regclient.kit.flags.document import walk
from regclient.kit.flags.table import path_of
from regclient.regbot.app import ROOT
from tests.claims import claims
from tests.fakes.console import Console

regbot = Console(ROOT)


def test_the_commands_are_those_of_the_go_program() -> None:
    names = [path_of(chain) for chain in walk(ROOT, hidden=True)]

    assert {"regbot cli-doc", "regbot help", "regbot once", "regbot server", "regbot version"} <= set(names)
    assert "regbot completion bash" in names


@claims("regbot version --format")
def test_the_version_is_that_of_the_package() -> None:
    assert regbot("version").out.startswith("VCSTag:     v")
    assert regbot("version", "--format", "{{.VCSTag}}").out.startswith("v")


@claims("regbot cli-doc --format", "regbot cli-doc --hidden", "regbot cli-doc --list")
def test_the_commands_document_themselves() -> None:
    assert "regbot once\n" in regbot("cli-doc", "--list").out
    assert "regbot cli-doc\n" not in regbot("cli-doc", "--list").out
    assert "regbot cli-doc\n" in regbot("cli-doc", "--list", "--hidden").out
    assert "once" == regbot("cli-doc", "once", "--format", "{{.Name}}").out.strip()
    assert "--allow-io" in regbot("cli-doc", "once").out


def test_help_says_what_there_is() -> None:
    assert "Run every script of the file once" in regbot("once", "--help").out
    assert "run scripts on their schedules" in regbot("help").out


@claims(
    "regbot completion bash --no-descriptions",
    "regbot completion zsh --no-descriptions",
    "regbot completion fish --no-descriptions",
    "regbot completion powershell --no-descriptions",
)
def test_completion_scripts_are_for_this_program() -> None:
    for shell in ("bash", "zsh", "fish", "powershell"):
        described, bare = regbot("completion", shell).out, regbot("completion", shell, "--no-descriptions").out
        assert "regbot" in described
        assert described != bare
