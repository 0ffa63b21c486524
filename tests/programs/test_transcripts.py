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
REF_NAME = "org.opencontainers.image.ref.name"
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
    assert scenario.differs == (comparable(name, recorded.state) != comparable(name, state))
    assert [] == left_behind


def comparable(name: str, state: dict[str, object]) -> dict[str, object]:
    """Leave out what the Go program lists twice: an import stores the image under its digest too, where no tag frees it."""
    return {key: tidied(value) for key, value in state.items()} if name in {"archive", "work"} else state


def tidied(found: object) -> object:
    if not isinstance(found, dict) or "index" not in found:
        return found
    tagged = {entry.get("digest") for entry in found["index"] if REF_NAME in entry["annotations"]}
    kept = [entry for entry in found["index"] if REF_NAME in entry["annotations"] or entry.get("digest") not in tagged]
    return {**found, "index": kept}


@pytest.mark.parametrize("name", FILES)
def test_the_recordings_are_of_the_lines_as_they_are_now_and_name_their_program(name: str) -> None:
    current = {scenario.name: [line.text for line in scenario.lines] for file, scenario in SCENARIOS if file == name}

    assert current == lines_of(name)
    assert f"github.com/regclient/regclient/cmd/regctl@{VERSION}" == program_of(name)
