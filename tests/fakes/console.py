"""A command line without a process: words in, output, errors and exit code out."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from regclient.cli.app import run
from regclient.cli.call import Call, Streams
from regclient.cli.logs import WARN, Log
from regclient.kit.flags.grammar import parse
from regclient.kit.flags.table import Command


class Ended(NamedTuple):
    """How a command line ended."""

    code: int
    out: str
    err: str


@dataclass
class Console:
    """Runs the command lines of one program."""

    root: Command

    def __call__(
        self, *words: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None, terminal: bool = False
    ) -> Ended:
        """Run one command line."""
        out, err = io.BytesIO(), io.BytesIO()
        code = run(self.root, list(words), Streams(io.BytesIO(stdin), out, err, terminal=terminal), environ or {})
        return Ended(code, out.getvalue().decode(errors="surrogateescape"), err.getvalue().decode())


def call_of(root: Command, *words: str, stdin: bytes = b"", terminal: bool = False, level: int = WARN) -> Call:
    """Return the call a command line makes, not yet run; its streams keep what is written."""
    streams = Streams(io.BytesIO(stdin), io.BytesIO(), io.BytesIO(), terminal=terminal)
    return Call(parse(root, list(words)), streams, {}, Log(streams.err, level=level))


def written(stream: object) -> str:
    """Return what was written to a stream of such a call."""
    assert isinstance(stream, io.BytesIO)
    return stream.getvalue().decode()
