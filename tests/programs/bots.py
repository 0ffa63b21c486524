"""Scripts as data: files of them are run by regbot in a fresh world, by ours and by the Go program, and compared.

A file under ``lua/`` holds scripts that run one after another in one world::

    --== list tags
    for _, t in ipairs(tag.ls("{at}")) do print(t) end
    --!= what differs on purpose (docs/differences.md says why)
    print(manifest.get("{at}:v1"):config())

``{dir}``, ``{reg}`` and digests such as ``{amd64}`` are as in ``transcript.py``; a file that says ``{at}`` or ``{to}`` is
played twice, on layouts and on the registry. The scripts of a file whose name ends in ``dry`` run with ``--dry-run``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.programs.recording import VERSION
from tests.programs.transcript import HERE, HOMES, Program, fill, normal, snapshot
from tests.programs.world import Json

FOLDER = HERE / "lua"
RECORDED = HERE / "recorded"
PROGRAM = f"github.com/regclient/regclient/cmd/regbot@{VERSION}"
_MARK = "@@@ "
_WORDS = {
    "Starting script",
    "Finished script",
    "Error running script",
    "User script message",
    "Listing repositories",
    "Listing tags",
    "Delete tag",
    "Delete manifest",
    "Copy image",
    "Retrieve image config",
    "Retrieve manifest",
    "Retrieve manifest with head",
    "Put manifest",
    "Could not parse platform",
    "Retrieve blob",
    "Put blob",
    "Delaying for ratelimit",
    "Configuring parallel settings",
}
"""The records of regbot itself; those of the client are its own affair."""
_REASONS = (
    # Why a call failed is told in other words; what failed, and where, in the same.
    (re.compile(r'((?:Failed|failed|manifest pull failed)(?: (?:[^":\n]|"[^"\n]*")*)?): [^\n]*'), r"\1: ..."),
    (re.compile(r"(reference (?:parsing|close) failed): [^\n]*"), r"\1: ..."),
    (re.compile(r"to (?:\(anonymous\)|'[\w.:?]+') "), "to ... "),
    (re.compile(r"0x[0-9a-f]+|builtin#\d+"), "0x..."),
)


@dataclass(frozen=True)
class Bot:
    """One script: its name, its text, and whether what it does differs on purpose."""

    name: str
    text: str
    differs: bool


@dataclass(frozen=True)
class Told:
    """What one script did: what it printed, and its log records."""

    printed: str
    records: tuple[Json, ...]


@dataclass(frozen=True)
class Played:
    """What the scripts of one file did, and what they left behind."""

    code: int
    told: dict[str, Told]
    state: Json


def files() -> list[tuple[str, str]]:
    """Every file of scripts with each home it is played on (an empty one when it is played once)."""
    return [(path.stem, home) for path in sorted(FOLDER.glob("*.lua")) for home in homes_of(path)]


def homes_of(path: Path) -> list[str]:
    """Return the homes the scripts of a file are played on."""
    text = path.read_text(encoding="utf-8")
    return list(HOMES) if "{at}" in text or "{to}" in text else [""]


def bots_of(name: str, home: str = "") -> list[Bot]:
    """Read the scripts of a file, for one home."""
    text = fill((FOLDER / f"{name}.lua").read_text(encoding="utf-8"), HOMES.get(home, {}))
    parts = re.split(r"^--([=!])= (.*)\n", text, flags=re.MULTILINE)[1:]
    return [Bot(parts[at + 1].strip(), parts[at + 2], parts[at] == "!") for at in range(0, len(parts), 3)]


def play(name: str, home: str, root: Path, registry: str, program: Program) -> Played:
    """Run the scripts of a file in the world below ``root``, whose registry is at the address, and tell what they did."""
    names = {**json.loads((root / "names").read_text()), "dir": str(root), "reg": registry}
    marked = [(bot.name, f'print("{_MARK}{bot.name}") {fill(bot.text, names)}') for bot in bots_of(name, home)]
    config: Json = {
        "version": 1,
        "creds": [{"registry": registry, "tls": "disabled"}],
        "defaults": {"skipDockerConfig": True},
        "scripts": [{"name": bot, "script": script} for bot, script in marked],
    }
    words = ["once", "-c", "-", "-v", "debug", "--logopt", "json", *(["--dry-run"] if name.endswith("dry") else [])]
    found = program(words, json.dumps(config).encode(), root)
    printed = parts_of(normal(found.stdout, names).decode("utf-8", "surrogateescape"))
    records = records_of(normal(found.stderr, names).decode("utf-8", "surrogateescape"))
    told = {bot.name: Told(printed.get(bot.name, ""), tuple(records.get(bot.name, ()))) for bot in bots_of(name, home)}
    return Played(found.code, told, snapshot(root))


def parts_of(output: str) -> dict[str, str]:
    """Return what each script printed."""
    parts = re.split(f"^{_MARK}(.*)\n", output, flags=re.MULTILINE)[1:]
    return {parts[at]: masked(parts[at + 1]) for at in range(0, len(parts), 2)}


def records_of(log: str) -> dict[str, list[Json]]:
    """Return the records of each script, without their times and in words both programs use."""
    found: dict[str, list[Json]] = {}
    for line in log.splitlines():
        record = cast("Json", json.loads(line)) if line.startswith("{") else {}
        if record.get("msg") in _WORDS and "script" in record:
            del record["time"]
            found.setdefault(str(record["script"]), []).append({key: shown(key, value) for key, value in record.items()})
    return found


def shown(key: str, value: object) -> object:
    """Return a field as it is compared: of an error what failed and where, without the lines that led there."""
    return masked(str(value)).partition("\n")[0] if key in {"error", "err"} else value


def masked(text: str) -> str:
    """Hide what the programs say in words of their own."""
    for pattern, words in _REASONS:
        text = pattern.sub(words, text)
    return re.sub("\n\n+", "\n", text)


def save(name: str, played: dict[str, Played]) -> None:
    """Write what the Go program did with the scripts of a file, with the scripts themselves."""
    homes = {
        home: {
            "code": found.code,
            "scripts": [
                {
                    "name": bot.name,
                    "text": bot.text,
                    "printed": found.told[bot.name].printed,
                    "records": list(found.told[bot.name].records),
                }
                for bot in bots_of(name, home)
            ],
            "state": found.state,
        }
        for home, found in played.items()
    }
    text = json.dumps({"program": PROGRAM, "homes": homes}, indent=1, ensure_ascii=True)
    (RECORDED / f"bot-{name}.json").write_text(text + "\n", encoding="utf-8")


def load(name: str, home: str) -> tuple[list[Bot], Played]:
    """Read what the Go program did with the scripts of a file, and the scripts it was given."""
    document = json.loads((RECORDED / f"bot-{name}.json").read_text(encoding="utf-8"))
    assert document["program"] == PROGRAM
    found = document["homes"][home]
    bots = [Bot(entry["name"], entry["text"], differs=False) for entry in found["scripts"]]
    told = {entry["name"]: Told(entry["printed"], tuple(entry["records"])) for entry in found["scripts"]}
    return bots, Played(found["code"], told, found["state"])
