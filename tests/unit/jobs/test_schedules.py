"""The loop of a server: what is due starts when it is due, over any length of time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from regclient.jobs.schedules import LONGEST_WAIT, Task, run_schedules, schedule_of, schedule_text
from regclient.kit.duration import HOUR, MINUTE
from regclient.kit.schedule import Every, InvalidSchedule, parse_schedule
from tests.fakes.clock import FakeClock

BERLIN = ZoneInfo("Europe/Berlin")


class Inline:
    """A crew that runs each call at once, but for keys that are said to be busy."""

    def __init__(self) -> None:
        self.busy: set[Hashable] = set()

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        if key in self.busy:
            return False
        call()
        return True


class Days:
    """A clock and a wait that end after some time; remembers how long each wait was."""

    def __init__(self, start: datetime, seconds: float) -> None:
        self.clock = FakeClock(start.timestamp())
        self.end = start.timestamp() + seconds
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.clock.advance(seconds)
        return self.clock.now() >= self.end


def task(key: str, text: str, run: Callable[[], None], zone: tzinfo = UTC) -> Task:
    return Task(key, parse_schedule(text, zone), run)


def test_each_task_starts_whenever_it_is_due() -> None:
    days, ran = Days(datetime(2026, 1, 1, tzinfo=UTC), 3600.5), list[str]()
    tasks = [task("a", "*/20 * * * *", lambda: ran.append("a")), task("b", "@every 25m", lambda: ran.append("b"))]
    run_schedules(tasks, Inline(), clock=days.clock, wait=days.wait)
    assert ran == ["a", "b", "a", "b", "a"]


def test_a_task_that_still_runs_is_skipped_and_told_of() -> None:
    days, crew, skipped = Days(datetime(2026, 1, 1, tzinfo=UTC), 200), Inline(), list[Hashable]()
    crew.busy.add("a")
    tasks = [task("a", "* * * * *", pytest.fail)]
    run_schedules(tasks, crew, clock=days.clock, wait=days.wait, on_skip=lambda task: skipped.append(task.key))
    assert skipped == ["a", "a", "a"]


def test_moments_that_were_missed_count_once() -> None:
    days, ran = Days(datetime(2026, 1, 1, tzinfo=UTC), 86_400), list[float]()

    def slow() -> None:
        ran.append(days.clock.now())
        days.clock.advance(1000)

    run_schedules([task("a", "* * * * *", slow)], Inline(), clock=days.clock, wait=days.wait)
    assert 80 < len(ran) < 90


def test_without_tasks_it_waits_for_the_end() -> None:
    days = Days(datetime(2026, 1, 1, tzinfo=UTC), 3600)
    run_schedules([], Inline(), clock=days.clock, wait=days.wait)
    assert days.waits == [LONGEST_WAIT] * 60


def test_a_clock_that_is_set_back_does_not_keep_a_task_waiting() -> None:
    days, ran = Days(datetime(2026, 1, 3, tzinfo=UTC), 86_400), list[float]()
    start = days.clock.now()

    def wait(seconds: float) -> bool:
        if not days.waits:
            days.clock.advance(-86_400)
        return days.wait(seconds) or bool(ran)

    run_schedules([Task("a", Every(3600), lambda: ran.append(days.clock.now()))], Inline(), clock=days.clock, wait=wait)
    assert start - 86_400 < ran[0] <= start - 86_400 + 3600 + 2 * LONGEST_WAIT


def test_a_week_goes_by_with_every_run_in_its_place_also_across_a_change_of_the_clock() -> None:
    """From Monday 23 March 2026 to the next Monday; on Sunday the clock in Berlin skips 02:00 to 03:00."""
    start = datetime(2026, 3, 23, 0, 0, tzinfo=BERLIN)
    days, ran = Days(start, 7 * 86_400 - 3600 - 1), dict[str, list[str]]()

    def at(key: str) -> Callable[[], None]:
        moments = ran.setdefault(key, [])
        return lambda: moments.append(datetime.fromtimestamp(days.clock.now(), BERLIN).strftime("%d %H:%M"))

    texts = {
        "nightly": "30 2 * * *",
        "workdays": "0 9 * * mon-fri",
        "hourly": "@hourly",
        "often": "@every 30m",
        "new york": "CRON_TZ=America/New_York 0 20 * * *",
    }
    tasks = [task(key, text, at(key), BERLIN) for key, text in texts.items()]
    run_schedules(tasks, Inline(), clock=days.clock, wait=days.wait)
    assert ran["nightly"] == [f"{day} 02:30" for day in range(23, 29)] + ["29 03:00"]
    assert ran["workdays"] == [f"{day} 09:00" for day in range(23, 28)]
    assert len(ran["hourly"]) == 7 * 24 - 2
    assert ran["hourly"][-23:] == [f"29 {hour:02}:00" for hour in range(24) if hour != 2]
    assert len(ran["often"]) == 2 * (7 * 24 - 1) - 1
    # The clock in New York changed two weeks before.
    assert ran["new york"] == [f"{day} 01:00" for day in range(23, 29)] + ["29 01:00"]


def test_what_an_entry_says_of_its_time_is_one_text() -> None:
    assert schedule_text("0 1 * * *", 5 * MINUTE) == "0 1 * * *"
    assert schedule_text("", 90 * MINUTE) == "@every 1h30m0s"
    assert schedule_text("", 0) == ""


def test_an_entry_has_the_schedule_it_says() -> None:
    assert schedule_of("", HOUR, UTC) == Every(3600)
    assert schedule_of("", 0, UTC) is None
    assert schedule_of("@hourly", HOUR, BERLIN) == parse_schedule("@hourly", BERLIN)
    with pytest.raises(InvalidSchedule):
        schedule_of("now and then", 0, UTC)
