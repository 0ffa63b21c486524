"""Recordings of a Go program: what it printed, how it ended, and what it left behind, for every line of every scenario.

They are written by ``make record`` alone, from the one version each file names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.programs.transcript import Result

FOLDER = Path(__file__).parent / "recorded"
VERSION = "v0.11.5"


@dataclass(frozen=True)
class Recording:
    """What the Go program did in one scenario."""

    results: tuple[Result, ...]
    state: dict[str, object]


def load(name: str) -> dict[str, Recording]:
    """Read the recordings of one file of lines, by scenario."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return {scenario: _read(value) for scenario, value in document["scenarios"].items()}


def save(name: str, program: str, recordings: dict[str, tuple[list[str], Recording]]) -> None:
    """Write the recordings of one file of lines, naming the program and its version, each with the lines it was given."""
    scenarios = {scenario: _written(lines, recording) for scenario, (lines, recording) in recordings.items()}
    text = json.dumps({"program": program, "scenarios": scenarios}, indent=1, ensure_ascii=True)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def lines_of(name: str) -> dict[str, list[str]]:
    """Return the lines each scenario was recorded with: a changed line needs a new recording."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return {scenario: [entry["line"] for entry in value["lines"]] for scenario, value in document["scenarios"].items()}


def program_of(name: str) -> str:
    """Return the program a file of recordings names."""
    return str(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["program"])


def _read(value: dict[str, object]) -> Recording:
    lines, state = value["lines"], value["state"]
    assert isinstance(lines, list)
    assert isinstance(state, dict)
    results = tuple(Result(entry["stdout"].encode("utf-8", "surrogateescape"), entry["code"]) for entry in lines)
    return Recording(results, state)


def _written(lines: list[str], recording: Recording) -> dict[str, object]:
    entries = [
        {"line": line, "stdout": result.stdout.decode("utf-8", "surrogateescape"), "code": result.code}
        for line, result in zip(lines, recording.results, strict=True)
    ]
    return {"lines": entries, "state": recording.state}
