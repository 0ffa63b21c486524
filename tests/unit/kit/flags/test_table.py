from __future__ import annotations

import pytest

from regclient.kit.flags.table import Command, Flag, find_flags, help_flag, load, load_commands, load_flags, path_of
from tests.fakes.commands import FLY, LAND, MANY, PARK, ROOT, TRIP, places


def test_a_group_loads_its_commands_when_it_is_entered() -> None:
    group = Command("trip", "manage trips", children="tests.fakes.commands:TRIP")

    assert group.is_group
    assert TRIP == group.children
    assert FLY is group.child("travel")
    assert group.child("nothing") is None


def test_hidden_commands_are_found_but_not_listed() -> None:
    group = Command("trip", "manage trips", children=TRIP)

    assert PARK is group.child("park")
    assert [FLY, LAND] == group.listed()


def test_a_name_that_holds_no_table_is_a_mistake() -> None:
    assert places is load("tests.fakes.commands:places")
    with pytest.raises(TypeError, match="not a table"):
        load_commands("tests.fakes.commands:places")
    with pytest.raises(TypeError, match="not a table"):
        load_flags("tests.fakes.commands:places")


def test_flags_that_are_named_are_loaded_when_they_are_asked_for() -> None:
    command = Command("fly", "go somewhere", flags="tests.fakes.commands:MANY", run="tests.fakes.commands:places")

    assert MANY is command.flags
    assert ["fast", "slow"] == [flag.name for flag in find_flags((command,))]


def test_flags_of_a_command_are_its_own_and_those_it_inherits() -> None:
    chain = (ROOT, ROOT.children[0], FLY)

    names = [flag.name for flag in find_flags(chain)]

    assert names[0] == "crew"
    assert ["verbosity", "log"] == names[-2:]
    assert "ship trip fly" == path_of(chain)


def test_a_flag_says_how_it_behaves() -> None:
    assert Flag("x", "stringArray", "").repeats
    assert Flag("x", "bool", "").alone
    assert "-h, --help" == help_flag(FLY).spelled
    assert "--x" == Flag("x", "string", "").spelled
    assert ("uint", "thing") == (Flag("x", "uint", "").shown, Flag("x", "uint", "", shown="thing").shown)
    assert "9" == Flag("x", "int", "", default="1", shown_default="9").shown_default
