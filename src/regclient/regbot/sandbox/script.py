"""Running one script: its process, its calls one after another, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from regclient.errors import Cancelled, RegistryClientError
from regclient.kit.duration import format_duration
from regclient.regbot.sandbox.calls import Arguments, CallFailed, Exited, Returned, Session
from regclient.regbot.sandbox.deadline import Deadline, deadline
from regclient.regbot.sandbox.library import find, modules
from regclient.regbot.sandbox.limits import Limits
from regclient.regbot.sandbox.process import Child, Ended
from regclient.regbot.sandbox.wire import Garbled, Value, decode, encode


class ScriptFailed(RegistryClientError):
    """A script that did not end well: its own error with the lines that led there, or the limit it ran into."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How scripts are run: with which limits and environment, and whether they may use files and programs."""

    limits: Limits = field(default_factory=Limits)
    environ: Mapping[str, str] = field(default_factory=dict)


def run_script(text: str, session: Session, sandbox: Sandbox) -> None:
    """Run a script to its end, in a process of its own.

    Raises:
        ScriptFailed: it failed, or took more than it may.
        Cancelled: the program is to end; the script was ended.
    """
    cancel, limits = session.client.cancel, sandbox.limits
    with deadline(cancel, limits.timeout) as time:
        try:
            with Child(limits, sandbox.environ, allow_io=session.allow_io) as child, cancel.closing(child.kill):
                _converse(text, session, child)
        except Exited as exited:
            if exited.code:
                raise ScriptFailed(str(exited)) from None
        except (Ended, Garbled) as error:
            _explain(time, limits)
            cancel.check()
            raise ScriptFailed(str(error)) from error
        except Cancelled:
            _explain(time, limits)
            raise


def _explain(time: Deadline, limits: Limits) -> None:
    if time.expired:
        raise ScriptFailed(f"the script took longer than {format_duration(limits.timeout)} (see timeout)")


def _converse(text: str, session: Session, child: Child) -> None:
    """Answer one call after another until the script says how it ended."""
    while True:
        message = decode(child.receive())
        if not isinstance(message, list) or not message or not isinstance(message[0], str):
            raise Garbled("a message of the script's process is no call")
        name, values = message[0], message[1:]
        if name == "end":
            return _ended(values)
        if name == "start":
            answer: Value = {"values": [{"script": text, "modules": modules()}], "count": 1}
        else:
            answer = _answer(name, values, session)
        child.send(encode(answer))


def _ended(values: list[Value]) -> None:
    if values[:1] != [True]:
        raise ScriptFailed(str(values[1]) if len(values) > 1 else "the script failed")


def _answer(name: str, values: list[Value], session: Session) -> Value:
    try:
        returned = _call(name, values, session)
    except Cancelled:
        raise
    except RegistryClientError as error:
        return {"error": str(error)}
    return {"values": returned.values, "count": len(returned.values), "update": returned.update}


def _call(name: str, values: list[Value], session: Session) -> Returned:
    found = find(name)
    if found is None:
        raise CallFailed(f"there is no function {name}")
    return found.run(session, Arguments(found.name, values))
