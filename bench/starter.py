"""A small process that starts the measured ones: what it weighs itself would count as theirs, so it imports next to nothing.

One line of JSON comes in (words, environment, directory), one goes out (code, wall seconds, processor seconds, peak of memory).
"""

import json
import os
import signal
import sys
import time

LONGEST = 90
"""Seconds after which a command is ended: one that hangs must not keep the others from being measured."""


def main() -> None:
    """Run commands until the input ends."""
    for line in sys.stdin:
        wanted = json.loads(line)
        sys.stdout.write(json.dumps(run(wanted["words"], wanted["environment"], wanted["directory"], wanted["output"])) + "\n")
        sys.stdout.flush()


def run(words: list[str], environment: dict[str, str], directory: str, output: str) -> dict[str, float]:
    """Run one command to its end."""
    start = time.perf_counter()
    child = os.fork()
    if not child:
        try:
            into = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            for target in (1, 2):
                os.dup2(into, target)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.chdir(directory)
            os.execve(words[0], words, environment)  # noqa: S606
        finally:
            os._exit(127)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(LONGEST)
    _, status, usage = os.wait4(child, 0)
    signal.alarm(0)
    wall = time.perf_counter() - start
    return {
        "late": wall >= LONGEST,
        "code": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "processor": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
    }


if __name__ == "__main__":
    main()
