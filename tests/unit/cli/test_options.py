from __future__ import annotations

from regclient.cli.options import EVERYWHERE, PLATFORM, PRETTY, format_flag


def test_the_flags_of_every_command_are_those_of_the_go_program() -> None:
    assert ["host", "logopt", "user-agent", "verbosity"] == [flag.name for flag in EVERYWHERE]
    assert "-v, --verbosity" == EVERYWHERE[-1].spelled
    assert "WARN" == EVERYWHERE[-1].default


def test_a_platform_may_be_completed() -> None:
    assert "-p, --platform" == PLATFORM.spelled
    assert "local" in PLATFORM.values


def test_a_format_has_the_default_of_its_command() -> None:
    assert (PRETTY, "") == (format_flag(default=PRETTY).default, format_flag().default)
