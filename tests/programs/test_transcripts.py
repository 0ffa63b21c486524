"""Our regctl does what the Go program did: same output, same exit code, same content left behind.

The recordings come from the Go program (``make record``); this replays them without it.
"""

from __future__ import annotations

import pytest

from tests.programs.ours import in_process
from tests.programs.places import world
from tests.programs.recording import VERSION, lines_of, load, program_of
from tests.programs.transcript import Scenario, all_scenarios, play

SCENARIOS = all_scenarios()
FILES = sorted({name for name, _ in SCENARIOS})


@pytest.mark.parametrize(
    ("name", "scenario"), SCENARIOS, ids=lambda value: value.name if isinstance(value, Scenario) else value
)
def test_regctl_does_what_the_go_program_did(name: str, scenario: Scenario) -> None:
    recorded = load(name)[scenario.name]
    with world() as (root, registry):
        results, state = play(scenario, root, registry, in_process)
        left_behind = sorted(root.rglob("*.tmp"))
    told = "".join(
        f"\n$ regctl {line.text}\n  go:   {expected.code} {expected.stdout!r}\n  ours: {actual.code} {actual.stdout!r}\n"
        f"  said: {actual.stderr!r}"
        for line, expected, actual in zip(scenario.lines, recorded.results, results, strict=True)
        if line.differs == ((expected.stdout, expected.code) == (actual.stdout, actual.code))
    )

    assert not told, told
    assert recorded.state == state
    assert [] == left_behind


@pytest.mark.parametrize("name", FILES)
def test_the_recordings_are_of_the_lines_as_they_are_now_and_name_their_program(name: str) -> None:
    current = {scenario.name: [line.text for line in scenario.lines] for file, scenario in SCENARIOS if file == name}

    assert current == lines_of(name)
    assert f"github.com/regclient/regclient/cmd/regctl@{VERSION}" == program_of(name)
