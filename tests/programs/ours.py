"""Our own regctl, run inside the test's process: the same entry, without starting an interpreter for each line."""

from __future__ import annotations

import io
import os
from pathlib import Path

from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.regctl.app import ROOT
from tests.programs.transcript import EPOCH, Result


def in_process(words: list[str], stdin: bytes, root: Path) -> Result:
    """Run a command line; like the Go program's process, it sees an empty home below ``root``."""
    streams = Streams(io.BytesIO(stdin), io.BytesIO(), io.BytesIO())
    code = run(ROOT, words, streams, {"HOME": str(root / "home"), "PATH": os.defpath, "SOURCE_DATE_EPOC": EPOCH, "TZ": "UTC"})
    return Result(_bytes(streams.out), code, _bytes(streams.err))


def _bytes(stream: object) -> bytes:
    assert isinstance(stream, io.BytesIO)
    return stream.getvalue()
