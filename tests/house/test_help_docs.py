"""The reference pages say what the help says: both come from the command tables."""

from __future__ import annotations

from regclient.kit.flags.document import markdown, walk
from regclient.kit.flags.table import Command, Flag, path_of
from regclient.regctl.app import ROOT as REGCTL
from tests.house.source import ROOT


def flags_of(command: Command) -> list[Flag]:
    return [*command.flags, *command.persistent]


def test_the_reference_page_is_the_one_made_from_the_tables() -> None:
    page = (ROOT / "docs" / "reference" / "regctl.md").read_text(encoding="utf-8")

    assert markdown(REGCTL) == page, "run: make docs"


def test_every_command_and_flag_says_what_it_is_for() -> None:
    chains = list(walk(REGCTL, hidden=True))
    silent = [path_of(chain) for chain in chains if not chain[-1].short]
    silent += [f"{path_of(chain)} --{flag.name}" for chain in chains for flag in flags_of(chain[-1]) if not flag.help]

    assert [] == silent


def test_every_command_that_is_not_a_group_does_something() -> None:
    chains = list(walk(REGCTL, hidden=True))

    assert [] == [path_of(chain) for chain in chains if chain[-1].is_group == bool(chain[-1].run)]


def test_no_two_flags_of_a_command_share_a_name_or_a_letter() -> None:
    for chain in walk(REGCTL, hidden=True):
        flags = [flag for command in chain for flag in command.persistent] + list(chain[-1].flags)
        names = ["help", *(flag.name for flag in flags)]
        letters = ["h", *(flag.short for flag in flags if flag.short)]

        assert len(names) == len(set(names)), path_of(chain)
        assert len(letters) == len(set(letters)), path_of(chain)
