"""Limits, and what is said of a process that wanted more."""

from __future__ import annotations

import signal

from regclient.regbot.sandbox.child import BROKEN, OUT_OF_MEMORY
from regclient.regbot.sandbox.limits import Limits, reason_of


def test_processor_time_is_counted_in_seconds_rounded_up() -> None:
    assert [0, 1, 2, 600] == [Limits(processor=nanoseconds).seconds for nanoseconds in (0, 1, 1_000_000_001, 600 * 10**9)]


def test_each_end_has_its_reason() -> None:
    limits = Limits(memory=1000, processor=2 * 10**9)

    assert "more than 2s of processor time (see cpuLimit)" in reason_of(-signal.SIGXCPU, limits)
    assert "more than 1000 bytes (see memoryLimit)" in reason_of(OUT_OF_MEMORY, limits)
    assert "recursed too deeply" in reason_of(-signal.SIGSEGV, limits)
    assert "killed" in reason_of(-signal.SIGKILL, limits)
    assert f"status {BROKEN}" in reason_of(BROKEN, limits)
