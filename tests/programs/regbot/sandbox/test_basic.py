"""A script's log, its output and its end."""

from __future__ import annotations

import pytest

from regclient.regbot.sandbox.calls import CallFailed, Exited
from tests.claims import claims
from tests.fakes.bot import Bench
from tests.tables import table


@claims("lua log")
def test_a_script_logs_under_its_name() -> None:
    bench = Bench()

    assert () == bench.call("log", "all is well", "ignored")
    assert () == bench.call("log", 5)

    assert 'level=INFO msg="User script message" script=test message="all is well"\n' in bench.log
    assert bench.log.endswith("message=5\n")
    with pytest.raises(CallFailed, match=r"string expected, got table"):
        bench.call("log", {})


@claims("lua write")
def test_a_script_prints_to_either_stream() -> None:
    bench = Bench()

    bench.call("write", "stderr", "text")

    assert [("stderr", "text")] == bench.printed


@claims("lua exit")
@table(("value", "code"), [(None, 0), (True, 0), (0, 0), (3, 3), ("text", 1), (False, 1)])
def test_a_script_ends_with_a_code(value: object, code: int) -> None:
    with pytest.raises(Exited) as ended:
        Bench().call("exit", value)

    assert code == ended.value.code
