from __future__ import annotations

import os
import time

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served
from tests.programs.world import packed


def blobs_of(disk: Disk, *names: str) -> list[str]:
    return [word for name in names for word in (disk.source, disk.digests[name])]


@claims("regctl manifest diff --context", "regctl manifest diff --context-full")
def test_manifests_are_compared_line_by_line(regctl: Console, disk: Disk) -> None:
    words = ("manifest", "diff", f"{disk.source}:single", f"{disk.source}:annotated")
    usual, narrow, full = regctl(*words), regctl(*words, "--context", "0"), regctl(*words, "--context-full")

    assert (0, 0, 0) == (usual.code, narrow.code, full.code)
    assert '+   "annotations": {' in usual.out
    assert "\n  " in usual.out
    assert "\n  " not in narrow.out
    assert "@@ -1," in full.out
    assert len(usual.out) < len(full.out)


def test_equal_things_are_an_empty_line(regctl: Console, disk: Disk) -> None:
    assert (0, "\n", "") == regctl("manifest", "diff", f"{disk.source}:v1", f"{disk.source}:multi")


@claims("regctl blob diff-config --context", "regctl blob diff-config --context-full")
def test_configs_are_compared_line_by_line(regctl: Console, disk: Disk) -> None:
    words = ("blob", "diff-config", *blobs_of(disk, "amd64.config", "arm64.config"))

    changed = ['-   "architecture": "amd64",', '+   "architecture": "arm64",']
    assert changed == regctl(*words, "--context", "0").out.splitlines()[1:3]
    assert '"author": "B"' not in regctl(*words).out
    assert '"author": "B"' in regctl(*words, "--context-full").out


@claims("regctl blob diff-layer --context", "regctl blob diff-layer --context-full")
def test_layers_are_compared_entry_by_entry(served: Served) -> None:
    repository, at = served.registry.repository("app"), f"{served.address}/app"
    old, new = (str(images.blob(repository, packed(dict.fromkeys(names, "x"))).digest) for names in ("abcdefg", "abcdeg"))
    words = ("blob", "diff-layer", at, old, at, new)

    shown = [served(*words, *more).out.count("\n") for more in ((), ("--context", "0"), ("--context-full",))]
    assert [1 + 3 + 1 + 1, 1 + 1, 1 + 7] == shown


@claims("regctl blob diff-layer --ignore-timestamp")
def test_times_can_be_left_out(regctl: Console, disk: Disk) -> None:
    words = ("blob", "diff-layer", *blobs_of(disk, "base.layer", "amd64.layer"))

    assert "- -rw-r--r-- 0/0        4 2020-09-13" in regctl(*words).out
    assert "- -rw-r--r-- 0/0        4 base.txt " in regctl(*words, "--ignore-timestamp").out


def test_times_are_those_of_the_local_zone(regctl: Console, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("blob", "diff-layer", *blobs_of(disk, "base.layer", "amd64.layer"))
    monkeypatch.setitem(os.environ, "TZ", "XYZ-5:30")
    time.tzset()
    try:
        assert "2020-09-13T17:56:40+05:30" in regctl(*words).out
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_manifest_that_is_not_there_is_an_error(regctl: Console, disk: Disk) -> None:
    assert 1 == regctl("manifest", "diff", f"{disk.source}:v1", f"{disk.source}:missing").code
