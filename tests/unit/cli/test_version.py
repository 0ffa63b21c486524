from __future__ import annotations

import sys

from regclient.cli.version import facts, pretty, version_command
from regclient.regctl.app import ROOT
from regclient.version import __version__
from tests.claims import claims
from tests.fakes.console import Console

regctl = Console(ROOT)


def test_the_version_is_laid_out_in_two_columns() -> None:
    ended = regctl("version")

    assert (0, "") == (ended.code, ended.err)
    assert f"VCSTag:     v{__version__}\nVCSRef:     unknown\n" == "".join(ended.out.splitlines(keepends=True)[:2])
    assert pretty(facts()) == ended.out


@claims("regctl version --format")
def test_a_template_picks_from_the_version() -> None:
    assert f"v{__version__}" == regctl("version", "--format", "{{.VCSTag}}").out
    assert regctl("version").out == regctl("version", "--format", "{{printPretty .}}").out != ""
    assert regctl("version", "--format", "{{json .}}").out.startswith(f'{{"goVersion":"python{sys.version.split()[0]}",')


def test_the_version_takes_no_arguments() -> None:
    assert (1, "", "accepts 0 arg(s), received 1\nusage: regctl version [flags]\n") == regctl("version", "x")


def test_each_program_shows_how_to_ask_it() -> None:
    assert "ship version --format" in version_command("ship").example
