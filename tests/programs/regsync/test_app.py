"""The table of regsync's commands."""

from __future__ import annotations

from regclient.regsync.app import ROOT
from tests.fakes.console import Console

regsync = Console(ROOT)


def test_the_commands_are_those_of_the_go_program_and_schema() -> None:
    found = regsync("cli-doc", "--list").out.splitlines()
    shells = [f"regsync completion {shell}" for shell in ("bash", "fish", "powershell", "zsh")]
    commands = [f"regsync {name}" for name in ("check", "completion", "config", "help", "once", "schema", "server", "version")]
    assert sorted(found) == sorted(["regsync", *shells, *commands])


def test_what_is_wrong_with_a_line_is_told_in_cobras_words() -> None:
    assert regsync("once") == (1, "", 'required flag(s) "config" not set\n')
    assert regsync("once", "-c", "x", "y").err.startswith("accepts 0 arg(s), received 1\n")
    assert regsync("once", "-v", "foo").err.startswith("unable to parse verbosity foo: slog: level string")
    assert regsync("check", "--missing").err == "unknown flag: --missing\n"
    assert regsync("nothing").err.startswith('unknown command "nothing" for "regsync"')
    assert (regsync().code, regsync().out.splitlines()[0]) == (0, ROOT.long.splitlines()[0])


def test_flags_may_stand_before_the_command() -> None:
    assert regsync("-c", "-", "config", stdin=b"").code == 0


def test_the_version_is_that_of_the_package() -> None:
    assert regsync("version").out.startswith("VCSTag:     v")


def test_completion_knows_the_program() -> None:
    assert "regsync" in regsync("completion", "bash").out
    assert "once\t" in regsync("__complete", "on").out
