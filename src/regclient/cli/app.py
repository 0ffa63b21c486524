"""From a command line to an exit code: the entry that regctl, regsync and regbot share.

It reads the words, finds the command, runs it, and turns what goes wrong into one clear line. Only here do signals, the
environment and exit codes meet; everything below is a library. What a command does not need is not imported.
"""

from __future__ import annotations

import gc
import os
import sys

from regclient.cli.call import Call, Streams
from regclient.cli.logs import DEBUG, Log, parse_level, tell
from regclient.cli.stdin import Input
from regclient.kit.flags.grammar import Parsed, UsageError, check_args, check_required, parse, unknown_command
from regclient.kit.flags.table import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO, NoReturn

    from regclient.cancel import Cancel
    from regclient.kit.flags.table import Command

MADE_BETWEEN_SWEEPS = 50_000
"""Objects after which Python looks for cycles nobody holds, instead of 700.

A start makes tens of thousands of objects, all of which stay: looking through them again and again is a fourteenth of the work
of a small command.
"""

FAILED = 1
_STDERR = 2
BROKEN_PIPE = 141
"""What a shell sees of a program that SIGPIPE ended; ours ends as quietly."""


def entry(root: Command) -> NoReturn:
    """Run the program of this process: its words, streams, environment and signals.

    The process ends without Python's own clean-up, which takes longer than most commands and has nothing left to do.
    """
    stdin = Input(_binary(sys.stdin, os.O_RDONLY))
    streams = Streams(
        stdin,  # type: ignore[arg-type] # of a stream it has all that commands use
        _binary(sys.stdout, os.O_WRONLY),
        _binary(sys.stderr, os.O_WRONLY),
        terminal=sys.stderr is not None and sys.stderr.isatty(),
    )
    ladder: list[Cancel] = []

    def tie(token: Cancel) -> None:
        ladder.append(token)
        _tie_signals(ladder, stdin)

    gc.set_threshold(MADE_BETWEEN_SWEEPS)
    code = run(root, sys.argv[1:], streams, os.environ, on_cancel=tie)
    os._exit(code)


def run(
    root: Command,
    words: Sequence[str],
    streams: Streams,
    environ: Mapping[str, str],
    *,
    on_cancel: Callable[[Cancel], None] | None = None,
) -> int:
    """Run one command line and return the exit code; never raises.

    ``on_cancel`` is told of each token that ends the work early, as the command makes them.
    """
    try:
        code = _guarded(root, words, streams, environ, on_cancel)
        streams.out.flush()
        tell(streams.err, "")
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        return _complain(streams, f"cannot write the output: {error}")
    return code


def _guarded(
    root: Command,
    words: Sequence[str],
    streams: Streams,
    environ: Mapping[str, str],
    on_cancel: Callable[[Cancel], None] | None,
) -> int:
    try:
        if words and words[0] in ("__complete", "__completeNoDesc"):
            return _answer(root, words, streams)
        parsed = parse(root, words)
        if parsed.switch("help") or parsed.command.is_group:
            return _help(parsed, streams)
        if wrong := _miscounted(parsed):
            return _complain(streams, wrong)
        log = Log(streams.err, level=parse_level(parsed.text("verbosity")), as_json="json" in parsed.texts("logopt"))
        check_required(parsed)
    except (UsageError, ValueError) as error:
        return _complain(streams, str(error))
    return _command(Call(parsed, streams, environ, log, on_cancel))


def _miscounted(parsed: Parsed) -> str:
    """Return what to say about too few or too many arguments, and how the command is called."""
    try:
        check_args(parsed)
    except UsageError as error:
        from regclient.kit.flags.help import usage_line  # noqa: PLC0415 - a door: most calls are right

        return f"{error}\nusage: {usage_line(parsed.chain)}"
    return ""


def _command(call: Call) -> int:
    """Run the body of a command; its failures become one line on standard error."""
    try:
        body = load(call.flags.command.run)
        assert callable(body)
        try:
            code = body(call)
        finally:
            call.close()
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return _complain(call.streams, "interrupted")
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user
        return _fail(call, error)
    return code if isinstance(code, int) else 0


def _fail(call: Call, error: Exception) -> int:
    from regclient.cli.failures import words_for  # noqa: PLC0415 - a door: only failures need words

    call.streams.out.flush()
    if call.log.level <= DEBUG:
        call.log.debug("Command failed", err=error, trace=_trace(error))
    return _complain(call.streams, words_for(error))


def _trace(error: Exception) -> str:
    from traceback import format_exception  # noqa: PLC0415 - a door: only debugging looks

    return "".join(format_exception(error))


def _help(parsed: Parsed, streams: Streams) -> int:
    """Print the help of a command or group; a word that the group does not know is named on standard error."""
    from regclient.kit.flags.help import help_text  # noqa: PLC0415 - a door: most calls want no help

    streams.out.write(help_text(parsed.chain).encode())
    if parsed.args and not parsed.switch("help"):
        streams.out.flush()
        _complain(streams, unknown_command(parsed.chain, parsed.args[0]))
    return 0


def _answer(root: Command, words: Sequence[str], streams: Streams) -> int:
    from regclient.kit.flags.complete import DIRECTIVES, answer  # noqa: PLC0415 - a door: only the shells' scripts ask

    if len(words) < 2:
        return _complain(streams, "requires at least 1 arg(s), only received 0")
    text = answer(root, words[1:], describe=words[0] == "__complete")
    streams.out.write(text.encode())
    directive = int(text.rstrip("\n").rpartition(":")[2])
    _complain(streams, f"Completion ended with directive: {DIRECTIVES[directive]}")
    return 0


def _complain(streams: Streams, text: str) -> int:
    if text:
        tell(streams.err, text.rstrip("\n") + "\n")
    return FAILED


def _binary(stream: object, mode: int) -> BinaryIO:
    """Return the bytes below a standard stream; a closed one reads as empty and swallows what is written."""
    buffer = getattr(stream, "buffer", None)
    found: BinaryIO = (
        buffer if buffer is not None else os.fdopen(os.open(os.devnull, mode), "rb" if mode == os.O_RDONLY else "wb")
    )
    return found


def _tie_signals(ladder: list[Cancel], stdin: Input) -> None:
    """Let each Ctrl-C or termination cancel one more token, the one made last first, and the next one end the process.

    As in the Go programs, SIGUSR1 has every thread say where it is.
    """
    import signal  # noqa: PLC0415 - a door: only work that can be cancelled listens

    from regclient.errors import Cancelled  # noqa: PLC0415 - a door, as above

    def handle(number: int, frame: object) -> None:
        del frame
        token = next((token for token in reversed(ladder) if not token.cancelled), None)
        if token is None:
            os._exit(128 + number)
        token.cancel()
        if stdin.waiting:
            raise Cancelled

    stdin.check = ladder[0].check
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, _show_threads)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _show_threads(number: int, frame: object) -> None:
    """Write on standard error where every thread is."""
    from traceback import format_stack  # noqa: PLC0415 - a door: hardly anybody asks

    del number, frame
    for thread, where in sys._current_frames().items():  # noqa: SLF001 - there is no other way to ask
        text = f"thread {thread}, most recent call last:\n{''.join(format_stack(where))}\n"
        os.write(_STDERR, text.encode("utf-8", "backslashreplace"))
