"""The documents are tried out: what a reader would type is typed, and what it should print is compared.

``console`` blocks of ``docs/howto`` are played in order, one document in one directory, with a registry at ``localhost:5000``
(any free port in truth) that has the image ``localhost:5000/app:v1``. A line after ``$`` is the command; lines ending in a
backslash go on; what follows is its output, where ``...`` stands for anything. A ``yaml`` block with the name of a file is
that file.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs.places import world

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```yaml (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACE = "localhost:5000"
HOWTOS = [path for path in sorted((ROOT / "docs" / "howto").glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


def steps_of(text: str) -> list[tuple[str, str]]:
    """Return the commands of a document, each with the output shown for it."""
    steps: list[tuple[str, str]] = []
    for block in BLOCK.findall(text):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = re.sub(r"\\\n\s*", "", piece).partition("\n")
            steps.append((command, output))
    return steps


def matches(shown: str, printed: str) -> bool:
    """Whether an output is the one shown, ``...`` standing for anything."""
    pattern = re.escape(shown.rstrip()).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed.rstrip(), flags=re.DOTALL) is not None


def typed_in(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Give a command to a shell and return its output as a terminal shows it."""
    pipe, out = subprocess.PIPE, subprocess.STDOUT
    return subprocess.run(["sh", "-c", command], stdout=pipe, stderr=out, text=True, env=environment, cwd=folder, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("document", HOWTOS, ids=lambda path: path.stem)
def test_a_howto_does_what_it_says(document: Path) -> None:
    steps = steps_of(document.read_text(encoding="utf-8"))
    with world() as (root, registry):
        home = root / "home"
        (home / ".regctl").mkdir(parents=True)
        (home / ".regctl" / "config.json").write_text(json.dumps({"hosts": {registry: {"tls": "disabled"}}}))
        environment = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        (root / "work").mkdir()
        for name, content in FILE.findall(document.read_text(encoding="utf-8")):
            (root / "work" / name).write_text(content.replace(PLACE, registry))
        for command, shown in steps:
            typed = command.replace(PLACE, registry)
            done = typed_in(typed, root / "work", environment)
            printed = done.stdout.replace(registry, PLACE)

            assert 0 == done.returncode, f"$ {command}\n{printed}"
            assert not shown.strip() or matches(shown, printed), f"$ {command}\nshown:\n{shown}\nprinted:\n{printed}"


def test_the_document_format_is_read_as_it_is_meant() -> None:
    text = "x\n```console\n$ a \\\n    b\none\n...\n$ c\n```\n"

    assert [("a b", "one\n...\n"), ("c", "")] == steps_of(text)
    assert matches("one\n...\n", "one\ntwo\nthree\n")
    assert not matches("one\n", "two\n")
