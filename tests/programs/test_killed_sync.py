"""A sync that is killed again and again leaves every tag whole at every moment, and ends with the source's mirror."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from regclient import Client, SyncConfig, SyncDefaults, SyncStep, TagFilter, run_sync
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from tests.fakes import images
from tests.fakes.clock import FakeClock
from tests.programs.test_killed import ROOT, liars, missing_below

IMAGES = 50


def fifty(folder: Path) -> LayoutRepository:
    """Write a layout of fifty images, of which some share layers and some have referrers."""
    source = LayoutRepository(folder, LayoutSettings(writing=Writing(sync=False), created=0.0))
    for number in range(IMAGES):
        if number % 10:
            made = images.image(source, f"v{number}", layers=2, seed=str(number // 3), annotations={"n": str(number)})
        else:
            images.index(source, f"v{number}", layers=1, seed=str(number))
            continue
        if number % 7 == 0:
            images.artifact(source, made, content=f"about {number}".encode())
    return source


def killed_fifty_times(folder: Path, target: str, mirror: Path, registry: str = "none.example") -> None:
    """Sync to a target and die fifty times; ``mirror`` is where its layout is on the disk."""
    fifty(folder / "src")
    words = [sys.executable, "-m", "tests.programs.killed_sync", f"{folder}/src", target, str(mirror), registry]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)

    assert 0 == done.returncode, done.stderr
    progress = json.loads(done.stdout)
    assert 50 == len(progress)
    assert progress == sorted(progress)
    assert 0 < progress[-1] < IMAGES, "the deaths came before the end, and each run went on"
    assert [] == liars(mirror)


@pytest.mark.slow
def test_a_sync_to_a_layout_killed_fifty_times_ends_with_the_whole_mirror(tmp_path: Path) -> None:
    killed_fifty_times(tmp_path, f"ocidir://{tmp_path}/mirror", tmp_path / "mirror")


class Leap(FakeClock):
    """A clock on which a long time passes between any two looks at it: nothing waits for anything else."""

    def monotonic(self) -> float:
        self.advance(3600)
        return super().monotonic()


@pytest.mark.parametrize(("clock", "most"), [(Leap(), IMAGES + 100), (FakeClock(), 3)])
def test_every_tag_is_whole_before_every_single_write(tmp_path: Path, clock: FakeClock, most: int) -> None:
    fifty(tmp_path / "src")
    mirror, seen, writes, states = tmp_path / "mirror", set[str](), [0], set[int]()

    def look(kind: str = "", path: Path | None = None) -> None:
        writes[0] += 1
        index = mirror / "index.json"
        entries = json.loads(index.read_text())["manifests"] if index.exists() else []
        states.add(len(entries))
        fresh = {entry["digest"] for entry in entries} - seen
        assert [] == [lost for digest in fresh for lost in missing_below(mirror, digest)], (kind, path)
        seen.update(fresh)

    layout = LayoutSettings(writing=Writing(sync=False, step=look), created=0.0)
    step = SyncStep(f"ocidir://{tmp_path}/src", f"ocidir://{mirror}", "repository", tags=TagFilter(("v.*",)))
    with Client(layout=layout, clock=clock) as client:
        result = run_sync(SyncConfig((step,), SyncDefaults(parallel=4, referrers=True)), client)
    look()

    assert (IMAGES, 0) == (result.copied, result.failed)
    assert IMAGES < len(seen) < writes[0]
    assert 1 < len(states) <= most
