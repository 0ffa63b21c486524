from __future__ import annotations

import io
import signal

import pytest

from regclient.cancel import Cancel
from regclient.cli.app import BROKEN_PIPE, _show_threads, _tie_signals, run
from regclient.cli.call import Call, Streams
from regclient.cli.failures import Silent
from regclient.cli.options import EVERYWHERE
from regclient.cli.stdin import Input
from regclient.errors import ManifestNotFound
from regclient.kit.flags.table import Command
from tests.fakes.console import Console, written
from tests.tables import table


def body(call: Call) -> int | None:
    """What the commands of these tests do: as their argument says."""
    call.write("some output\n")
    match call.args:
        case ["not-found"]:
            raise ManifestNotFound("v1", "here")
        case ["silent"]:
            raise Silent
        case ["mistake"]:
            raise KeyError("oops")
        case ["interrupt"]:
            raise KeyboardInterrupt
        case ["three"]:
            return 3
        case ["cancel"]:
            call.cancel.cancel()
        case ["log"]:
            call.log.info("working", at="it")
    return None


WORK = Command("work", "do something", args=(0, 1), run=f"{__name__}:body")
ROOT = Command("tool", "a tool", persistent=EVERYWHERE, children=(Command("group", "a group", children=(WORK,)), WORK))
tool = Console(ROOT)


class Full(io.BytesIO):
    """A stream that cannot be written to."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


def test_a_command_that_works_ends_with_zero() -> None:
    assert (0, "some output\n", "") == tool("work")


@table(
    ("word", "code", "said"),
    [
        ("not-found", 1, "manifest v1 not found in here\n"),
        ("silent", 1, ""),
        ("mistake", 1, "internal error: KeyError: 'oops' (please report this; -v debug shows where)\n"),
        ("interrupt", 1, "interrupted\n"),
        ("three", 3, ""),
    ],
)
def test_a_failure_is_one_line_after_the_output(word: str, code: int, said: str) -> None:
    assert (code, "some output\n", said) == tool("work", word)


def test_debugging_shows_where_it_failed() -> None:
    assert "Traceback" in tool("work", "mistake", "-v", "debug").err
    assert "Traceback" not in tool("work", "mistake").err


@table(
    ("words", "said"),
    [
        (["work", "a", "b"], "accepts between 0 and 1 arg(s), received 2\nusage: tool work\n"),
        (["--bogus"], "unknown flag: --bogus\n"),
        (["wrok"], 'unknown command "wrok" for "tool"\n\nDid you mean this?\n\twork\n'),
        (["work", "-v", "loud"], 'unable to parse verbosity loud: slog: level string "loud": unknown name\n'),
        (["__complete"], "requires at least 1 arg(s), only received 0\n"),
    ],
)
def test_a_line_that_cannot_be_read_does_nothing(words: list[str], said: str) -> None:
    assert (1, "", said) == tool(*words)


def test_a_group_prints_its_help_and_ends_with_zero() -> None:
    assert (0, "") == (tool("group").code, tool("group").err)
    assert tool("group").out.startswith("a group\n\nUsage:\n  tool group [command]\n")
    assert tool("group").out == tool("group", "--help").out
    assert tool().out.startswith("a tool\n")


def test_a_word_the_group_does_not_know_is_named_beside_its_help() -> None:
    ended = tool("group", "wrok")

    assert (0, tool("group").out) == (ended.code, ended.out)
    assert 'unknown command "wrok" for "tool group"\n\nDid you mean this?\n\twork\n' == ended.err


def test_the_shells_are_answered() -> None:
    ended = tool("__complete", "w")

    assert (0, "work\tdo something\n:4\n") == (ended.code, ended.out)
    assert "Completion ended with directive: ShellCompDirectiveNoFileComp\n" == ended.err
    assert "work\n:4\n" == tool("__completeNoDesc", "w").out


def test_log_lines_follow_the_flags() -> None:
    assert "" == tool("work", "log").err
    assert "level=INFO msg=working at=it" in tool("work", "log", "-v", "info").err
    assert '"msg":"working","at":"it"}' in tool("work", "log", "-v", "info", "--logopt", "json").err


@table(
    ("error", "code", "said"),
    [(BrokenPipeError(), BROKEN_PIPE, ""), (OSError(28, "No space left on device"), 1, "cannot write the output")],
)
def test_output_that_nobody_takes_ends_the_program(error: OSError, code: int, said: str) -> None:
    streams = Streams(io.BytesIO(), Full(error), io.BytesIO())

    assert code == run(ROOT, ["work"], streams, {})
    assert said in written(streams.err)


@table(
    ("words", "code", "out"),
    [
        (["work", "log", "-v", "info"], 0, "some output\n"),
        (["work", "three"], 3, "some output\n"),
        (["work", "not-found", "-v", "debug"], 1, "some output\n"),
        (["group", "wrok"], 0, tool("group").out),
        (["help", "wrok"], 1, ""),
    ],
)
def test_what_standard_error_cannot_take_changes_nothing(words: list[str], code: int, out: str) -> None:
    streams = Streams(io.BytesIO(), io.BytesIO(), Full(OSError(28, "No space left on device")))

    assert (code, out) == (run(ROOT, words, streams, {}), written(streams.out))


def test_a_reader_of_standard_error_that_is_gone_ends_the_program() -> None:
    streams = Streams(io.BytesIO(), io.BytesIO(), Full(BrokenPipeError()))

    assert BROKEN_PIPE == run(ROOT, ["work", "log", "-v", "info"], streams, {})


def test_the_token_that_cancels_is_handed_out() -> None:
    made: list[Cancel] = []

    run(ROOT, ["work", "cancel"], Streams(io.BytesIO(), io.BytesIO(), io.BytesIO()), {}, on_cancel=made.append)
    run(ROOT, ["work"], Streams(io.BytesIO(), io.BytesIO(), io.BytesIO()), {}, on_cancel=made.append)

    assert [True] == [token.cancelled for token in made]


def test_each_signal_cancels_one_more_token_the_one_made_last_first() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)}
    cancel, stop = Cancel(), Cancel()
    ladder = [cancel, stop]
    try:
        _tie_signals(ladder, Input(io.BytesIO()))
        states = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.raise_signal(number)
            states.append((stop.cancelled, cancel.cancelled))
        assert [(True, False), (True, True)] == states
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_where_every_thread_is_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    _show_threads(0, None)
    said = capfd.readouterr().err
    assert "most recent call last" in said
    assert "test_where_every_thread_is_goes_to_standard_error" in said
