"""What runs scripts: one client, one log and one throttle for all of them.

Every failure of a script ends here: it is logged once, kept when it is the first, and touches no other script.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from regclient.cancel import BLINK, Cancel
from regclient.cli.logs import Log
from regclient.client import Client
from regclient.concurrency import Workers
from regclient.errors import Cancelled, RegistryClientError
from regclient.regbot.config import Script
from regclient.regbot.sandbox.calls import Session
from regclient.regbot.sandbox.script import Sandbox, run_script

_MOST_AT_ONCE = 32
"""Scripts of one run at the same time: each has a process and a thread."""


class Throttle:
    """Lets so many expensive calls of all scripts run at once; who waits can be cancelled."""

    def __init__(self, places: int, cancel: Cancel) -> None:
        self._places = threading.Semaphore(max(1, places))
        self._cancel = cancel

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            Cancelled: the work of this thread is to end.
        """
        while not self._places.acquire(timeout=BLINK):
            self._cancel.check()
        try:
            yield
        finally:
            self._places.release()


@dataclass(frozen=True, slots=True)
class Conditions:
    """How scripts are run, whichever they are."""

    environ: Mapping[str, str] = field(default_factory=dict)
    parallel: int = 0
    dry_run: bool = False
    allow_io: bool = False


class Bot:
    """Runs scripts; safe from many threads. ``write`` prints to ``stdout`` or ``stderr``."""

    def __init__(self, client: Client, log: Log, write: Callable[[str, str], None], conditions: Conditions) -> None:
        self._client = client
        self._log = log
        self._write = write
        self._conditions = conditions
        self._throttle = Throttle(conditions.parallel, client.cancel)
        self._lock = threading.Lock()
        self._first: RegistryClientError | None = None
        self._unread = False

    @property
    def error(self) -> RegistryClientError | None:
        """The first failure of any script."""
        return self._first

    def fail(self, error: RegistryClientError) -> None:
        """Keep a failure if it is the first."""
        with self._lock:
            self._first = self._first or error

    def run_all(self, scripts: Sequence[Script]) -> None:
        """Run every script once: one after another, or with ``parallel`` at the same time. A failure stops no other.

        Raises:
            BrokenPipeError: nobody reads what is printed, so that all scripts were ended.
        """
        if self._conditions.parallel <= 0:
            for script in scripts:
                self.run(script)
            return
        # A token of its own: the workers must end by themselves when the client's is cancelled, one script after another.
        with Workers(min(len(scripts), _MOST_AT_ONCE), Cancel()) as workers:
            workers.map(self.run, scripts)

    def run(self, script: Script) -> None:
        """Run one script, unless the program is to end.

        Raises:
            BrokenPipeError: nobody reads what is printed; the program is to end, and has nothing to say about it.
        """
        if self._client.cancel.cancelled:
            self.fail(Cancelled())
            return
        self._log.debug("Starting script", script=script.name)
        conditions = self._conditions
        session = Session(
            script.name,
            self._client,
            self._log,
            self._throttle,
            self._write,
            dry_run=conditions.dry_run,
            allow_io=conditions.allow_io,
        )
        try:
            run_script(script.text, session, Sandbox(script.limits, conditions.environ))
            self._log.debug("Finished script", script=script.name)
        except BrokenPipeError:
            self._unread = True
            self._client.cancel.cancel()
            raise
        except RegistryClientError as error:
            if not self._unread:
                self._log.warning("Error running script", script=script.name, error=str(error))
            self.fail(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the other scripts
            self._log.error("Runtime error from script", script=script.name, error=repr(error))
            self.fail(RegistryClientError(f"internal error: {error!r}"))
        finally:
            self._tell(script, session.intended)

    def _tell(self, script: Script, intended: Sequence[str]) -> None:
        """Print what a dry run would have done, in order."""
        if intended:
            self._write("stdout", "".join(f"{script.name}: would {intention}\n" for intention in intended))
