"""What holds for every test: a scrubbed environment, one order for all runs, an end to hanging, and no surprises.

Each of these would be a plugin or a fixture; here they cost next to nothing, which counts with thousands of tests.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Generator
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

# Thousands of tests are objects that live to the end: looking through them again and again is a fifth of the time.
gc.set_threshold(100_000, 20, 100)
# pytest rewrites every assertion of the tests: once, not in each run, though containers often ask Python to keep nothing.
sys.dont_write_bytecode = False

KEPT = {"PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "PYTEST_XDIST_WORKER", "CI", "GOPATH", "GOCACHE"}
HANGS_AFTER = {"heavy": 1200.0, "peer": 300.0, "": 60.0}
MEMORY, ROOM = Path("/dev/shm"), 1 << 30
WATCH = pytest.StashKey["Watch"]()
HOME = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--order`` and ``--dice``."""
    parser.addoption(
        "--order", default="1", metavar="NUMBER", help="the order of the tests: a number, or 'new' for another one"
    )
    parser.addoption("--dice", action="store_true", help="new examples for property tests, which --order new implies")


def pytest_configure(config: pytest.Config) -> None:
    """Scrub the environment, make errors of warnings, choose the order, and keep temporary files in memory, without a disk."""
    warnings.simplefilter("error")
    # Ctrl-C is heard even where the run was started in the background, with the signal ignored: tests send it to themselves.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in set(os.environ) - KEPT:
        del os.environ[name]
    if "TMPDIR" not in os.environ and not wants_heavy(config) and in_memory(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None
    config.stash[HOME] = Path(tempfile.gettempdir()) / f"no-home-of-the-tests-{os.getpid()}"
    os.environ.update(HOME=str(config.stash[HOME]), TZ="UTC")
    time.tzset()
    if config.option.order == "new":
        chosen = getattr(config, "workerinput", {}).get("order", random.randrange(1_000_000))
        config.option.order, config.option.dice = str(chosen), True
    config.stash[WATCH] = Watch()
    if hasattr(config, "workerinput") and config.option.durations is None:
        config.pluginmanager.register(Brief())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker the new order, for it is given the command line, where each would choose another."""
    node.workerinput["order"] = node.config.option.order


def wants_heavy(config: pytest.Config) -> bool:
    """Whether the run is one of tests that need gigabytes."""
    wanted = str(config.getoption("markexpr")).replace("not heavy", "")
    return "heavy" in wanted or any("heavy" in str(argument) for argument in config.args)


def in_memory(folder: Path) -> bool:
    """Whether temporary files may lie there: it has room and runs programs, which the memory of some containers does not."""
    if not os.access(folder, os.W_OK):
        return False
    place = os.statvfs(folder)
    return place.f_bavail * place.f_frsize >= ROOM and not place.f_flag & os.ST_NOEXEC


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to get the same order again."""
    return f"order: --order {config.option.order}"


class Watch:
    """Ends the run when a test hangs, and says where; set anew every few seconds only, since each time is a thread.

    It also knows what the environment was.
    """

    def __init__(self) -> None:
        self._to = os.dup(2)
        faulthandler.enable(self._to)
        self._set = self._limit = 0.0
        self._environment = dict(os.environ)

    def start(self, item: pytest.Item) -> None:
        """Begin a test."""
        marks = {mark.name for mark in item.iter_markers()}
        limit = next(seconds for name, seconds in HANGS_AFTER.items() if not name or name in marks)
        now = time.monotonic()
        if limit != self._limit or now - self._set > limit / 4:
            faulthandler.dump_traceback_later(limit * 5 / 4, file=self._to, exit=True)
            self._limit, self._set = limit, now

    def end(self) -> None:
        """End a test: put back the environment that it found."""
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        if time.tzname != ("UTC", "UTC"):
            time.tzset()  # a zone that a test set lives on in the C library, whatever the environment says

    def stop(self) -> None:
        """End the session."""
        faulthandler.cancel_dump_traceback_later()
        os.close(self._to)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch over a test."""
    watch = item.config.stash[WATCH]
    watch.start(item)
    try:
        return (yield)
    finally:
        watch.end()


class Brief:
    """Lets a worker tell of a test in one message, where five come from pytest: what it was is not news, nor that it went well.

    A setup or a teardown is told of when something is wrong with it, or when the run wants to know how long each took.
    """

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test."""
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if report.when == "call" or not report.passed:
                item.ihook.pytest_runtest_logreport(report=report)
        return True


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let no test leave something for the others at home."""
    assert not item.config.stash[HOME].exists(), "the test wrote to the home directory"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop watching, and leave nothing in the place for temporary files."""
    config.stash[WATCH].stop()
    if "tests.programs.linked" in sys.modules:
        sys.modules["tests.programs.linked"].clean()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave peer and heavy tests out unless a marker or a test's own name asks for them, and shuffle modules and tests."""
    if not config.getoption("markexpr") and not any("::" in str(argument) for argument in config.args):
        left_out = [item for item in items if item.get_closest_marker("peer") or item.get_closest_marker("heavy")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            kept = set(items) - set(left_out)
            items[:] = [item for item in items if item in kept]
    chance = random.Random(config.option.order)
    modules = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    for tests in modules:
        chance.shuffle(tests)
    chance.shuffle(modules)
    items[:] = chain.from_iterable(modules)
    gc.freeze()  # what was collected stays: nothing to look through again, at the end either
