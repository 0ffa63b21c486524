"""The child's program: it limits itself before a script runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from regclient.regbot.sandbox import child
from regclient.regbot.sandbox.child import BROKEN
from regclient.regbot.sandbox.process import _lua_room

SHOW = """
import resource as r, sys
sys.path.insert(0, {folder!r})
import child
child._limit(1 << 20, 5, allow_io={allow_io})
print([r.getrlimit(k)[0] for k in (r.RLIMIT_CORE, r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_NPROC)])
"""


def limits(*, allow_io: bool) -> str:
    folder = str(Path(child.__file__).parent)
    code = SHOW.format(folder=folder, allow_io=allow_io)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_everything_a_script_may_use_is_capped() -> None:
    assert f"[0, 5, {65 << 20}, 0, 0]\n" == limits(allow_io=False)


def test_files_and_programs_are_possible_where_they_are_allowed() -> None:
    core, cpu, memory, size, processes = limits(allow_io=True).strip("[]\n").split(", ")

    assert ("0", "5", str(65 << 20)) == (core, cpu, memory)
    assert "0" not in (size, processes)


def test_a_child_without_a_parent_ends_at_once() -> None:
    life, other = os.pipe()
    os.close(other)
    words = ["0", "1", str(life), str(1 << 26), "5", "0", _lua_room(), "nowhere"]
    done = subprocess.run([sys.executable, child.__file__, *words], pass_fds=[life], capture_output=True, check=False)
    os.close(life)

    assert BROKEN == done.returncode
