"""The reference pages say what the help says: both come from the command tables."""

from __future__ import annotations

from regclient.kit.flags.document import markdown, walk
from regclient.kit.flags.table import Command, Flag, path_of
from regclient.regbot.app import ROOT as REGBOT
from regclient.regctl.app import ROOT as REGCTL
from regclient.regsync.app import ROOT as REGSYNC
from scripts import regsync_config
from tests.house.source import ROOT

PROGRAMS = (REGBOT, REGCTL, REGSYNC)


def flags_of(command: Command) -> list[Flag]:
    return [*command.flags, *command.persistent]


def chains_of(*, hidden: bool) -> list[tuple[Command, ...]]:
    return [chain for program in PROGRAMS for chain in walk(program, hidden=hidden)]


def test_the_reference_pages_are_those_made_from_the_tables() -> None:
    for program in PROGRAMS:
        page = (ROOT / "docs" / "reference" / f"{program.name}.md").read_text(encoding="utf-8")

        assert page.startswith(markdown(program)), "run: make docs"


def test_the_page_and_the_schema_of_regsyncs_file_are_those_made_from_its_tables() -> None:
    for name, made in (("regsync-config.md", regsync_config.page()), ("regsync.schema.json", regsync_config.schema())):
        assert made == (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8"), "run: make docs"


def test_every_command_and_flag_says_what_it_is_for() -> None:
    chains = chains_of(hidden=True)
    silent = [path_of(chain) for chain in chains if not chain[-1].short]
    silent += [f"{path_of(chain)} --{flag.name}" for chain in chains for flag in flags_of(chain[-1]) if not flag.help]

    assert [] == silent


def test_every_command_that_is_not_a_group_does_something() -> None:
    chains = chains_of(hidden=True)

    assert [] == [path_of(chain) for chain in chains if chain[-1].is_group == bool(chain[-1].run)]


def test_no_two_flags_of_a_command_share_a_name_or_a_letter() -> None:
    for chain in chains_of(hidden=True):
        flags = [flag for command in chain for flag in command.persistent] + list(chain[-1].flags)
        names = ["help", *(flag.name for flag in flags)]
        letters = ["h", *(flag.short for flag in flags if flag.short)]

        assert len(names) == len(set(names)), path_of(chain)
        assert len(letters) == len(set(letters)), path_of(chain)
