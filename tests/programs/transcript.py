"""Command lines as data: read them, run them in a fresh world, and say what came out and what stayed behind.

A file under ``lines/`` holds scenarios; each is played from a fresh world, line after line::

    == copy between layouts
    $ image copy ocidir://{dir}/src:v1 ocidir://{dir}/new:v1
    $ manifest put ocidir://{dir}/new:x < manifest.json
    ! tag ls {reg}/nothing        (differs from Go on purpose: docs/differences.md says why)

A scenario whose name begins with ``~`` leaves something else behind than the Go program does, on purpose as well. Where it
begins with ``=``, layers are compared by what is in them (see ``unpacked.py``).

``{dir}`` is the world's directory, ``{reg}`` its registry, ``{single}`` and the like are digests (see ``world.py``). A scenario
that says ``{at}`` or ``{base}`` (what is there) or ``{to}`` (what will be) is played twice: on layouts and on the registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.programs.archives import tars_in, write_saved
from tests.programs.bases import write_bases
from tests.programs.edited import write_edited
from tests.programs.linked import linked
from tests.programs.unpacked import unpacked
from tests.programs.world import Json, write_world

HERE = Path(__file__).parent
EPOCH = "1700000000"
HOMES = {
    ", on layouts": {
        "at": "ocidir://{dir}/src",
        "to": "ocidir://{dir}/new",
        "base": "ocidir://{dir}/base",
        "edit": "ocidir://{dir}/edit",
    },
    ", on a registry": {"at": "{reg}/app", "to": "{reg}/new", "base": "{reg}/base", "edit": "{reg}/edit"},
}
LISTED = re.compile(r"(?:^ {4}[^\"\s]\S*: .*\n)+", re.MULTILINE)
MASKED = re.compile(r"^(Date|Server|X-Request-Id|Docker-Upload-Uuid|Connection|Keep-Alive): .*\n", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """One command line: its words after the program's name, its input file, and whether it differs on purpose."""

    text: str
    differs: bool

    def words(self, names: dict[str, str]) -> list[str]:
        """Return the words of the command with the names of the world filled in."""
        command = self.text.partition(" < ")[0]
        return [fill(word, names) for word in split(command)]

    def stdin(self, root: Path) -> bytes:
        """Return what the command reads: a file of the world, or nothing."""
        name = self.text.partition(" < ")[2].strip()
        return (root / name).read_bytes() if name else b""


@dataclass(frozen=True)
class Scenario:
    """Lines that are played in one world, in order; ``differs`` says that what they leave behind does, on purpose."""

    name: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether something else stays behind than the Go program leaves."""
        return self.name.startswith("~")

    @property
    def unpacked(self) -> bool:
        """Whether layers are compared by what is in them."""
        return self.name.startswith("=")


@dataclass(frozen=True)
class Result:
    """What one line gave: its output and its exit code (messages on stderr are not compared)."""

    stdout: bytes
    code: int
    stderr: bytes = b""


Program = Callable[[list[str], bytes, Path], Result]
"""Runs the words of a command line with an input, in a directory."""


def split(command: str) -> list[str]:
    """Split a command at spaces, keeping what is in single quotes together."""
    return [quoted or plain for quoted, plain in re.findall(r"'([^']*)'|(\S+)", command)]


def fill(word: str, names: dict[str, str]) -> str:
    """Replace ``{name}`` by its value, leaving Go's template braces alone."""
    return re.sub(r"\{([\w.]+)\}", lambda found: names.get(found[1], found[0]), word)


def read_scenarios(path: Path) -> list[Scenario]:
    """Read the scenarios of one file, those on both homes twice."""
    scenarios = []
    for block in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        for home, places in (
            HOMES if any(f"{{{home}}}" in block for home in ("at", "to", "base", "edit")) else {"": {}}
        ).items():
            name, *rest = fill(block, places).splitlines()
            lines = [Line(text[2:].strip(), text[0] == "!") for text in rest if text[:2] in {"$ ", "! "}]
            scenarios.append(Scenario(f"{name.strip()}{home}", tuple(lines)))
    return scenarios


def all_scenarios() -> list[tuple[str, Scenario]]:
    """Every scenario with the name of its file."""
    return [(path.stem, scenario) for path in sorted((HERE / "lines").glob("*.txt")) for scenario in read_scenarios(path)]


def play(scenario: Scenario, root: Path, registry: str, program: Program) -> tuple[list[Result], dict[str, object]]:
    """Play a scenario in the world below ``root`` and return each line's result and what stayed behind.

    The world must have been written by :func:`prepared`, and ``registry`` be the address it is served at.
    """
    names = {**json.loads((root / "names").read_text()), "dir": str(root), "reg": registry}
    if any("/base" in line.text for line in scenario.lines):
        names |= write_bases(root)
    if any("/edit" in line.text for line in scenario.lines):
        names |= write_edited(root)
    results = []
    for line in scenario.lines:
        found = program(["--host", f"reg={registry},tls=disabled", *line.words(names)], line.stdin(root), root)
        results.append(Result(normal(found.stdout, names), found.code, found.stderr))
    return results, snapshot(root, unpack=scenario.unpacked) | stored_settings(root, names)


def stored_settings(root: Path, names: dict[str, str]) -> dict[str, object]:
    """Return the settings file the lines left behind, to the letter; nothing when there is none."""
    path = root / "home" / ".regctl" / "config.json"
    return {"config": normal(path.read_bytes(), names).decode()} if path.exists() else {}


def prepared(root: Path) -> Path:
    """Write a fresh world below ``root`` and return it."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "names").write_text(json.dumps(write_world(root) | linked(write_saved, root / "saved")))
    return root


def normal(output: bytes, names: dict[str, str]) -> bytes:
    """Hide what differs from run to run: the directory, the port, dates in headers, the order of descriptor annotations."""
    text = output.decode("utf-8", "surrogateescape")
    text = text.replace(names["dir"], "{dir}").replace(names["reg"], "{reg}")
    text = LISTED.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
    return MASKED.sub("", text).encode("utf-8", "surrogateescape")


def snapshot(root: Path, *, unpack: bool = False) -> dict[str, object]:
    """Describe every layout below ``root``: its index and the files it holds.

    The Go program adds referrers to their fallback tag in whatever order its threads come, so such a list is compared by what
    it holds. The dates of the registry's own layouts are left out.
    """
    found = tars_in(root)
    for marker in sorted(root.rglob("oci-layout")):
        folder = marker.parent
        if folder.name == "base":  # lines only read it
            continue
        name = str(folder.relative_to(root))
        if unpack:
            found[name] = unpacked(folder) if (folder / "index.json").exists() else {}
            continue
        found[name] = {"index": listed(folder, created=not name.startswith("registry")), "files": files_of(folder)}
    return found


def listed(folder: Path, *, created: bool) -> list[Json]:
    """Return the entries of ``index.json`` in an order of their own."""
    path = folder / "index.json"
    entries = json.loads(path.read_text())["manifests"] if path.exists() else []
    return sorted((entry_of(folder, entry, created=created) for entry in entries), key=as_text)


def entry_of(folder: Path, entry: Json, *, created: bool) -> Json:
    """Return an entry, a list of referrers by what it holds."""
    annotations = dict(cast("Json", entry.get("annotations", {})))
    if not created:
        annotations.pop("org.opencontainers.image.created", None)
    referrers = referrers_in(folder / "blobs" / str(entry["digest"]).replace(":", "/"))
    if referrers is not None:
        return {"referrers": referrers, "annotations": annotations}
    return {**entry, "annotations": annotations}


def referrers_in(path: Path) -> list[Json] | None:
    """Return the entries of a blob that is a list of referrers, sorted; None for any other."""
    try:
        content = path.read_bytes()
        document = json.loads(content) if b'"artifactType"' in content else None
    except (OSError, ValueError):
        return None
    entries = document.get("manifests") if isinstance(document, dict) else None
    if not entries or not all("artifactType" in entry for entry in entries):
        return None
    return sorted(entries, key=as_text)


def files_of(folder: Path) -> list[str]:
    """Return the files under ``blobs/``, which are also the digests stored, lists of referrers aside.

    The Go program leaves the temporary file of a failed write behind, under a random name; that ours does not is asserted where
    the lines are played.
    """
    files = [path for path in (folder / "blobs").rglob("*") if path.is_file() and path.suffix != ".tmp"]
    return sorted(str(path.relative_to(folder)) for path in files if referrers_in(path) is None)


def as_text(entry: Json) -> str:
    """Return something to sort by."""
    return json.dumps(entry, sort_keys=True)
