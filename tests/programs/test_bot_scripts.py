"""Our regbot does with scripts what the Go program did: same output, same log, same exit code, same content left behind.

The recordings come from the Go program (``make record``); this replays them without it.
"""

from __future__ import annotations

import pytest

from regclient.regbot.app import ROOT
from tests.programs.bots import Bot, Played, bots_of, files, load, play
from tests.programs.ours import runner
from tests.programs.places import world


@pytest.mark.slow
@pytest.mark.parametrize(("name", "home"), files(), ids=lambda value: value or "once")
def test_regbot_does_what_the_go_program_did(name: str, home: str) -> None:
    bots, recorded = load(name, home)
    with world() as (root, registry):
        played = play(name, home, root, registry, runner(ROOT))
        left_behind = sorted(root.rglob("*.tmp"))

    current = bots_of(name, home)
    assert [(bot.name, bot.text) for bot in bots] == [(bot.name, bot.text) for bot in current], "run: make record"
    told = "".join(difference(bot, recorded, played) for bot in current)
    assert not told, told
    assert name == "differs" or (recorded.code, recorded.state) == (played.code, played.state)
    assert [] == left_behind


def difference(bot: Bot, recorded: Played, played: Played) -> str:
    """Say how a script did something else than it should: what the Go program did, or for one that differs, not that."""
    go, ours = recorded.told[bot.name], played.told[bot.name]
    if (go == ours) != bot.differs:
        return ""
    return f"\n--== {bot.name}\n{bot.text}\n  go:   {go}\n  ours: {ours}\n"
