"""Our regsync does what the Go program did: same decisions, same log fields, same exit code, same content left behind.

The recordings come from the Go program (``make record``); this replays them without it.
"""

from __future__ import annotations

import pytest

from tests.programs.ours import sync_in_process
from tests.programs.places import world
from tests.programs.recording import VERSION
from tests.programs.syncs import SyncScenario, load_syncs, play_sync, sync_scenarios, told_of

SCENARIOS = sync_scenarios()
PROGRAM, RECORDED = load_syncs()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_regsync_does_what_the_go_program_did(scenario: SyncScenario) -> None:
    recorded = RECORDED[scenario.name]
    with world() as (root, registry):
        played = play_sync(scenario, root, registry, sync_in_process)
        left_behind = sorted(root.rglob("*.tmp"))
    told = told_of(scenario, recorded, played)

    assert not told, told
    assert recorded.state == played.state
    assert [] == left_behind


def test_the_recordings_are_of_the_scenarios_as_they_are_now_and_name_their_program() -> None:
    current = {scenario.name: (scenario.config, [line.text for line in scenario.lines]) for scenario in SCENARIOS}

    assert current == {name: (recorded.config, list(recorded.lines)) for name, recorded in RECORDED.items()}
    assert f"github.com/regclient/regclient/cmd/regsync@{VERSION}" == PROGRAM
    assert len(SCENARIOS) > 60
