"""Work on schedules: what ``server`` of regsync and regbot does between its start and a signal.

The loop only decides what is due. Time, waiting and threads are arguments, so that a test can live through a week in a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from regclient.clock import Clock
from regclient.kit.duration import format_duration
from regclient.kit.schedule import Schedule, every, parse_schedule

LONGEST_WAIT = 60.0
"""Seconds after which the clock is read again: a machine that slept, or whose clock was set, is late by no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One piece of work that comes again; ``key`` tells it from others, and ``run`` deals with its own errors."""

    key: Hashable
    schedule: Schedule
    run: Callable[[], None]


class Crew(Protocol):
    """What runs tasks beside the loop; see :class:`regclient.concurrency.Crew`."""

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        """Start a call, unless one of this key still runs; say whether it was started."""


def schedule_text(schedule: str, interval: int) -> str:
    """Return what an entry says about its time as one text: its schedule, else its interval (nanoseconds), else nothing."""
    return schedule or (f"@every {format_duration(interval)}" if interval else "")


def schedule_of(schedule: str, interval: int, local: tzinfo) -> Schedule | None:
    """Return the schedule of an entry, None for one that has neither schedule nor interval.

    Raises:
        InvalidSchedule: the text is none.
    """
    if schedule:
        return parse_schedule(schedule, local)
    return every(interval) if interval else None


def run_schedules(
    tasks: Sequence[Task],
    crew: Crew,
    *,
    clock: Clock,
    wait: Callable[[float], bool],
    on_skip: Callable[[Task], None] = lambda _: None,
) -> None:
    """Start every task when it is due, until ``wait`` (up to that many seconds, true when it is time to stop) says so.

    A task that still runs when it is due again is skipped, and ``on_skip`` told. Moments that were missed count once.
    """
    now = clock.now()
    due = [task.schedule.following(now) for task in tasks]
    while True:
        left = min(due, default=now + LONGEST_WAIT) - clock.now()
        if wait(min(max(left, 0.0), LONGEST_WAIT)):
            return
        before, now = now, clock.now()
        if now < before:
            # The clock was set back: what is due next has come nearer.
            due = [min(moment, task.schedule.following(now)) for moment, task in zip(due, tasks, strict=True)]
        for index, task in enumerate(tasks):
            if due[index] <= now:
                due[index] = task.schedule.following(now)
                if not crew.start(task.key, task.run):
                    on_skip(task)
