from __future__ import annotations

from regclient.regbot.app import ROOT
from tests.fakes.console import Console

regbot = Console(ROOT)


def test_a_command_says_that_it_is_missing() -> None:
    assert (1, "", "regbot once is not built yet in this version; regctl is\n") == regbot("once")


def test_the_version_is_that_of_the_package() -> None:
    assert regbot("version").out.startswith("VCSTag:     v")
