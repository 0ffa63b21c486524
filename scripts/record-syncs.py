"""Play configurations with Go's regsync, at its pinned version, and keep what it did for the tests that run without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION
from tests.programs.syncs import play_sync, save_syncs, sync_scenarios


def main() -> int:
    """Record every scenario, and refuse to record any other version than the pinned one."""
    program = go_program("regsync")
    if program is None:
        print("record-syncs: no Go regsync found; run `make peers` first", file=sys.stderr)
        return 1
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        print(f"record-syncs: {program} is {version.strip()}, not {VERSION}", file=sys.stderr)
        return 1
    found = {}
    for scenario in sync_scenarios():
        with world() as (root, registry):
            found[scenario.name] = play_sync(scenario, root, registry, by_process(str(program)))
    save_syncs(f"github.com/regclient/regclient/cmd/regsync@{VERSION}", found)
    print(f"regsync: {sum(len(played.lines) for played in found.values())} lines in {len(found)} configurations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
