"""The commands that run scripts: once, or on their schedules until a signal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from regclient.cli.call import Call
from regclient.cli.failures import Silent, printable, words_for
from regclient.cli.jobs import client_of, local_zone, read_file
from regclient.cli.logs import ERROR, tell
from regclient.clock import Clock, SystemClock
from regclient.concurrency import Crew
from regclient.jobs.configfile import schema_of
from regclient.jobs.schedules import Task, run_schedules, schedule_of, schedule_text
from regclient.kit.schedule import InvalidSchedule
from regclient.regbot.bot import Bot, Conditions
from regclient.regbot.config import FORM, TITLE, Defaults, Script, settled

GRACE = 8.0
"""Seconds that running scripts have to end when the server is stopped; what stops containers waits ten."""


def once(call: Call) -> None:
    """Run every script of the file once.

    Raises:
        InvalidConfig: the file is wrong.
        Silent: a script failed, and was told of.
    """
    with _prepared(call, _writer(call)) as (scripts, bot):
        bot.run_all(scripts)
    _finish(call, bot)


def server(
    call: Call, *, clock: Clock | None = None, wait: Callable[[float], bool] | None = None, crew: Crew | None = None
) -> None:
    """Run the scripts on their schedules until a signal comes; the first failure of any is told then.

    What nobody reads any more is dropped: the scripts go on.

    The clock, how to wait and what runs scripts are arguments for those who have no time to wait.

    Raises:
        InvalidConfig: the file is wrong.
        Silent: a script failed, and was told of.
    """
    wait = wait or call.stop.wait
    call.log.lasting = True
    with _prepared(call, _lasting(_writer(call))) as (scripts, bot), crew or Crew() as running:
        tasks = _tasks(call, scripts, bot)
        run_schedules(
            tasks, running, clock=clock or SystemClock(), wait=wait, on_skip=lambda task: _skipped(call, scripts, task)
        )
        call.log.info("Stopping server")
        call.log.debug("Waiting on running tasks")
        running.join(GRACE, until=lambda: call.cancel.cancelled)
        call.cancel.cancel()
    _finish(call, bot)


def schema(call: Call) -> None:
    """Print the JSON Schema of the file."""
    call.write(schema_text())


def schema_text() -> str:
    """Return the JSON Schema of the file as text."""
    return json.dumps(schema_of(FORM, TITLE), indent=2) + "\n"


@contextmanager
def _prepared(call: Call, write: Callable[[str, str], None]) -> Iterator[tuple[tuple[Script, ...], Bot]]:
    file = read_file(call, FORM)
    scripts, defaults = settled(file), file.defaults
    call.log.debug("Configuring parallel settings", concurrent=max(1, defaults.parallel))
    with client_of(call, file.creds, defaults.client) as client:
        yield scripts, Bot(client, call.log, write, _conditions(call, defaults))


def _conditions(call: Call, defaults: Defaults) -> Conditions:
    switch = call.flags.switch
    return Conditions(call.environ, defaults.parallel, dry_run=switch("dry-run"), allow_io=switch("allow-io"))


def _writer(call: Call) -> Callable[[str, str], None]:
    streams = {"stdout": call.streams.out, "stderr": call.streams.err}

    def write(stream: str, text: str) -> None:
        out = streams.get(stream, call.streams.out)
        out.write(text.encode("utf-8", "surrogateescape"))
        out.flush()

    return write


def _lasting(write: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def lasting(stream: str, text: str) -> None:
        with suppress(BrokenPipeError):
            write(stream, text)

    return lasting


def _tasks(call: Call, scripts: tuple[Script, ...], bot: Bot) -> list[Task]:
    """Return the scripts that have a schedule; what has none, or one that cannot be read, is told of and left out."""
    zone = local_zone(call.environ)
    tasks = []
    for number, script in enumerate(scripts):
        text = schedule_text(script.schedule, script.interval)
        try:
            schedule = schedule_of(script.schedule, script.interval, zone)
        except InvalidSchedule as error:
            call.log.write(ERROR, "Failed to schedule cron", {"name": script.name, "sched": text, "err": str(error)})
            bot.fail(error)
            continue
        if schedule is None:
            call.log.error("No schedule or interval found, ignoring", name=script.name)
            continue
        call.log.debug("Scheduled task", name=script.name, sched=text)
        tasks.append(Task(number, schedule, partial(_scheduled, call, bot, script)))
    return tasks


def _scheduled(call: Call, bot: Bot, script: Script) -> None:
    call.log.debug("Running task", name=script.name)
    bot.run(script)


def _skipped(call: Call, scripts: tuple[Script, ...], task: Task) -> None:
    assert isinstance(task.key, int)
    call.log.info("Still running, not started again", name=scripts[task.key].name)


def _finish(call: Call, bot: Bot) -> None:
    """Tell the first failure, with the lines of the script that led to it."""
    if bot.error is None:
        return
    lines = str(bot.error).split("\n")
    text = "\n".join(map(_shown, lines)) if len(lines) > 1 else words_for(bot.error)
    tell(call.streams.err, f"{text}\n")
    raise Silent


def _shown(line: str) -> str:
    return "\t" + printable(line[1:]) if line.startswith("\t") else printable(line)
