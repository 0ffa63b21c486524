"""The Go regbot, where it is installed: it still does with every script what was recorded of it."""

from __future__ import annotations

import pytest

from tests.programs.bots import files, load, play
from tests.programs.places import by_process, go_program, world


@pytest.mark.peer
@pytest.mark.slow
@pytest.mark.parametrize(("name", "home"), files(), ids=lambda value: value or "once")
def test_the_go_program_does_what_was_recorded(name: str, home: str) -> None:
    program = go_program("regbot")
    if program is None:
        pytest.skip("no Go regbot: make peers installs it")
    _, recorded = load(name, home)

    with world() as (root, registry):
        played = play(name, home, root, registry, by_process(str(program)))

    assert recorded == played
