"""``once`` and ``server``: from a file to scripts, their failures and the exit code."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

from regclient.cancel import Cancel
from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.regbot.app import ROOT
from regclient.regbot.config import DEFAULTS, SCRIPT
from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console, Ended
from tests.fakes.registry import FakeRegistry

regbot = Console(ROOT)


def once(text: str, *words: str) -> Ended:
    return regbot("once", "-c", "-", *words, stdin=text.encode())


@claims("regbot once --config", "regbot once --dry-run", "regbot --logopt", "regbot --verbosity")
def test_once_runs_every_script_of_a_file(tmp_path: Path) -> None:
    registry = FakeRegistry()
    images.image(registry.repository("app"), "v1")
    path = tmp_path / "regbot.yml"
    with registry.serve() as address:
        path.write_text(
            f"""
            creds: [{{registry: "{address}", tls: disabled}}]
            defaults: {{skipDockerConfig: true}}
            scripts:
              - name: copy
                script: |
                  image.copy("{address}/app:v1", "{address}/app:v2")
                  print(#tag.ls "{address}/app")
            """
        )
        dry = regbot("once", "-c", str(path), "--dry-run")
        wet = regbot("once", "-c", str(path), "-v", "warn")
        shown = regbot("once", "--config", str(path), "--logopt", "json")

    assert (0, f"1\ncopy: would copy {address}/app:v1 to {address}/app:v2\n") == dry[:2]
    assert 'level=INFO msg="Copy image" script=copy' in dry.err
    assert (0, "2\n", "") == wet
    assert '"msg":"Copy image","script":"copy"' in shown.err


@claims("regbot name", "regbot script")
def test_the_first_failure_is_told_with_its_lines() -> None:
    ended = once("scripts: [{name: a, script: 'error(\"\\x1b[1m x\")'}, {name: b, script: print(1)}]", "-v", "error")

    assert 1 == ended.code
    assert "1\n" == ended.out
    assert ended.err.startswith("<string>:1: \\x1b[1m x\nstack traceback:\n\t[")


def test_a_short_failure_is_one_line() -> None:
    assert (1, "", "os.exit(7)\n") == once("scripts: [{name: a, script: os.exit(7)}]", "-v", "error")


@claims("regbot once --allow-io")
def test_files_are_for_those_who_are_allowed(tmp_path: Path) -> None:
    text = f'scripts: [{{name: a, script: \'io.open("{tmp_path}/f", "w"):write("x")\'}}]'

    assert "run with --allow-io" in once(text, "-v", "error").err
    assert (0, "", "") == once(text, "--allow-io", "-v", "error")
    assert "x" == (tmp_path / "f").read_text()


def test_the_schema_knows_every_key() -> None:
    found = json.loads(regbot("schema").out)

    scripts = found["properties"]["scripts"]["items"]["properties"]
    assert {key.name for key in SCRIPT.keys} == set(scripts)
    assert {key.name for key in DEFAULTS.keys} == set(found["properties"]["defaults"]["properties"])


def test_a_file_that_is_wrong_is_an_error_with_its_line() -> None:
    ended = once("scripts:\n  - timeout: soon\n")

    assert (1, "") == ended[:2]
    assert "line 2: scripts[0].timeout: not a duration" in ended.err
    assert 1 == regbot("once", "-c", "").code
    assert 'required flag(s) "config" not set' in regbot("once").err


def stopped(number: int) -> Callable[[Cancel], None]:
    """Cancel the token that was made so many before: 1 is the hard one, 2 the soft one of a server."""
    made: list[Cancel] = []

    def tie(cancel: Cancel) -> None:
        made.append(cancel)
        if len(made) == number:
            cancel.cancel()

    return tie


@claims("regbot server --config", "regbot server --dry-run", "regbot server --allow-io")
def test_a_server_tells_what_it_cannot_schedule_and_ends_when_told_to() -> None:
    text = b"""
    scripts:
      - {name: a, script: print(1), interval: 1h}
      - {name: b, script: print(1), schedule: "soon"}
      - {name: c, script: print(1)}
    """
    streams = Streams(io.BytesIO(text), io.BytesIO(), io.BytesIO())
    words = ["server", "-c", "-", "-v", "debug", "--dry-run", "--allow-io"]

    code = run(ROOT, words, streams, {}, on_cancel=stopped(2))

    assert isinstance(streams.err, io.BytesIO)
    assert isinstance(streams.out, io.BytesIO)
    log = streams.err.getvalue().decode()
    assert (1, b"") == (code, streams.out.getvalue())
    for expected in (
        'level=DEBUG msg="Configuring parallel settings" concurrent=1',
        'level=DEBUG msg="Scheduled task" name=a sched="@every 1h0m0s"',
        'level=ERROR msg="Failed to schedule cron" name=b sched=soon err=',
        'level=ERROR msg="No schedule or interval found, ignoring" name=c',
        'level=INFO msg="Stopping server"',
        'level=DEBUG msg="Waiting on running tasks"',
    ):
        assert expected in log
    assert "\ninvalid schedule 'soon'" in log


def test_a_server_without_failures_ends_well() -> None:
    streams = Streams(io.BytesIO(b"scripts: [{name: a, interval: 1h}]"), io.BytesIO(), io.BytesIO())

    assert 0 == run(ROOT, ["server", "-c", "-"], streams, {}, on_cancel=stopped(2))


def test_a_cancelled_run_starts_nothing() -> None:
    streams = Streams(io.BytesIO(b"scripts: [{name: a, script: print(1)}]"), io.BytesIO(), io.BytesIO())

    assert 1 == run(ROOT, ["once", "-c", "-"], streams, {}, on_cancel=stopped(1))
    assert isinstance(streams.out, io.BytesIO)
    assert b"" == streams.out.getvalue()
