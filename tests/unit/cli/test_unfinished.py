from __future__ import annotations

from regclient.cli.unfinished import program
from tests.fakes.console import Console

ship = Console(program("ship", "flies ships", {"fly": "go somewhere"}))


def test_a_missing_command_says_so_and_fails() -> None:
    assert (1, "", "ship fly is not built yet in this version; regctl is\n") == ship("fly", "to", "the", "moon")


def test_version_and_help_work() -> None:
    assert 0 == ship("version").code
    assert "  fly         go somewhere (not built yet)\n" in ship("--help").out
