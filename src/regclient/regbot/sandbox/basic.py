"""What scripts use besides registries: their log, their output, and their end."""

from __future__ import annotations

from regclient.cli.logs import INFO
from regclient.regbot.sandbox.calls import NOTHING, Arguments, Exited, Returned, Session, function


@function("log", usage="MESSAGE", example='log("done")')
def log(session: Session, arguments: Arguments) -> Returned:
    """Write a line to the log of the program, at level info, with the name of the script."""
    session.log.write(INFO, "User script message", {"script": session.name, "message": arguments.text(1)})
    return NOTHING


@function("write", example='print("hello")\nio.write("text without a line end", "\\n")')
def write(session: Session, arguments: Arguments) -> Returned:
    """Write to standard output or standard error: what ``print``, ``io.write`` and ``io.stderr:write`` do."""
    session.write(arguments.text(1), arguments.text(2))
    return NOTHING


@function("exit", usage="[CODE]", example="os.exit(0)")
def leave(session: Session, arguments: Arguments) -> Returned:
    """End the script, what ``os.exit`` does: without a code or with 0 as if it had returned, else as a failure.

    Raises:
        Exited: always.
    """
    del session
    code = arguments.value(1)
    raise Exited(0 if code is None or code is True else arguments.number(1) if isinstance(code, float) else 1)
