"""What an edit costs: never more requests than Go's regctl makes for the same, and often a third."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fakes import images
from tests.fakes.registry import FakeRegistry
from tests.programs.ours import in_process
from tests.programs.places import by_process, go_program
from tests.programs.transcript import Program

pytestmark = pytest.mark.peer

LINES = (
    "--annotation a=b",
    "--annotation [*]a=b",
    "--label a=b",
    "--label missing",
    "--to-docker",
    "--config-time set=2022-01-01T00:00:00Z --create v2",
    "--layer-rm-created-by layer --create v3",
    "--create {address}/other:v1",
    "--label a=b --create {address}/other:v2",
)


def cost(program: Program, flags: str, folder: Path) -> tuple[int, int]:
    """Run an edit of a fresh registry; return its exit code and how many requests it made."""
    registry = FakeRegistry()
    subject = images.index(registry.repository("app"), "v1")
    images.artifact(registry.repository("app"), subject)
    with registry.serve() as address:
        registry.forget()
        words = ["--host", f"reg={address},tls=disabled", "image", "mod", f"{address}/app:v1"]
        done = program([*words, *flags.format(address=address).split()], b"", folder)
        return done.code, sum(registry.counts().values())


@pytest.mark.parametrize("flags", LINES)
def test_an_edit_costs_no_more_requests_than_with_the_go_program(flags: str, tmp_path: Path) -> None:
    go = go_program("regctl")
    if go is None:
        pytest.skip("Go's regctl is not installed (make peers)")
    assert b"v0.11" in subprocess.run([go, "version"], capture_output=True, check=True).stdout
    theirs, ours = cost(by_process(str(go)), flags, tmp_path), cost(in_process, flags, tmp_path)

    assert (0, 0) == (theirs[0], ours[0])
    assert ours[1] <= theirs[1], f"{ours[1]} requests, the Go program {theirs[1]}"
