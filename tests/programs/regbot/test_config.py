"""The file of regbot: scripts and their defaults."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.jobs.configfile import read_config
from regclient.kit.duration import HOUR, MINUTE, SECOND
from regclient.regbot.config import FORM, Script, settled
from regclient.regbot.sandbox.limits import MEMORY, PROCESSOR, Limits


def scripts(text: str) -> tuple[Script, ...]:
    return settled(read_config(text.encode(), "f.yml", FORM))


def test_a_script_takes_over_what_it_does_not_say() -> None:
    found = scripts(
        """
        defaults: {interval: 60m, timeout: 600s, schedule: ""}
        scripts:
          - {name: a, script: "return 1"}
          - {name: b, schedule: "15 3 * * *", timeout: 1s}
          - {name: c, interval: 12h}
        """
    )

    assert Script("a", "return 1", interval=HOUR, timeout=10 * MINUTE) == found[0]
    assert Script("b", schedule="15 3 * * *", timeout=SECOND) == found[1]
    assert Script("c", interval=12 * HOUR, timeout=10 * MINUTE) == found[2]
    (only,) = scripts('defaults: {schedule: "@daily", interval: 1m}\nscripts: [{name: a}]')
    assert ("@daily", 0) == (only.schedule, only.interval)


def test_limits_are_those_of_the_script_the_defaults_or_ours() -> None:
    first, second = scripts(
        "defaults: {memoryLimit: 2000000, cpuLimit: 5s, timeout: 1m}\nscripts: [{}, {memoryLimit: 3000000, cpuLimit: 1s}]"
    )
    (plain,) = scripts("scripts: [{name: a}]")

    assert Limits(2_000_000, 5 * SECOND, MINUTE) == first.limits
    assert Limits(3_000_000, SECOND, MINUTE) == second.limits
    assert Limits(MEMORY, PROCESSOR, 0) == plain.limits


def test_limits_that_stop_everything_are_refused_with_their_line() -> None:
    with pytest.raises(InvalidConfig, match=r"line 3: scripts\[0\]\.memoryLimit: a script needs 1048576 bytes at least, not 5"):
        scripts("scripts:\n  - name: a\n    memoryLimit: 5")
    with pytest.raises(InvalidConfig, match=r"line 1: scripts\[0\]\.cpuLimit"):
        scripts("scripts: [{cpuLimit: -1s}]")


def test_the_client_and_the_throttle_are_described_by_the_defaults() -> None:
    text = b"defaults: {parallel: 4, blobLimit: 100, skipDockerConfig: true, userAgent: mine}"
    found = read_config(text, "f.yml", FORM).defaults
    plain = read_config(b"", "f.yml", FORM).defaults

    assert (4, 100, True, "mine") == (
        found.parallel,
        found.client.blob_limit,
        found.client.skip_docker_config,
        found.client.user_agent,
    )
    assert (0, 0, False, "") == (
        plain.parallel,
        plain.client.blob_limit,
        plain.client.skip_docker_config,
        plain.client.user_agent,
    )
