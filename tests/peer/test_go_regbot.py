"""The Go regbot, where it is installed: it still does with every script what was recorded of it."""

from __future__ import annotations

import subprocess

import pytest

from tests.programs.bots import files, load, play
from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION


@pytest.mark.peer
@pytest.mark.slow
@pytest.mark.parametrize(("name", "home"), files(), ids=lambda value: value or "once")
def test_the_go_program_does_what_was_recorded(name: str, home: str) -> None:
    program = go_program("regbot")
    if program is None:
        pytest.skip("Go's regbot is not installed (make peers)")
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        pytest.skip(f"{program} is {version.strip()}, and the recordings are of {VERSION}")
    _, recorded = load(name, home)

    with world() as (root, registry):
        played = play(name, home, root, registry, by_process(str(program)))

    assert recorded == played
