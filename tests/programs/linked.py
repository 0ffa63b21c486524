"""Directories written once a process and linked from then on: most tests only read what they find in their world.

Programs replace files, they do not write into them; a test that does (to damage something) has to :func:`damage` it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

Given = TypeVar("Given")
FOLDERS: list[Path] = []


@atexit.register
def clean() -> None:
    """Remove the first directories; processes that end without ceremony, as those of pytest-xdist do, have to call it."""
    for folder in FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Pattern(Generic[Given]):
    """A directory to link from: its files as they were when they were written, by their names below it."""

    given: Given
    files: dict[Path, tuple[Path, os.stat_result]]


@cache
def _pattern(write: Callable[[Path], Given]) -> Pattern[Given]:
    folder = Path(tempfile.mkdtemp(prefix="regclient-linked-"))
    FOLDERS.append(folder)
    root = folder / "first"
    given = write(root)
    return Pattern(given, {path.relative_to(root): (path, path.lstat()) for path in root.rglob("*") if path.is_file()})


def linked(write: Callable[[Path], Given], root: Path) -> Given:
    """Do as ``write(root)`` does, and return what it returned for the first directory.

    Blobs become links to those of the first directory; all else is copied, for it is small and changes.
    """
    pattern: Pattern[Given] = _pattern(write)
    for folder in {root / name.parent for name in pattern.files}:
        folder.mkdir(parents=True, exist_ok=True)
    for name, (path, before) in pattern.files.items():
        now = path.lstat()
        assert (before.st_mtime_ns, before.st_size) == (now.st_mtime_ns, now.st_size), f"a test wrote through a link: {name}"
        (os.link if "blobs" in name.parts else shutil.copyfile)(path, root / name)
    return pattern.given


def damage(path: Path, content: bytes) -> None:
    """Put other bytes in the place of a file, without touching what it is linked to."""
    path.unlink()
    path.write_bytes(content)
