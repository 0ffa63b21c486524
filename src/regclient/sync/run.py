"""Running a sync: one queue of everything there is to do, whatever step, repository or registry it belongs to.

Lists and checks are bounded by what the hosts let us ask at once, copies by ``parallel``. What becomes of an image is decided
in ``steps.py``, and what there is to ask and to do is in ``expand.py``, ``check.py`` and ``copying.py``; here is in which
order, and how it ends.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Self

from regclient.clock import Clock, SystemClock
from regclient.concurrency import Cancel, Lane, Workers
from regclient.errors import Cancelled, RegistryClientError
from regclient.model.reference import OCIDIR, Reference
from regclient.opener import Opener
from regclient.ops.gathered import gathered
from regclient.sync.check import Image, Look, Looker
from regclient.sync.config import SyncConfig, SyncStep, settled
from regclient.sync.copying import Copier, Crews, Functions
from regclient.sync.events import Checked, ImageFailed, Stage, SyncObserver, TargetNotClosed, unheard
from regclient.sync.expand import Expander, Listing
from regclient.sync.fault import Fault
from regclient.sync.steps import Action
from regclient.sync.tally import SyncResult, Tally
from regclient.sync.waves import waves

MOST_CHECKS = 64
"""Threads that list and check, however many hosts there are."""
MOST_MOVES = 32
_STEPS = Lane("steps", MOST_CHECKS)
_NO_FUNCTIONS: Functions = MappingProxyType({})


def run_sync(
    config: SyncConfig,
    client: Opener,
    action: Action = Action.COPY,
    *,
    observer: SyncObserver = unheard,
    abort_on_error: bool = False,
) -> SyncResult:
    """Bring everything a configuration names into step, once; schedules do not count.

    What fails is told to the ``observer`` and is in the result; nothing is raised for it. ``client.cancel`` ends the work
    early, from any thread.
    """
    config = settled(config)
    with Syncer(client, parallel=config.defaults.parallel, observer=observer) as syncer:
        return syncer.run(config.steps, action, abort_on_error=abort_on_error)


class Syncer:
    """What the runs of one program have in common: the client, the bound on copies, and what was learned on the way.

    Use it as a context manager. Steps must leave nothing open: see :func:`~regclient.sync.config.settled`. ``functions`` are
    those backup templates have besides Go's own. ``stop`` ends the work gently: what runs is finished, nothing else is begun;
    ``client.cancel`` ends what runs too.
    """

    def __init__(
        self,
        client: Opener,
        *,
        parallel: int = 0,
        observer: SyncObserver = unheard,
        functions: Functions = _NO_FUNCTIONS,
        stop: Cancel | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.client = client
        self.observer = observer
        self.stop = stop or Cancel()
        self.clock = clock or SystemClock()
        self.parallel = parallel
        self.copies = Lane("copy", max(1, parallel))
        self.crew = Workers(MOST_CHECKS + self.copies.limit, client.cancel)
        moving = min(MOST_MOVES, client.workers * self.copies.limit)
        self._crews = Crews(Workers(moving, client.cancel), Workers(moving, client.cancel))
        self.looker = Looker(client)
        self.copier = Copier(client, self.looker, self._crews, clock=self.clock, functions=functions)
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._runs = 0
        self._layouts: Counter[Reference] = Counter()

    def __enter__(self) -> Self:
        """Enter the block; threads start when there is something to do."""
        for workers in (self._crews.moving, self._crews.asking, self.crew):
            self._stack.enter_context(workers)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End every thread; call it when no run is left."""
        self._stack.__exit__(kind, error, trace)

    def run(self, steps: Iterable[SyncStep], action: Action = Action.COPY, *, abort_on_error: bool = False) -> SyncResult:
        """Bring these steps into step, once; safe from many threads at the same time.

        ``abort_on_error`` ends the run at the first failure; what runs by then is interrupted. Where nothing is copied in
        parallel, everything then has its turn in the order of the steps, so that nothing behind the failure is touched.
        """
        in_order = abort_on_error and (self.parallel <= 0 or action is Action.CHECK)
        found = tuple(steps)
        with self._running():
            run = _Run(self, action, abort=abort_on_error, in_order=in_order)
            for wave in [[step] for step in found] if in_order else waves(found, self.client.hosts):
                if not run.over:
                    run.do(wave)
            run.close()
        return run.tally.result

    @contextmanager
    def _running(self) -> Iterator[None]:
        with self._lock:
            self._runs += 1
        try:
            yield
        finally:
            with self._lock:
                self._runs -= 1
                if not self._runs:
                    # Blobs may be gone by the time of the next run, and a registry may have learned to mount.
                    self._crews.arrivals.forget()

    def open_layout(self, reference: Reference) -> None:
        """Note that a run writes to a layout."""
        with self._lock:
            self._layouts[reference] += 1

    def close_layout(self, reference: Reference) -> None:
        """Note that a run is done with a layout; when it was the last one, what nothing reaches is dropped."""
        with self._lock:
            self._layouts[reference] -= 1
            if self._layouts[reference]:
                return
            del self._layouts[reference]
            try:
                self.client.close(reference)
            except RegistryClientError as error:
                self.observer(TargetNotClosed(reference, error))


@dataclass(frozen=True, slots=True)
class _Errand:
    """One thing to do; it yields what is to be done because of it."""

    lane: Lane
    call: Callable[[], Iterable[_Errand]]


class _Aborted(Exception):
    """Something failed in a run that ends with the first failure."""


class _Run:
    """One pass over some steps."""

    def __init__(self, syncer: Syncer, action: Action, *, abort: bool, in_order: bool) -> None:
        self.over = False
        self.tally = Tally(syncer.observer)
        self._syncer = syncer
        self._action = action
        self._abort = abort
        self._in_order = in_order
        self._expander = Expander(syncer.client, self.tally)
        self._lock = threading.Lock()
        self._parked: list[tuple[float, Look]] = []
        self._layouts: set[Reference] = set()
        self._gathering = ExitStack()
        self._gathered: set[Reference] = set()

    def do(self, steps: Iterable[SyncStep]) -> None:
        """Do everything the steps lead to; what waits for a rate limit is done when it may be."""
        errands = [_Errand(_STEPS, partial(self._expand, step)) for step in steps]
        try:
            self._finish(errands)
            while self._parked and not self._syncer.stop.cancelled:
                self._wait()
                self._finish(self._due())
        except (Cancelled, _Aborted):
            self.over = True
        if self.over or self._syncer.stop.cancelled:
            self.over = True
            self.tally.stopped()

    def close(self) -> None:
        """Close the layouts that were written."""
        for reference in sorted(self._layouts, key=str):
            self._syncer.close_layout(reference)

    def _finish(self, errands: Iterable[_Errand]) -> None:
        """Do everything; the tags of a layout are written together, and all of them by the time this returns."""
        self._gathered.clear()
        with ExitStack() as self._gathering:
            self._drain(errands)

    def _drain(self, errands: Iterable[_Errand]) -> None:
        if not self._in_order:
            self._syncer.crew.drain(self._one, errands, key=lambda errand: errand.lane)
            return
        pending = [iter(errands)]
        while pending:
            errand = next(pending[-1], None)
            if errand is None:
                pending.pop()
            else:
                self._syncer.client.cancel.check()
                pending.append(iter(self._one(errand)))

    def _one(self, errand: _Errand) -> Iterable[_Errand]:
        if self._syncer.stop.cancelled:
            return ()
        following = tuple(errand.call())
        if self._abort and self.tally.failed:
            raise _Aborted
        return (*following, *self._due())

    def _expand(self, step: SyncStep) -> Iterator[_Errand]:
        for found in self._expander.expand(step):
            yield self._image(found) if isinstance(found, Image) else self._listing(found)

    def _listing(self, listing: Listing) -> _Errand:
        host = listing.source.partition("/")[0]
        return _Errand(self._lane(host, host), partial(self._tags, listing))

    def _tags(self, listing: Listing) -> Iterator[_Errand]:
        yield from map(self._image, self._expander.tags(listing, self._action))

    def _image(self, image: Image) -> _Errand:
        return _Errand(self._lane(image.source.registry, image.target.registry), partial(self._check, image))

    def _lane(self, source: str, target: str) -> Lane:
        """Return the lane of one pair of hosts: as wide as what both let us ask at once."""
        hosts = self._syncer.client.hosts
        width = sum(hosts.resolve(host).req_concurrent for host in {source, target} if host)
        return Lane((source, target), max(1, width))

    def _check(self, image: Image) -> Iterator[_Errand]:
        try:
            look = self._syncer.looker.look(image, self._action)
        except Fault as fault:
            self._fail(image, fault)
            return
        self.tally(Checked(image.step, look.image.source, image.target, look.decision, look.seen.media_type))
        if look.decision.acts and self._action is not Action.CHECK:
            yield self._copy(look)

    def _copy(self, look: Look) -> _Errand:
        return _Errand(self._syncer.copies, partial(self._run_copy, look))

    def _run_copy(self, look: Look) -> Iterable[_Errand]:
        self._open(look.image)
        try:
            until = self._syncer.copier.copy(look, self.tally)
        except Fault as fault:
            self._fail(look.image, fault)
            return ()
        if until is not None:
            with self._lock:
                self._parked.append((until, look))
        return ()

    def _wait(self) -> None:
        """Wait until the first parked copies may be tried again."""
        clock, stop = self._syncer.clock, self._syncer.stop
        seconds = min(until for until, _ in self._parked) - clock.monotonic()
        if seconds <= 0:
            return
        if isinstance(clock, SystemClock):
            with self._syncer.client.cancel.closing(stop.cancel):
                stop.wait(seconds)
        else:
            clock.sleep(seconds)

    def _due(self) -> list[_Errand]:
        """Return the parked copies that may be tried again."""
        if not self._parked:
            return []
        now = self._syncer.clock.monotonic()
        with self._lock:
            due = [look for until, look in self._parked if until <= now]
            self._parked = [(until, look) for until, look in self._parked if until > now]
        return [self._copy(look) for look in due]

    def _fail(self, image: Image, fault: Fault) -> None:
        self.tally(ImageFailed(image.step, str(image.source), str(image.target), fault.stage, fault.cause, fault.detail))

    def _open(self, image: Image) -> None:
        reference = image.target.repository_only()
        if reference.scheme != OCIDIR:
            return
        with self._lock:
            if reference not in self._layouts:
                self._layouts.add(reference)
                self._syncer.open_layout(reference)
            if reference not in self._gathered:
                self._gathered.add(reference)
                self._gathering.enter_context(self._gather(image))

    @contextmanager
    def _gather(self, image: Image) -> Iterator[None]:
        """Let the tags of the layout of an image be written together; the image stands for all when they cannot be."""
        over = False
        try:
            with gathered(self._syncer.client.named(image.target)[0]):
                yield
                over = True
        except RegistryClientError as error:
            if not over:
                raise
            self._fail(image, Fault(Stage.COPY, error))
