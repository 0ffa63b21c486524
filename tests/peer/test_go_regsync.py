"""Go's regsync and ours, live: the Go program still does what was recorded, and both read files and days alike.

Skipped, with the reason, where the Go program is missing or is another version than the one recorded.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from regclient.kit.schedule import InvalidSchedule, parse_schedule
from tests.programs.ours import sync_in_process
from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION
from tests.programs.syncs import SyncScenario, load_syncs, play_sync, sync_scenarios, told_of

pytestmark = pytest.mark.peer

SCENARIOS = sync_scenarios()
_, RECORDED = load_syncs()
TEXTS = ["abc", "'a: b'", "'- a'", "'yes'", "'~'", "'1.0'", "'22:30'", "'2001-01-01'", "'a\\b'", '"a\\nb"', '"a\\nb\\n"', "'é'"]
TEXTS += [
    "'{a}'",
    "'@x'",
    "'a:'",
    "''",
    "' x'",
    "'+1'",
    "'1_000'",
    "'.5'",
    "'0b11'",
    "'010'",
    '"x: y\\nz"',
    "'a''b'",
    "'--5'",
    "'='",
]


SCHEDULES = """\
* * * * *|*/15 * * * *|5/15 * * * *|0-59/7 1-5 * * *|0 0 1 jan sun|0 0 1 JAN-mar Mon-FRI|@daily|@DAILY
@every 1h|@every 1|@every -1h|@reboot|TZ=UTC * * * * *|CRON_TZ=Europe/Berlin 0 1 * * *|TZ=Nope * * * * *
CRON_TZ= * * * * *|TZ=Local * * * * *|60 * * * *|* 24 * * *|* * 0 * *|* * 32 * *|* * * 0 *|* * * 13 *
* * * * 8|* * * *|* * * * * *|1,2,,3 * * * *|1-2-3 * * * *|*/0 * * * *|*/a * * * *|5-3 * * * *|? ? ? ? ?
*,5 * * * *|*-5 * * * *|1/2/3 * * * *|01 02 03 04 05|+1 * * * *|-1 * * * *|@every  1h|0 0 L * *|0 0 * * 5L
0 0 * * MON#2|0 0 * january *|@yearly|@midnight|*/100 * * * *|0 0 * * */2|TZ=UTC @daily|CRON_TZ=UTC @every 5m
1- * * * *|-/2 * * * *|*/2,3 * * * *""".replace("\n", "|").split("|")


@pytest.fixture(scope="module")
def go() -> Path:
    program = go_program("regsync")
    if program is None:
        pytest.skip("Go's regsync is not installed (make peers)")
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        pytest.skip(f"{program} is {version.strip()}, and the recordings are of {VERSION}")
    return program


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_go_program_still_does_what_was_recorded_and_ours_does_the_same(go: Path, scenario: SyncScenario) -> None:
    recorded = RECORDED[scenario.name]
    for program in (by_process(str(go)), sync_in_process):
        with world() as (root, registry):
            played = play_sync(scenario, root, registry, program)
        ours = program is sync_in_process
        told = told_of(scenario, recorded, played) if ours else ""
        assert not told, told
        assert recorded.state == played.state
        if not ours:
            assert [(line.stdout, line.code) for line in recorded.results] == [
                (line.stdout, line.code) for line in played.results
            ]
            assert recorded.logs == played.logs


def test_text_is_shown_as_the_go_program_shows_it(go: Path, tmp_path: Path) -> None:
    steps = "".join(f"- {{source: {text}, target: {text}, tags: {{allow: [{text}]}}}}\n" for text in TEXTS)
    (tmp_path / "home").mkdir()
    words, content = ["config", "-c", "-"], f"sync:\n{steps}".encode()

    assert by_process(str(go))(words, content, tmp_path).stdout == sync_in_process(words, content, tmp_path).stdout


def test_schedules_are_read_as_the_go_program_reads_them(go: Path, tmp_path: Path) -> None:
    steps = "".join(f"- {{source: s{index}, type: none, schedule: '{text}'}}\n" for index, text in enumerate(SCHEDULES))
    (tmp_path / "sync.yml").write_text(f"sync:\n{steps}- {{source: last, type: none, schedule: '@daily'}}\n")
    command = [str(go), "server", "-c", str(tmp_path / "sync.yml"), "-v", "debug", "--logopt", "json"]
    refused = set[str]()
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={"HOME": str(tmp_path), "TZ": "UTC"}) as process:
        assert process.stderr is not None
        for line in process.stderr:
            record = json.loads(line)
            if record["msg"] == "Failed to schedule cron":
                refused.add(record["source"])
            if record.get("source") == "last":
                break
        process.kill()
    assert [text for index, text in enumerate(SCHEDULES) if f"s{index}" in refused] == [
        text for text in SCHEDULES if is_none(text)
    ]


def is_none(text: str) -> bool:
    try:
        parse_schedule(text)
    except InvalidSchedule:
        return True
    return False
