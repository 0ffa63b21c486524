"""``regsync server``: what is missing at once, then every step on its schedule, until a signal.

The first signal lets running copies end within the grace period and begins nothing new; after that period, or at the second
signal, requests are cut off. A tag is written last, so neither leaves one half done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from regclient.cancel import Cancel
from regclient.cli.call import Call
from regclient.cli.failures import words_for
from regclient.cli.jobs import local_zone
from regclient.cli.logs import DEBUG, INFO
from regclient.cli.output import functions_of
from regclient.clock import Clock, SystemClock
from regclient.concurrency import Crew
from regclient.errors import RegistryClientError
from regclient.jobs.schedules import Task, run_schedules, schedule_of, schedule_text
from regclient.kit.duration import SECOND, parse_duration
from regclient.kit.schedule import InvalidSchedule
from regclient.regsync.load import load, open_client
from regclient.regsync.records import summary
from regclient.regsync.run import Reporter, ended
from regclient.sync.config import SyncStep
from regclient.sync.run import Syncer
from regclient.sync.steps import Action
from regclient.sync.tally import SyncResult

_FIRST = "first pass"


def serve(call: Call) -> int:
    """Run until a signal; 1 when anything failed meanwhile.

    Raises:
        Incomplete, InvalidConfig: the file cannot be used.
    """
    loaded = load(call)
    grace = parse_duration(call.flags.text("grace")) / SECOND
    parallel = loaded.config.defaults.parallel
    with open_client(call, loaded) as client:
        reporter = Reporter(call, call.observer())
        functions = functions_of(call.environ)
        with Syncer(client, parallel=parallel, observer=reporter, functions=functions, stop=call.stop) as syncer:
            server = Server(call, syncer, reporter, abort=call.flags.switch("abort-on-error"))
            server.plan(loaded.config.steps, local_zone(call.environ))
            server.run(grace)
    return ended(call, server.errors)


class Server:
    """Steps on their schedules, and what went wrong so far: the last error of each step, however long it runs."""

    def __init__(self, call: Call, syncer: Syncer, reporter: Reporter, *, abort: bool) -> None:
        self._log = call.log
        self._stop: Cancel = call.stop
        self._cancel: Cancel = call.cancel
        self._syncer = syncer
        self._reporter = reporter
        self._abort = abort
        self._tasks: list[Task] = []
        self._first: list[SyncStep] = []
        self._errors: dict[object, tuple[RegistryClientError, ...]] = {}

    @property
    def errors(self) -> list[RegistryClientError]:
        """The last errors of everything that ever failed."""
        return [error for errors in self._errors.values() for error in errors]

    def plan(self, steps: tuple[SyncStep, ...], local: tzinfo) -> None:
        """Make tasks of steps; one without a schedule is ignored, one with a schedule that is none is an error."""
        for index, step in enumerate(steps):
            interval = round(step.interval * SECOND)
            text = schedule_text(step.schedule, interval)
            where: dict[str, object] = {"source": step.source, "target": step.target}
            if not text:
                self._log.error("No schedule or interval found, ignoring", **where, type=step.type)
                continue
            self._log.debug("Scheduled task", **where, type=step.type, sched=text)
            self._first.append(step)
            try:
                schedule = schedule_of(step.schedule, interval, local)
            except InvalidSchedule as error:
                self._log.error("Failed to schedule cron", **where, sched=text, err=error)
                self._errors["schedule", index] = (error,)
                continue
            assert schedule is not None
            self._tasks.append(Task(index, schedule, partial(self._job, index, step)))

    def run(
        self,
        grace: float,
        *,
        clock: Clock | None = None,
        wait: Callable[[float], bool] | None = None,
        crew: Crew | None = None,
    ) -> None:
        """Do the first pass and then what is due, until stopped; then give what runs ``grace`` seconds to end.

        The clock, how to wait and what runs tasks are arguments for those who have no time to wait.
        """
        stop = self._stop
        if self._abort and self._errors:
            return
        with crew or Crew() as running:
            running.start(_FIRST, partial(self._sync, _FIRST, self._first, Action.MISSING))
            running.join(until=lambda: stop.cancelled)
            if not stop.cancelled:
                run_schedules(self._tasks, running, clock=clock or SystemClock(), wait=wait or stop.wait, on_skip=self._skip)
                self._log.info("Stopping server")
            self._log.debug("Waiting on running tasks")
            if not running.join(grace, until=lambda: self._cancel.cancelled):
                self._cancel.cancel()

    def _job(self, index: int, step: SyncStep) -> None:
        self._log.debug("Running task", source=step.source, target=step.target, type=step.type)
        self._sync(index, [step], Action.COPY)

    def _sync(self, key: object, steps: list[SyncStep], action: Action) -> None:
        try:
            result = self._syncer.run(steps, action, abort_on_error=self._abort)
        except RegistryClientError as error:
            result = SyncResult(failed=1, errors=(error,), complete=False)
            self._log.error("Failed to run task", err=words_for(error))
        if result.errors:
            self._errors[key] = result.errors
            if self._abort:
                self._stop.cancel()
        record = summary(result, only_checked=False)
        if key != _FIRST:
            where = {"source": steps[0].source, "target": steps[0].target}
            # A run that found nothing to do is not worth a line every few minutes.
            record = record._replace(level=INFO if result.copied or result.failed else DEBUG, facts={**where, **record.facts})
        self._reporter.write(record)

    def _skip(self, task: Task) -> None:
        self._log.debug("Task is still running, skipping", task=task.key)
