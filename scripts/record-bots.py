"""Run the scripts of ``tests/programs/lua`` with the Go regbot, at its pinned version, and keep what it did.

Without arguments every file of scripts is run, else those named: ``record-bots.py reading``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.programs.bots import FOLDER, homes_of, play, save
from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION


def main() -> int:
    """Record the files asked for, and refuse to record any other version than the pinned one."""
    program = go_program("regbot")
    if program is None:
        print("record-bots: no Go regbot found; run `make peers` first", file=sys.stderr)
        return 1
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        print(f"record-bots: {program} is {version.strip()}, not {VERSION}", file=sys.stderr)
        return 1
    asked = sys.argv[1:]
    for path in sorted(FOLDER.glob("*.lua")):
        if asked and path.stem not in asked:
            continue
        played = {}
        for home in homes_of(path):
            with world() as (root, registry):
                played[home] = play(path.stem, home, root, registry, by_process(str(program)))
        save(path.stem, played)
        print(f"{path.stem}: {sum(len(found.told) for found in played.values())} scripts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
