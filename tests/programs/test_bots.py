"""regbot as a process: what only shows with real streams, schedules, signals and exit codes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claims import claims

REGBOT = [sys.executable, "-c", "from regclient.regbot.app import main; main()"]
SOURCES = str(Path(__file__).parents[2] / "src")


def start(home: Path, config: str, *words: str) -> subprocess.Popen[bytes]:
    (home / "regbot.yml").write_text(config)
    environment = {"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": SOURCES}
    return subprocess.Popen(
        [*REGBOT, *words, "-c", str(home / "regbot.yml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


@pytest.mark.slow
@claims("regbot server --dry-run", "regbot server --allow-io", "regbot server --config")
def test_a_server_runs_scripts_when_they_are_due_and_ends_when_told_to(tmp_path: Path) -> None:
    layout = f"ocidir://{tmp_path}/none"
    script = f"print('at work', pcall(io.open, '{tmp_path}')) tag.delete('{layout}:v1')"
    config = f'defaults: {{interval: 1s}}\nscripts: [{{name: a, script: "{script}"}}]'
    with start(tmp_path, config, "server", "--dry-run", "--allow-io") as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate()

    assert b"at work\ttrue\tfile (0x" == first[:21]
    assert f"a: would delete tag {layout}:v1\n".encode() == second
    assert b'level=INFO msg="Stopping server"' in told
    assert 0 == process.returncode


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_script_that_never_would(tmp_path: Path, number: signal.Signals) -> None:
    config = "scripts: [{name: a, script: \"print('ready') while true do end\"}, {name: b, script: print(2)}]"
    with start(tmp_path, config, "once") as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.send_signal(number)
        rest, told = process.communicate()

    assert (b"ready\n", b"", 1) == (ready, rest, process.returncode)
    assert b'level=WARN msg="Error running script" script=a error=cancelled' in told
    assert b"script=b" not in told


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this Python cannot watch a process that is not its child")
def test_a_program_that_is_killed_leaves_no_script_behind(tmp_path: Path) -> None:
    config = "scripts: [{name: a, script: \"print('ready') while true do end\"}]"
    with start(tmp_path, config, "once") as process:
        assert process.stdout is not None
        process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        watched = [os.pidfd_open(int(child)) for child in children]
        process.kill()
        process.communicate()
    for descriptor in watched:
        assert [descriptor] == select.select([descriptor], [], [], 60)[0]
        os.close(descriptor)
    assert 1 == len(watched)


@pytest.mark.slow
@claims("regbot cpuLimit", "regbot defaults.cpuLimit", "regbot memoryLimit", "regbot timeout", "regbot script", "regbot name")
def test_each_limit_ends_the_script_that_goes_beyond_it_and_no_other(tmp_path: Path) -> None:
    loop = "while true do pcall(function() while true do end end) end"
    config = f"""
    defaults: {{cpuLimit: 1s}}
    scripts:
      - {{name: cpu, script: "{loop}"}}
      - {{name: own, cpuLimit: 2s, script: "{loop}"}}
      - {{name: time, timeout: 100ms, script: "{loop}"}}
      - {{name: memory, memoryLimit: 4000000, script: "print(#string.rep('x', 1e7))"}}
      - {{name: free, script: "print(#string.rep('x', 1e7))"}}
    """
    with start(tmp_path, config, "once") as process:
        out, told = process.communicate()

    assert (b"10000000\n", 1) == (out, process.returncode)
    for words in (
        b'script=cpu error="the script used more than 1s of processor time (see cpuLimit)"',
        b'script=own error="the script used more than 2s of processor time (see cpuLimit)"',
        b'script=time error="the script took longer than 100ms (see timeout)"',
        b'script=memory error="not enough memory',
    ):
        assert words in told
    assert b"script=free" not in told
