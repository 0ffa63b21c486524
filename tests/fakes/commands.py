"""A small program's command table, shaped like the real ones, for tests of the grammar and what is made from it."""

from __future__ import annotations

from regclient.kit.flags.grammar import Parsed
from regclient.kit.flags.table import Command, Flag


def places(parsed: Parsed, typed: str) -> list[str]:
    """Complete an argument with places, told by what was typed so far."""
    return [f"{typed}moon\tthe near one", f"{len(parsed.args)}-mars"]


def even(text: str) -> object:
    """Accept even numbers only, as a flag with a parser of its own does."""
    if int(text) % 2:
        raise ValueError("odd")
    return int(text)


MANY = (Flag("fast", "bool", "Quickly"), Flag("slow", "bool", "At leisure"))
FLY = Command(
    "fly",
    "go somewhere",
    usage="<from> <to>",
    long="Go somewhere by ship.\nTakes a while.",
    example="# to the moon\nship trip fly earth moon",
    aliases=("go", "travel"),
    args=(2, 2),
    flags=(
        Flag("crew", "stringArray", "Who comes along"),
        Flag("dry-run", "bool", "Only say so", short="n"),
        Flag("even", "string", "An even number", parse=even),
        Flag("fuel", "int", "How much fuel", default="3"),
        Flag("heat", "float64", "How warm"),
        Flag("planet", "string", "Where to", short="p", default="moon", values=("moon", "mars")),
        Flag("seats", "uint", "How many seats"),
        Flag("secret", "string", "Not for everyone", hidden=True),
        Flag("via", "string", "By way of", complete="tests.fakes.commands:places"),
    ),
    run="tests.fakes.commands:places",
    complete="tests.fakes.commands:places",
)
LAND = Command("land", "come down", args=(0, 1), run="tests.fakes.commands:places", files=True)
PARK = Command("park", "stay", args=(1, None), hidden=True, run="tests.fakes.commands:places")
TRIP = (LAND, FLY, PARK)
ROOT = Command(
    "ship",
    "flies ships",
    long="Flies ships about.",
    persistent=(
        Flag("verbosity", "string", "How chatty", short="v", default="WARN"),
        Flag("log", "stringArray", "Log options"),
    ),
    children=(
        Command("trip", "manage trips", aliases=("journey",), children="tests.fakes.commands:TRIP"),
        Command("version", "show the version", run="tests.fakes.commands:places"),
    ),
)
