"""``regsync once``, ``check`` and ``config``: one pass over the file, or only what it says."""

from __future__ import annotations

from collections.abc import Iterable

from regclient.cli.call import Call
from regclient.cli.failures import words_for
from regclient.cli.logs import tell
from regclient.cli.output import functions_of
from regclient.cli.progress import Progress, Quiet
from regclient.errors import Cancelled, RegistryClientError
from regclient.regsync.load import load, open_client
from regclient.regsync.records import LogRecord, records_of, summary
from regclient.sync.events import CopyProgress, SyncEvent
from regclient.sync.run import Syncer
from regclient.sync.steps import Action

FAILED = 1


class Reporter:
    """An observer of a sync: writes the log, and has progress drawn where somebody watches; safe from many threads."""

    def __init__(self, call: Call, progress: Quiet) -> None:
        self._log = call.log
        self._progress = progress

    def __call__(self, event: SyncEvent) -> None:
        """Take note of an event."""
        if isinstance(event, CopyProgress):
            self._progress(event.event)
            if isinstance(self._progress, Progress):
                return  # the bars say what the records would
        for record in records_of(event):
            self.write(record)

    def write(self, record: LogRecord) -> None:
        """Write a record, above what is drawn."""
        if record.level >= self._log.level:
            self._progress.above(lambda: self._log.write(record.level, record.message, record.facts))


def once(call: Call) -> int:
    """Sync once, ignoring schedules; with ``--missing`` only what the targets do not have.

    Raises:
        Incomplete, InvalidConfig: the file cannot be used.
    """
    return _pass(call, Action.MISSING if call.flags.switch("missing") else Action.COPY)


def check(call: Call) -> int:
    """Say what a sync would do, and do nothing.

    Raises:
        Incomplete, InvalidConfig: the file cannot be used.
    """
    return _pass(call, Action.CHECK)


def config(call: Call) -> None:
    """Print the configuration as it would run.

    Raises:
        Incomplete, InvalidConfig: the file cannot be used.
    """
    from regclient.regsync.dump import dump  # noqa: PLC0415 - a door: no other command shows the configuration

    call.write(dump(load(call)))


def schema(call: Call) -> None:
    """Print the JSON Schema of the file."""
    import json  # noqa: PLC0415 - a door: no other command needs it

    from regclient.jobs.configfile import schema_of  # noqa: PLC0415 - a door, as above
    from regclient.regsync.form import FORM, TITLE  # noqa: PLC0415

    call.write(json.dumps(schema_of(FORM, TITLE), indent=2) + "\n")


def _pass(call: Call, action: Action) -> int:
    loaded = load(call)
    parallel = loaded.config.defaults.parallel
    with call.observer() as progress, open_client(call, loaded) as client:
        reporter = Reporter(call, progress)
        functions = functions_of(call.environ)
        with Syncer(client, parallel=parallel, observer=reporter, functions=functions) as syncer:
            abort = call.flags.switch("abort-on-error")
            result = syncer.run(loaded.config.steps, action, abort_on_error=abort)
    record = summary(result, only_checked=action is Action.CHECK)
    call.log.write(record.level, record.message, record.facts)
    if call.cancel.cancelled:
        return ended(call, (*result.errors, Cancelled()))
    return ended(call, result.errors)


def ended(call: Call, errors: Iterable[RegistryClientError]) -> int:
    """Print what went wrong, as the last lines of the program, and return the exit code."""
    code = 0
    for error in errors:
        tell(call.streams.err, words_for(error) + "\n")
        code = FAILED
    return code
