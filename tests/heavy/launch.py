"""Programs started to be weighed, by a small process: until it begins, a child weighs what its parent does, and pytest grows.

Run as a program, it is that small process: it imports next to nothing, starts the command it is given, and prints what the
system accounted for it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Usage(NamedTuple):
    """How a command ended, and the most memory it held (bytes)."""

    code: int
    memory: int


def weighed(words: Sequence[str]) -> Usage:
    """Run a command to its end, nothing of its output seen."""
    import subprocess

    small = [sys.executable, "-I", "-S", __file__, *words]
    told = subprocess.run(small, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return Usage(*json.loads(told.stdout))


def main(words: list[str]) -> None:
    """Run a command, and print how it ended and what it took."""
    silent = os.open(os.devnull, os.O_RDWR)
    child = os.posix_spawn(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)])
    _, status, usage = os.wait4(child, 0)
    sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024]))


if __name__ == "__main__":
    main(sys.argv[1:])
