"""Configurations of regsync as data: read them, play them in a fresh world, and say what the log told and what stayed behind.

The records of the log are compared by what Go's regsync and ours both write: level, message, fields and their values, but for
the words of errors, times, and the order, which threads decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tests.programs.recording import FOLDER
from tests.programs.transcript import HERE, Line, Program, Result, fill, normal, snapshot
from tests.programs.world import INDEX, Json, Layout, artifact, fallback_of, image, on

CONFIGS = HERE / "configs"
CREDS = 'creds: [{registry: "{reg}", tls: disabled}]'
COMPARED = frozenset(
    """\
Failed parsing source|Failed parsing target|Failed getting source tags|Failed processing tag filters|No matching tags found
Failed getting target tags|Failed to sync|Error closing ref|Failed to lookup source manifest|Image matches|target exists
Skipping unsupported media type|Image matches for platform|Image refreshing|Image sync needed|rate limit check failed
Delaying for rate limit|Rate limit passed|Failed to expand backup template|Failed to parse backup reference|Saving backup
Failed to backup existing image|failed to parse referrer source reference|failed to parse referrer target reference
Image sync running|Failed to copy image|Could not parse platform|Failed to get source manifest
Platform could not be found in source manifest list|Failed to list source repositories|Failed processing repo filters
Type not recognized, must be one of: registry, repository, or image|Configuring parallel settings""".replace("\n", "|").split(
        "|"
    )
)
"""The messages both programs write; Go also tells of requests and blobs, ours of totals."""
REF_NAME = "org.opencontainers.image.ref.name"
MASKED = {"error", "err", "step"}


@dataclass(frozen=True)
class SyncScenario:
    """Commands that are played with one configuration in one world, in order."""

    name: str
    lines: tuple[Line, ...]
    config: str


def sync_scenarios(name: str = "regsync") -> list[SyncScenario]:
    """Read the scenarios of one file."""
    scenarios = []
    for block in re.split(r"^== ", (CONFIGS / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, *rest = block.splitlines()
        count = sum(text[:2] in {"$ ", "! "} for text in rest)
        lines = tuple(Line(text[2:].strip(), text[0] == "!") for text in rest[:count])
        scenarios.append(
            SyncScenario(title.strip(), lines, "\n".join(rest[count:]).strip("\n").replace("{creds}", CREDS) + "\n")
        )
    return scenarios


@dataclass(frozen=True)
class Played:
    """What a program did with a configuration: for each command its result and its log, and what changed around it."""

    config: str
    lines: tuple[str, ...]
    results: tuple[Result, ...]
    logs: tuple[tuple[str, ...], ...]
    state: dict[str, object]


def play_sync(scenario: SyncScenario, root: Path, registry: str, program: Program) -> Played:
    """Play a scenario in the world below ``root``."""
    names = {**json.loads((root / "names").read_text()), "dir": str(root), "reg": registry}
    (root / "sync.yml").write_text(fill(scenario.config, names))
    if "library/postgres" in scenario.config:
        write_companies(root / "registry")
    before = snapshot(root)
    results, logs = [], []
    for line in scenario.lines:
        words = [*line.words(names), "-c", "sync.yml", "-v", "debug", "--logopt", "json"]
        found = program(words, b"", root)
        results.append(Result(normal(found.stdout, names), found.code, found.stderr))
        logs.append(records(normal(found.stderr, names).decode("utf-8", "surrogateescape").splitlines()))
    after = {name: found for name, found in snapshot(root).items() if found != before.get(name)}
    state = {name: as_served(found) for name, found in after.items()}
    return Played(scenario.config, tuple(line.text for line in scenario.lines), tuple(results), tuple(logs), state)


def write_companies(registry: Path) -> None:
    """Write the repositories that the example of the reference names, and a mirror of one tag that is out of step."""
    hub = Layout(registry / "library" / "postgres")
    for tag in ("latest", "13.9", "14.1", "14.1-alpine", "15", "16.2", "17.0"):
        hub.tag(tag, image(hub, "amd64", tag, annotations={"release": tag}))
    api = Layout(registry / "acme" / "api")
    stable = image(api, "amd64", "stable")
    api.tag("stable", stable)
    sbom = artifact(api, "spdx", stable, "application/spdx+json", "parts")
    signed = artifact(api, "signed", stable, "application/example.other", "signed", **{"org.acme.signed": "yes"})
    fallback_of(api, stable, (sbom, "application/spdx+json"), (signed, "application/example.other"))
    api.tag(str(stable["digest"]).replace(":", "-") + ".sig", artifact(api, "cosign", None, "application/example.sig", "sig"))
    agent = Layout(registry / "acme" / "agent")
    entries = [on(f"linux/{name}", image(agent, name, name)) for name in ("amd64", "arm64")]
    agent.tag("v3", agent.document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}))
    others = [Layout(registry / name) for name in ("team-a/one", "team-a/scratch", "shared/two", "other/three")]
    for layout in others:
        for tag in ("v1", "v2-rc1", "v2-dev"):
            layout.tag(tag, image(layout, "amd64", tag, annotations={"of": tag}))
    mirrored = Layout(registry / "hub" / "library" / "postgres")
    mirrored.tag("15", image(mirrored, "amd64", "old", annotations={"release": "older"}))
    for layout in (hub, api, agent, *others, mirrored):
        layout.finish()


def told_of(scenario: SyncScenario, expected: Played, actual: Played) -> str:
    """Say where two programs did not do the same, or did where they should not; nothing when all is well."""
    told = []
    for index, line in enumerate(scenario.lines):
        theirs, ours = expected.results[index], actual.results[index]
        same = (theirs.stdout, theirs.code, expected.logs[index]) == (ours.stdout, ours.code, actual.logs[index])
        if same == line.differs:
            told.append(
                f"\n$ regsync {line.text}\n  go:   {theirs.code} {theirs.stdout!r}\n  ours: {ours.code} {ours.stdout!r}"
            )
            told += [f"  go:   {record}" for record in expected.logs[index] if record not in actual.logs[index]]
            told += [f"  ours: {record}" for record in actual.logs[index] if record not in expected.logs[index]]
            told.append(f"  said: {ours.stderr!r}")
    return "\n".join(told)


def save_syncs(program: str, found: dict[str, Played]) -> None:
    """Write the recordings, naming the program and its version."""
    scenarios = {name: _written(played) for name, played in found.items()}
    text = json.dumps({"program": program, "scenarios": scenarios}, indent=1, ensure_ascii=True)
    (FOLDER / "regsync.json").write_text(text + "\n", encoding="utf-8")


def load_syncs() -> tuple[str, dict[str, Played]]:
    """Read the recordings, and which program they are of."""
    document = json.loads((FOLDER / "regsync.json").read_text(encoding="utf-8"))
    return document["program"], {name: _read(value) for name, value in document["scenarios"].items()}


def _written(played: Played) -> dict[str, object]:
    lines = [
        {"line": line, "code": result.code, "stdout": result.stdout.decode("utf-8", "surrogateescape"), "log": list(log)}
        for line, result, log in zip(played.lines, played.results, played.logs, strict=True)
    ]
    return {"config": played.config, "lines": lines, "state": played.state}


def _read(value: Json) -> Played:
    lines = cast("list[dict[str, Any]]", value["lines"])
    return Played(
        str(value["config"]),
        tuple(entry["line"] for entry in lines),
        tuple(Result(entry["stdout"].encode("utf-8", "surrogateescape"), entry["code"]) for entry in lines),
        tuple(tuple(entry["log"]) for entry in lines),
        cast("dict[str, object]", value["state"]),
    )


def as_served(found: object) -> object:
    """Leave out of a layout's index what its registry cannot tell apart: the digest of a manifest that has a tag as well.

    The Go program pushes an image of an index again by its digest where ours knows that the repository has it.
    """
    if not isinstance(found, dict) or "index" not in found:
        return found
    tagged = {entry.get("digest") for entry in found["index"] if REF_NAME in entry["annotations"]}
    kept = [entry for entry in found["index"] if REF_NAME in entry["annotations"] or entry.get("digest") not in tagged]
    return {**found, "index": kept}


def records(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the records both programs write, without time and the words of errors, in an order of their own."""
    found = []
    for line in lines:
        if not line.startswith("{"):
            continue
        record = json.loads(line)
        if record["msg"] in COMPARED:
            shown = {key: "..." if key in MASKED else value for key, value in record.items() if key != "time"}
            found.append(json.dumps(shown, sort_keys=True))
    return tuple(sorted(found))
