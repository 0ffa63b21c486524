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
    """A directory to link from: its folders, and its files as they were when they were written, by their names below it."""

    given: Given
    root: str
    folders: list[str]
    files: dict[str, os.stat_result]


@cache
def _pattern(write: Callable[[Path], Given]) -> Pattern[Given]:
    folder = Path(tempfile.mkdtemp(prefix="regclient-linked-"))
    FOLDERS.append(folder)
    root = folder / "first"
    given = write(root)
    files = {str(path.relative_to(root)): path.lstat() for path in sorted(root.rglob("*")) if path.is_file()}
    return Pattern(given, str(root), sorted({str(Path(name).parent) for name in files}), files)


def linked(write: Callable[[Path], Given], root: Path) -> Given:
    """Do as ``write(root)`` does, and return what it returned for the first directory.

    Blobs become links to those of the first directory; all else is copied, for it is small and changes.
    """
    pattern: Pattern[Given] = _pattern(write)
    for folder in pattern.folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name, before in pattern.files.items():
        path = f"{pattern.root}/{name}"
        now = os.lstat(path)
        assert (before.st_mtime_ns, before.st_size) == (now.st_mtime_ns, now.st_size), f"a test wrote through a link: {name}"
        (os.link if "blobs/" in name else shutil.copyfile)(path, f"{root}/{name}")
    return pattern.given


def damage(path: Path, content: bytes) -> None:
    """Put other bytes in the place of a file, without touching what it is linked to."""
    path.unlink()
    path.write_bytes(content)
