"""A layout under several processes at once, and under one that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from regclient.errors import RepositoryNotFound
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.children import children_of
from regclient.model.digest import Digest
from tests.contract.samples import push, read

QUICK = LayoutSettings(writing=Writing(sync=False))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "layout"


def blobs_in(place: Path) -> set[Digest]:
    return {Digest(path.parent.name, path.name) for path in (place / "blobs").rglob("*") if path.is_file()}


WRITER = """
import io, sys
from pathlib import Path
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from tests.contract.samples import push
place, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    layout = LayoutRepository(place, LayoutSettings(writing=Writing(sync=False)))
    push(layout, f"{name}-{number}", f"layer of {name}-{number}")
    push(layout, f"{name}-moving", f"moving layer of {name}-{number}")
    layout.close()
"""


def python(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)


@pytest.mark.slow
def test_processes_that_push_and_collect_at_once_lose_nothing(place: Path) -> None:
    layout = LayoutRepository(place, QUICK)
    writers = [python(WRITER, str(place), name, "8") for name in ("a", "b", "c")]

    assert [0, 0, 0] == [writer.wait() for writer in writers]

    expected = {f"{name}-{number}" for name in "abc" for number in (*range(8), "moving")}
    assert expected == set(layout.tags().tags)
    for tag in expected:
        manifest = layout.get_manifest(tag)
        assert all(read(layout, blob) for blob in children_of(manifest).blobs)
    layout.collect()
    assert 2 * 3 * 9 + 1 == len(blobs_in(place))


KILLED = """
import os, signal, sys
from pathlib import Path
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from tests.contract.samples import image, push
place, last = Path(sys.argv[1]), int(sys.argv[2])
steps = 0
def step(kind, path):
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)
layout = LayoutRepository(place, LayoutSettings(writing=Writing(sync=False, step=step)))
subject = push(layout, "v1", "one")
push(layout, "v1", "two")
push(layout, "sig", "three", subject=subject.descriptor)
layout.delete_manifest(subject.digest)
layout.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("last", [3, 8, 12, 17, 22, 26, 31, 35, 40])
def test_a_killed_process_leaves_no_name_without_content(tmp_path: Path, last: int) -> None:
    place = tmp_path / "layout"
    process = python(KILLED, str(place), str(last))

    assert process.wait() in {-9, 0}

    layout = LayoutRepository(place, QUICK)
    check_whole(place, layout)
    push(layout, "after", "four")
    layout.close()
    check_whole(place, layout)
    assert [] == list(place.rglob("*.tmp"))


def check_whole(place: Path, layout: LayoutRepository) -> None:
    """Every named blob has its bytes, and every listed name leads to content that is there."""
    for path in (place / "blobs").rglob("*"):
        if path.is_file() and path.suffix != ".tmp":
            assert path.name == Digest.of(path.read_bytes(), path.parent.name).hex
    try:
        tags = layout.tags().tags
    except RepositoryNotFound:
        return
    for tag in tags:
        manifest = layout.get_manifest(tag)
        for blob in children_of(manifest).blobs:
            assert read(layout, blob)
