from __future__ import annotations

import io

from regclient.cli.call import Call, Streams
from regclient.cli.colours import colour_of
from regclient.cli.logs import Log
from regclient.kit.flags.grammar import parse
from regclient.regctl.app import ROOT
from tests.tables import table


class Terminal(io.BytesIO):
    """Standard output that a person watches."""

    def isatty(self) -> bool:
        return True


def painted(out: io.BytesIO, environ: dict[str, str], line: str = "+ x\x1b[H", colour: str = "32") -> str:
    streams = Streams(io.BytesIO(), out, io.BytesIO())
    return colour_of(Call(parse(ROOT, ["version"]), streams, environ, Log(streams.err)))(line, colour)


def test_a_terminal_gets_colours_and_no_control_characters_of_others() -> None:
    assert "\x1b[32m+ x\\x1b[H\x1b[0m" == painted(Terminal(), {})
    assert "same" == painted(Terminal(), {}, "same", "")


def test_a_pipe_gets_the_line_as_it_is() -> None:
    assert "+ x\x1b[H" == painted(io.BytesIO(), {})


@table("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_wants_no_colours_gets_none(environ: dict[str, str]) -> None:
    assert "+ x\\x1b[H" == painted(Terminal(), environ)
