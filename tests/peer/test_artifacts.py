"""Artifacts of files and directories, made by one program and fetched by the other.

The transcripts compare what is equal to the byte. A packed directory is not (another gzip), so here its entries are compared.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.peer.test_go_regctl import go as go  # noqa: PLC0414 - the fixture
from tests.programs.ours import in_process
from tests.programs.places import by_process
from tests.programs.transcript import Program

pytestmark = pytest.mark.peer

Facts = tuple[str, bytes, int, int, str, bytes]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with everything that artifacts are made of, links aside."""
    root = tmp_path / "tree"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "empty").mkdir(mode=0o700)
    for name, content in {
        "b.txt": b"hi",
        "sub/run": b"#!",
        "sub-side": b"",
        "ünï " + "n" * 120: b"long",
        "big": b"x" * 3_000_000,
    }.items():
        (root / name).write_bytes(content)
    (root / "sub" / "run").chmod(0o751)
    (root / "again").hardlink_to(root / "b.txt")
    os.utime(root / "b.txt", (1_600_000_000.75, 1_600_000_000.75))
    return tmp_path


def put(program: Program, root: Path, layout: str) -> tuple[dict[str, object], bytes]:
    """Put the directory and a file; return the manifest and the bytes of the directory's layer."""
    words = ["artifact", "put", "--artifact-type", "application/example", "--file-title", "--annotation", "a=1"]
    words += ["-f", "tree", "-m", "application/x-tar", "-f", "tree/b.txt", "-m", "text/plain", f"ocidir://{layout}:v1"]
    assert 0 == program(words, b"", root).code
    shown = program(["manifest", "get", f"ocidir://{layout}:v1", "--format", "body"], b"", root).stdout
    manifest = json.loads(shown)
    algorithm, _, value = manifest["layers"][0]["digest"].partition(":")
    return manifest, (root / layout / "blobs" / algorithm / value).read_bytes()


def entries_of(layer: bytes) -> list[Facts]:
    """Return what a packed directory says of its entries, in order."""
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer))) as tar:
        return [
            (
                member.name,
                member.type,
                member.mode,
                int(member.mtime),
                f"{member.uid}:{member.gid}:{member.uname}:{member.gname}",
                (file.read() if member.isreg() and (file := tar.extractfile(member)) else b""),
            )
            for member in tar
        ]


def test_both_programs_make_the_same_of_a_directory(go: Path, tree: Path) -> None:
    theirs, their_layer = put(by_process(str(go)), tree, "theirs")
    ours, our_layer = put(in_process, tree, "ours")

    assert entries_of(their_layer) == entries_of(our_layer)
    for manifest in theirs, ours:
        layers = manifest["layers"]
        assert isinstance(layers, list)
        del layers[0]["digest"], layers[0]["size"]
    assert theirs == ours


def test_each_program_unpacks_what_the_other_packed(go: Path, tree: Path) -> None:
    program = by_process(str(go))
    put(program, tree, "theirs")
    put(in_process, tree, "ours")
    for name, getter, layout in ("by-us", in_process, "theirs"), ("by-them", program, "ours"):
        (tree / name).mkdir()
        ended = getter(["artifact", "get", f"ocidir://{layout}:v1", "-o", name], b"", tree)
        assert 0 == ended.code, ended.stderr
        assert [] == differing(tree / "tree", tree / name / "tree")


def test_our_tars_are_read_by_the_system_s_tar(tree: Path) -> None:
    _, layer = put(in_process, tree, "ours")
    (tree / "system").mkdir()
    subprocess.run(["tar", "xzf", "-", "-C", tree / "system"], input=layer, check=True, capture_output=True)

    assert [] == differing(tree / "tree", tree / "system")


def differing(left: Path, right: Path) -> list[str]:
    """Return the files and directories that are not the same on both sides."""
    names = {str(path.relative_to(root)) for root in (left, right) for path in root.rglob("*")}
    return sorted(name for name in names if content_of(left / name) != content_of(right / name))


def content_of(path: Path) -> bytes | None:
    return None if path.is_dir() else path.read_bytes() if path.exists() else b"missing"
