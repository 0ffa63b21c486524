"""The bot: many scripts with one client, none of which harms another."""

from __future__ import annotations

import threading

import pytest

from regclient.cancel import Cancel
from regclient.cli.logs import DEBUG, Log
from regclient.concurrency import Workers
from regclient.errors import Cancelled
from regclient.regbot.bot import Bot, Conditions, Throttle
from regclient.regbot.config import Script
from tests.fakes import images
from tests.fakes.bot import APP, Bench


def bot_of(bench: Bench, conditions: Conditions | None = None) -> Bot:
    def write(stream: str, text: str) -> None:
        bench.printed.append((stream, text))

    return Bot(bench.client, Log(bench.logged, level=DEBUG), write, conditions or Conditions())


def test_a_failure_is_logged_once_and_stops_no_other() -> None:
    bench = Bench()
    bot = bot_of(bench)

    bot.run_all([Script("a", 'error("first")'), Script("b", 'print("still")'), Script("c", 'error("second")')])

    assert [("stdout", "still\n")] == bench.printed
    assert str(bot.error).startswith("<string>:1: first\n")
    lines = [line.partition("level=")[2] for line in bench.log.splitlines()]
    assert 'DEBUG msg="Starting script" script=a' == lines[0]
    assert lines[1].startswith('WARN msg="Error running script" script=a error="<string>:1: first\\nstack traceback:')
    assert 'DEBUG msg="Finished script" script=b' == lines[3]
    assert 6 == len(lines)


def test_parallel_scripts_run_beside_each_other() -> None:
    bench = Bench()
    images.image(bench.registry.repository("app"), "v1")
    bot = bot_of(bench, Conditions(parallel=2))

    bot.run_all([Script(name, f'for _, t in ipairs(tag.ls "{APP}") do print("{name}", t) end') for name in "abc"])

    assert ["a\tv1\n", "b\tv1\n", "c\tv1\n"] == sorted(text for _, text in bench.printed)
    assert bot.error is None
    bot.run_all([])


def test_a_dry_run_prints_what_it_would_have_done_in_order() -> None:
    bench = Bench()
    images.image(bench.registry.repository("app"), "v1")
    script = f'image.copy("{APP}:v1", "{APP}:v2") tag.delete("{APP}:v1") blob.put("{APP}", "x") print("done")'

    bot_of(bench, Conditions(dry_run=True)).run(Script("mirror", script))

    blob = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    expected = f"mirror: would copy {APP}:v1 to {APP}:v2\nmirror: would delete tag {APP}:v1\n"
    assert [("stdout", "done\n"), ("stdout", f"{expected}mirror: would put blob {blob} to {APP}\n")] == bench.printed
    assert ("v1",) == bench.registry.repository("app").tags().tags


def test_a_mistake_of_ours_ends_one_script_only() -> None:
    bench = Bench()

    def write(stream: str, text: str) -> None:
        raise ZeroDivisionError(text)

    bot = Bot(bench.client, Log(bench.logged), write, Conditions())
    bot.run_all([Script("a", 'print("x")'), Script("b", 'error("y")')])

    assert "internal error: ZeroDivisionError" in str(bot.error)
    assert 'level=ERROR msg="Runtime error from script" script=a' in bench.log
    assert "script=b" in bench.log


@pytest.mark.parametrize("parallel", [0, 2])
def test_when_nobody_reads_all_scripts_end_without_a_word(parallel: int) -> None:
    bench = Bench()

    def write(stream: str, text: str) -> None:
        raise BrokenPipeError(stream, text)

    bot = Bot(bench.client, Log(bench.logged), write, Conditions(parallel=parallel))
    with pytest.raises(BrokenPipeError):
        bot.run_all([Script("a", 'print("x")'), Script("b", "while true do end")])

    assert "" == bench.log


def test_after_a_cancel_nothing_is_started() -> None:
    bench = Bench()
    bot = bot_of(bench)
    bench.client.cancel.cancel()

    bot.run_all([Script("a", 'print("x")')])

    assert isinstance(bot.error, Cancelled)
    assert ([], "") == (bench.printed, bench.log)


def test_the_throttle_lets_so_many_in_and_others_wait_or_are_cancelled() -> None:
    cancel = Cancel()
    throttle = Throttle(2, cancel)
    inside: list[int] = []
    both = threading.Barrier(2)

    def enter(number: int) -> int:
        with throttle():
            inside.append(number)
            both.wait(60)
            return len(inside)

    with Workers(2) as workers:
        workers.map(enter, [1, 2])
    assert [1, 2] == sorted(inside)
    with throttle(), throttle():
        cancel.cancel()
        with pytest.raises(Cancelled), throttle():
            pass
    with throttle():
        inside.clear()  # the places are free again
    assert [] == inside
