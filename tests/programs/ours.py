"""Our own programs, run inside the test's process: the same entry, without starting an interpreter for each line."""

from __future__ import annotations

import io
import os
from contextlib import chdir
from pathlib import Path

from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.kit.flags.table import Command
from regclient.regctl.app import ROOT
from regclient.regsync.app import ROOT as REGSYNC
from tests.programs.transcript import EPOCH, Program, Result


def runner(command: Command) -> Program:
    """Return a program of ours; like the Go program's process, it sees an empty home below the world's directory."""

    def run_words(words: list[str], stdin: bytes, root: Path) -> Result:
        streams = Streams(io.BytesIO(stdin), io.BytesIO(), io.BytesIO())
        with chdir(root):
            code = run(command, words, streams, environment_of(root))
        return Result(_bytes(streams.out), code, _bytes(streams.err))

    return run_words


in_process = runner(ROOT)
"""Our regctl."""
sync_in_process = runner(REGSYNC)
"""Our regsync."""


def environment_of(root: Path) -> dict[str, str]:
    """Return what a process of the Go program is given as well."""
    return {"HOME": str(root / "home"), "PATH": os.defpath, "SOURCE_DATE_EPOC": EPOCH, "TZ": "UTC"}


def _bytes(stream: object) -> bytes:
    assert isinstance(stream, io.BytesIO)
    return stream.getvalue()
