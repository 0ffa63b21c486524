"""Measuring one command: how long it took, how much of the processors, and how much memory at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """What one run took.

    ``servers`` are the processor seconds of the registries and proxies meanwhile, ``proxies`` the most of them that one proxy
    took, which cannot use more than one processor.
    """

    wall: float
    processor: float
    memory: int
    servers: float = 0.0
    proxies: float = 0.0


class Failed(Exception):
    """A measured command did not end well."""


class Starter:
    """The small process that starts the measured ones."""

    def __init__(self, output: Path) -> None:
        self._output = output
        words = [sys.executable, "-I", "-S", str(Path(__file__).with_name("starter.py"))]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""
        self._process.communicate()

    def run(self, words: Sequence[str], environment: Mapping[str, str], directory: Path) -> Sample:
        """Run a command.

        Raises:
            Failed: with its last words.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"words": words, "environment": environment, "directory": str(directory), "output": str(self._output)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        if found["code"]:
            said = "it was ended, for it took too long" if found["late"] else self._output.read_text(errors="replace")[-600:]
            raise Failed(f"{Path(words[0]).name} {' '.join(words[1:8])[:200]} ended with {found['code']}: {said}")
        return Sample(found["wall"], found["processor"], found["memory"])


def processor_of(processes: Iterable[int]) -> list[float]:
    """Return the processor seconds that each process has used so far."""
    seconds = []
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        seconds.append((int(fields[11]) + int(fields[12])) / TICKS)
    return seconds
