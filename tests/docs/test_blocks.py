"""The documents are tried out: what a reader would type is typed, and what it should print is compared.

``console`` blocks of ``docs/howto`` are played in order, one document in one directory, with a registry at ``localhost:5000``
(any free port in truth) that has the image ``localhost:5000/app:v1``. A line after ``$`` is the command; lines ending in a
backslash go on; what follows is its output, where ``...`` stands for anything. A ``yaml`` block with the name of a file is
that file.

A line that a shell would only split at its spaces is run in this process, which starts no interpreter for it; any other is
given to ``sh``, and starts the programs as a reader does.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from ast import literal_eval
from contextlib import chdir
from pathlib import Path

import pytest

from regclient import Client
from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.regbot.app import ROOT as REGBOT
from regclient.regctl.app import ROOT as REGCTL
from regclient.regsync.app import ROOT as REGSYNC
from tests.fakes import images
from tests.pages import play, python_blocks
from tests.programs.places import world

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```yaml (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACE = "localhost:5000"
PROGRAMS = {root.name: root for root in (REGCTL, REGSYNC, REGBOT)}
PLAIN = re.compile(r"(?:[\w ./:@,=+-]|'[^']*')+")
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


def typed_in(command: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Give a command to a shell, or to our program at once; return its exit code and its output as a terminal shows it."""
    if words := words_of_ours(command):
        screen = io.BytesIO()
        with chdir(folder):
            code = run(PROGRAMS[words[0]], words[1:], Streams(io.BytesIO(), screen, screen), environment)
        return code, screen.getvalue().decode()
    pipe, out = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(["sh", "-c", command], stdout=pipe, stderr=out, text=True, env=environment, cwd=folder, check=False)
    return done.returncode, done.stdout


def words_of_ours(command: str) -> list[str]:
    """Return the words of a command that is one of our programs and nothing for a shell; none for any other."""
    words = shlex.split(command) if PLAIN.fullmatch(command) else []
    return words if words and words[0] in PROGRAMS else []


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
            code, output = typed_in(typed, root / "work", environment)
            printed = output.replace(registry, PLACE)

            assert 0 == code, f"$ {command}\n{printed}"
            assert not shown.strip() or matches(shown, printed), f"$ {command}\nshown:\n{shown}\nprinted:\n{printed}"


def test_a_login_is_given_in_python_as_its_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = python_blocks("docs/howto/login.md")
    with world() as (_, registry):
        exec(compile(block.replace(PLACE, registry), "login.md", "exec"), {})

    assert "v1" in literal_eval(capsys.readouterr().out)


def test_the_library_does_what_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Client() as client:
        image = images.index(client.repository("ocidir://images"), "v1")

    play("docs/howto/python.md")

    printed = capsys.readouterr().out.splitlines()
    assert ["('v1',)", *(f"{entry.platform} {entry.digest}" for entry in image.manifests)] == printed[:3]
    assert "linux/arm64 2024-01-02T03:04:05Z {'seed': ''}" == printed[3]
    assert "5 blobs to look at, 3916 bytes at most" == printed[4]
    assert 5 == sum(line.endswith("bytes moved") for line in printed)
    assert ["0 left to move", "(PosixPath('sboms/sbom.json'),)"] == printed[-4:-2]
    assert "nosuch" in printed[-2]
    assert "source ManifestNotFound" == printed[-1]
    assert image.digest == Client().digest("ocidir://mirror:v1")
    assert () == Client().repository("ocidir://elsewhere").tags().tags


def test_the_document_format_is_read_as_it_is_meant() -> None:
    text = "x\n```console\n$ a \\\n    b\none\n...\n$ c\n```\n"

    assert [("a b", "one\n...\n"), ("c", "")] == steps_of(text)
    assert matches("one\n...\n", "one\ntwo\nthree\n")
    assert not matches("one\n", "two\n")


def test_only_a_command_with_nothing_for_a_shell_is_run_in_this_process() -> None:
    assert ["regctl", "tag", "ls", "a:1/b", "--include", "v.*"] == words_of_ours("regctl tag ls a:1/b --include 'v.*'")
    for command in ("regctl a | cat", "regctl a > b", "regctl $a", 'regctl "a"', "regctl *", "regctl a && b", "a=b regctl a"):
        assert [] == words_of_ours(command), command
    assert [] == words_of_ours("cmp a b")
