from __future__ import annotations

from regclient.kit.flags.help import help_text, usage_line
from regclient.kit.flags.table import Command, Flag
from tests.fakes.commands import FLY, ROOT

FLY_HELP = """\
Go somewhere by ship.
Takes a while.

Usage:
  ship trip fly <from> <to> [flags]

Aliases:
  fly, go, travel

Examples:

# to the moon
ship trip fly earth moon

Flags:
      --crew stringArray   Who comes along
  -n, --dry-run            Only say so
      --even string        An even number
      --fuel int           How much fuel (default 3)
      --heat float         How warm
  -h, --help               help for fly
  -p, --planet string      Where to (default "moon")
      --seats uint         How many seats
      --via string         By way of

Global Flags:
      --log stringArray    Log options
  -v, --verbosity string   How chatty (default "WARN")
"""
TRIP_HELP = """\
manage trips

Usage:
  ship trip [command]

Aliases:
  trip, journey

Available Commands:
  fly         go somewhere
  land        come down

Flags:
  -h, --help   help for trip

Global Flags:
      --log stringArray    Log options
  -v, --verbosity string   How chatty (default "WARN")

Use "ship trip [command] --help" for more information about a command.
"""


def test_the_help_of_a_command_is_laid_out_as_cobra_does() -> None:
    assert FLY_HELP == help_text((ROOT, ROOT.children[0], FLY))


def test_the_help_of_a_group_lists_its_commands() -> None:
    assert TRIP_HELP == help_text((ROOT, ROOT.children[0]))


def test_a_command_without_flags_says_nothing_of_them_in_its_usage() -> None:
    assert "ship version" == usage_line((ROOT, ROOT.children[1]))


def test_a_default_that_says_nothing_is_not_shown() -> None:
    command = Command("x", "does x", flags=(Flag("a", "bool", "A", shown_default="true"), Flag("b", "int", "B", default="0")))

    text = help_text((command,))

    assert "--a       A (default true)\n" in text
    assert "--b int   B\n" in text
