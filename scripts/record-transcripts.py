"""Play transcripts with the Go program, at its pinned version, and keep what it did for the tests that run without it.

Without arguments every file of lines is played, else those named: ``record-transcripts.py read write``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION, Recording, save
from tests.programs.transcript import HERE, play, read_scenarios


def main() -> int:
    """Record the files of lines asked for, and refuse to record any other version than the pinned one."""
    program = go_program("regctl")
    if program is None:
        print("record-transcripts: no Go regctl found; run `make peers` first", file=sys.stderr)
        return 1
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        print(f"record-transcripts: {program} is {version.strip()}, not {VERSION}", file=sys.stderr)
        return 1
    asked = sys.argv[1:]
    for path in sorted((HERE / "lines").glob("*.txt")):
        if asked and path.stem not in asked:
            continue
        recordings = {}
        for scenario in read_scenarios(path):
            with world() as (root, registry):
                results, state = play(scenario, root, registry, by_process(str(program)))
            recordings[scenario.name] = ([line.text for line in scenario.lines], Recording(tuple(results), state))
        save(path.stem, f"github.com/regclient/regclient/cmd/regctl@{VERSION}", recordings)
        print(f"{path.stem}: {sum(len(lines) for lines, _ in recordings.values())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
