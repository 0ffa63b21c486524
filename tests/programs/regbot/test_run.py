"""``once`` and ``server``: from a file to scripts, their failures and the exit code."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path

from regclient.cancel import Cancel
from regclient.cli.app import BROKEN_PIPE, run
from regclient.cli.call import Streams
from regclient.cli.logs import INFO, Log
from regclient.regbot.app import ROOT
from regclient.regbot.config import DEFAULTS, SCRIPT
from regclient.regbot.run import server
from regclient.server.exchange import Policy
from regclient.version import __version__
from tests.claims import claims
from tests.fakes import images
from tests.fakes.clock import FakeClock
from tests.fakes.console import Console, Ended, call_of, written
from tests.fakes.crew import Inline, until
from tests.fakes.crowd import Crowd, at_once, crowded
from tests.fakes.home import docker_login
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


@claims("regbot timeout", "regbot memoryLimit", "regbot defaults.timeout", "regbot defaults.memoryLimit")
def test_a_script_that_goes_beyond_what_the_file_allows_is_ended() -> None:
    late, big = "the script took longer than 1ms (see timeout)", "not enough memory"
    for defaults, own, told in (
        ("", "", ""),
        ("", ", timeout: 1ms", late),
        ("timeout: 1ms", "", late),
        ("timeout: 1ms", ", timeout: 1m", ""),
        ("", ", memoryLimit: 4000000", big),
        ("memoryLimit: 4000000", "", big),
        ("memoryLimit: 4000000", ", memoryLimit: 64000000", ""),
    ):
        config = f"defaults: {{{defaults}}}\nscripts: [{{name: a, script: 'print(#string.rep(\"x\", 1e7))'{own}}}]"
        ended = once(config, "-v", "error")
        assert (ended.out, ended.code) == (("", 1) if told else ("10000000\n", 0))
        assert told in ended.err


@claims("regbot interval", "regbot schedule", "regbot defaults.interval", "regbot defaults.schedule")
def test_a_server_runs_a_script_as_often_as_the_file_says() -> None:
    """What is run in one hour that begins five minutes past midnight."""
    start = datetime(2026, 1, 1, 0, 5, tzinfo=UTC).timestamp()
    for defaults, own, minutes in (
        ("", "", []),
        ("", ", interval: 25m", [25, 50]),
        ("", ", schedule: '*/30 * * * *'", [25, 55]),
        ("interval: 35m", "", [35]),
        ("schedule: '0 * * * *'", "", [55]),
        ("interval: 25m, schedule: '0 * * * *'", ", interval: 40m", [40]),
    ):
        config = f"defaults: {{{defaults}}}\nscripts: [{{name: a, script: print(1){own}}}]"
        call = call_of(ROOT, "server", "-c", "-", stdin=config.encode())
        call.environ = {"TZ": "UTC"}
        clock = FakeClock(start)
        crew = Noting(clock)
        server(call, clock=clock, wait=until(call, clock, 3600), crew=crew)
        assert minutes == [(moment - start) / 60 for moment in crew.at]
        assert "1\n" * len(minutes) == written(call.streams.out)


class Unread(io.BytesIO):
    """An end of a pipe whose other end is closed."""

    def flush(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_output_that_nobody_reads_ends_once_without_a_word() -> None:
    streams = Streams(io.BytesIO(b"scripts: [{script: print(1)}, {script: print(2)}]"), Unread(), io.BytesIO())

    assert BROKEN_PIPE == run(ROOT, ["once", "-c", "-"], streams, {})
    assert ("", "1\n") == (written(streams.err), written(streams.out))


def test_a_server_goes_on_when_nobody_reads() -> None:
    """Both streams are closed: the script prints and logs again and again."""
    call = call_of(ROOT, "server", "-c", "-", stdin=b"scripts: [{name: a, script: log(1) print(2) print(3), interval: 30m}]")
    call.streams = Streams(call.streams.stdin, Unread(), Unread())
    call.log = Log(call.streams.err, level=INFO)
    clock = FakeClock()

    server(call, clock=clock, wait=until(call, clock, 3601), crew=Inline())

    assert "2\n3\n" * 2 == written(call.streams.out)


class Noting(Inline):
    """A crew that notes when each call was started."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock, self.at = clock, list[float]()

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        self.at.append(self.clock.now())
        return super().start(key, call)


def registry_with(*tags: str, policy: Policy | None = None) -> FakeRegistry:
    """A registry with an image for each tag in ``app``."""
    registry = FakeRegistry(policy=policy)
    for tag in tags:
        images.image(registry.repository("app"), tag, seed=tag, layers=1)
    return registry


def copied(registry: FakeRegistry, defaults: str, *tags: str, creds: str = "") -> Ended:
    """Have a script for each tag of ``app`` list the tags and copy its own to ``new``; Docker knows a login."""
    with registry.serve() as address:
        config = f"creds: [{{registry: '{address}', tls: disabled{creds}}}]\ndefaults: {{{defaults}}}\nscripts:\n"
        for tag in tags:
            script = f'tag.ls("{address}/app") image.copy("{address}/app:{tag}", "{address}/new:{tag}")'
            config += f"- {{name: {tag}, script: '{script}'}}\n"
        return regbot("once", "-c", "-", "-v", "error", stdin=config.encode(), environ=docker_login(address))


@claims("regbot defaults.parallel")
def test_scripts_run_beside_each_other_and_copy_at_once_as_the_file_says() -> None:
    for defaults, scripts, copies in (("", 1, 1), ("parallel: 1", 3, 1), ("parallel: 2", 3, 2)):
        registry, listing, pushing = registry_with(*"abc"), Crowd(scripts), Crowd(copies)
        crowded(registry, "GET", "/tags/", listing)
        crowded(registry, "PUT", "/manifests/", pushing)
        assert (0, "", "") == copied(registry, defaults, *"abc")
        assert scripts == listing.most == at_once(registry, "GET /v2/app/tags/")
        assert copies == pushing.most == at_once(registry, "GET /v2/app/manifests/")


@claims("regbot defaults.userAgent")
def test_requests_carry_the_user_agent_of_the_file() -> None:
    for defaults, expected in (("", f"regclient/regbot ({__version__})"), ("userAgent: mine/1", "mine/1")):
        registry = registry_with("v1")
        assert (0, "", "") == copied(registry, defaults, "v1")
        assert {(expected,)} == {request.headers["User-Agent"] for request in registry.requests}


@claims("regbot defaults.skipDockerConfig")
def test_dockers_login_is_used_unless_the_file_does_not_want_it() -> None:
    for defaults, code in (("", 0), ("skipDockerConfig: true", 1)):
        registry = registry_with("v1")
        registry.require("basic", "user", "secret")
        assert code == copied(registry, defaults, "v1").code
        assert (code == 0) == ("new" in registry.store.names())


@claims("regbot defaults.blobLimit")
def test_a_registry_that_wants_large_parts_gets_them_up_to_the_limit_of_the_file() -> None:
    for defaults, largest in (("", 500), ("blobLimit: 200", 200)):
        registry = registry_with("v1", policy=Policy(chunk_minimum=500))
        registry.quirks.mounts = False
        assert (0, "", "") == copied(registry, defaults, "v1", creds=", blobMax: 1, blobChunk: 100")
        assert largest == max(request.length or 0 for request in registry.requests if request.method == "PATCH")


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
