"""One pass over the file: what is copied, what is said, and the exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from regclient.cancel import Cancel
from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.cli.logs import DEBUG, INFO
from regclient.cli.progress import Progress, Quiet
from regclient.client import Client
from regclient.events import Event, State, Warned
from regclient.model.reference import Reference
from regclient.regsync.app import ROOT
from regclient.regsync.records import LogRecord
from regclient.regsync.run import Reporter
from regclient.server.exchange import Policy
from regclient.sync.config import SyncStep
from regclient.sync.events import CopyProgress
from regclient.version import __version__
from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console, Ended, call_of, written
from tests.fakes.crowd import Crowd, at_once, crowded
from tests.fakes.home import docker_login
from tests.fakes.registry import FakeRegistry
from tests.programs.world import Layout, image

regsync = Console(ROOT)
STEP = SyncStep("a", "b", "image")
SRC, DST = Reference.parse("src.example/a:v1"), Reference.parse("dst.example/b:v1")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_small(tmp_path / "src")
    return tmp_path


def write_small(root: Path) -> None:
    layout = Layout(root)
    layout.tag("single", image(layout, "amd64", "single"))
    layout.tag("v1", image(layout, "arm64", "v1"))
    layout.finish()


def steps(root: Path, *tags: str, to: str = "new") -> bytes:
    lines = [f"- {{source: 'ocidir://{root}/src:{tag}', target: 'ocidir://{root}/{to}:{tag}', type: image}}" for tag in tags]
    return ("sync:\n" + "\n".join(lines)).encode()


def tags_of(root: Path, name: str = "new") -> list[str]:
    if not (root / name).exists():
        return []
    with Client() as client:
        return sorted(client.repository(f"ocidir://{root}/{name}").tags().tags)


def test_once_copies_and_the_last_line_counts(source: Path) -> None:
    done = regsync("once", "-c", "-", stdin=steps(source, "single", "v1"))
    assert (done.code, done.out, tags_of(source)) == (0, "", ["single", "v1"])
    assert 'level=INFO msg="Image sync needed" source=ocidir://' in done.err
    assert done.err.splitlines()[-1].endswith('msg="Sync finished" checked=2 copied=2 skipped=0 failed=0')
    again = regsync("once", "-c", "-", stdin=steps(source, "single", "v1"))
    assert again.err.count("\n") == 1
    assert again.err.endswith('msg="Sync finished" checked=2 copied=0 skipped=2 failed=0\n')


def test_check_copies_nothing_and_says_what_is_needed(source: Path) -> None:
    done = regsync("check", "-c", "-", stdin=steps(source, "single"))
    assert (done.code, tags_of(source)) == (0, [])
    assert done.err.endswith('msg="Sync finished" checked=1 needed=1 skipped=0 failed=0\n')


def test_what_fails_is_told_at_the_end_and_in_the_exit_code(source: Path) -> None:
    done = regsync("once", "-c", "-", stdin=steps(source, "nothing", "single"))
    assert (done.code, tags_of(source)) == (1, ["single"])
    assert "copied=1 skipped=0 failed=1" in done.err.splitlines()[-2]
    assert "nothing" in done.err.splitlines()[-1]
    assert "level=" not in done.err.splitlines()[-1]


@claims("regsync once --abort-on-error", "regsync check --abort-on-error")
def test_an_abort_ends_at_the_first_error(source: Path) -> None:
    config = b"defaults: {parallel: 0}\n" + steps(source, "nothing", "missing", "gone")
    for command in ("once", "check"):
        assert "failed=3" in regsync(command, "-c", "-", stdin=config).err
        assert "failed=1" in regsync(command, "-c", "-", "--abort-on-error", stdin=config).err


@claims("regsync once --missing")
def test_missing_leaves_alone_what_is_there(source: Path) -> None:
    regsync("once", "-c", "-", stdin=steps(source, "single"))
    changed = f"sync: [{{source: 'ocidir://{source}/src:v1', target: 'ocidir://{source}/new:single', type: image}}]".encode()
    assert "copied=0 skipped=1" in regsync("once", "-c", "-", "--missing", stdin=changed).err
    assert "copied=1 skipped=0" in regsync("once", "-c", "-", stdin=changed).err


@claims("regsync once --config", "regsync check --config", "regsync config --config")
def test_the_file_may_have_a_name(source: Path) -> None:
    (source / "sync.yml").write_bytes(steps(source, "single"))
    for command in ("check", "once", "config"):
        assert regsync(command, "-c", str(source / "sync.yml")).code == 0
        assert regsync(command, "-c", str(source / "nothing.yml")).code == 1
        assert regsync(command, "-c", "").code == 1


@claims("regsync --verbosity", "regsync --logopt")
def test_the_log_is_as_long_and_in_the_form_that_is_asked_for(source: Path) -> None:
    config = steps(source, "single")
    assert regsync("check", "-c", "-", "-v", "warn", stdin=config).err == ""
    assert 'msg="Configuring parallel settings"' in regsync("check", "-c", "-", "-v", "debug", stdin=config).err
    lines = regsync("check", "-c", "-", "--logopt", "json", stdin=config).err.splitlines()
    assert ["Image sync needed", "Sync finished"] == [json.loads(line)["msg"] for line in lines]
    assert {"checked", "needed", "skipped", "failed"} < set(json.loads(lines[-1]))


def test_a_file_that_is_wrong_is_one_line_that_names_it(source: Path) -> None:
    (source / "sync.yml").write_text("sync:\n- tags: x\n")
    done = regsync("once", "-c", str(source / "sync.yml"))
    assert done == (
        1,
        "",
        f"invalid configuration '{source}/sync.yml': line 2: sync[0].tags: expected a mapping, found a single value\n",
    )


def test_a_cancelled_pass_is_a_failure(source: Path) -> None:
    streams = Streams(io.BytesIO(steps(source, "single")), io.BytesIO(), io.BytesIO())
    code = run(ROOT, ["once", "-c", "-"], streams, {}, on_cancel=Cancel.cancel)
    assert code == 1
    assert written(streams.err).endswith("cancelled\n")
    assert tags_of(source) == []


def test_config_shows_what_would_run() -> None:
    done = regsync("config", "-c", "-", stdin=b"sync: [{source: a, target: '{{ .Sync.Source }}-b', type: image}]")
    assert (done.code, done.err) == (0, "")
    assert "  target: a-b\n" in done.out


def test_the_schema_is_json() -> None:
    schema = json.loads(regsync("schema").out)
    assert {"version", "creds", "defaults", "sync"} == set(schema["properties"])


def test_events_become_records_and_progress_is_drawn_on_a_terminal_instead_of_them() -> None:
    layer = CopyProgress(STEP, SRC, DST, Event("blob", "sha256:x", State.STARTED, 0, 5))
    for terminal in (False, True):
        call = call_of(ROOT, "once", "-c", "-", terminal=terminal, level=INFO)
        with call.observer() as progress:
            assert isinstance(progress, Progress) == terminal
            Reporter(call, progress)(layer)
        assert ('msg="Copy layer"' in written(call.streams.err)) == (not terminal)
        assert ("Elapsed" in written(call.streams.err)) == terminal


def test_a_warning_of_a_registry_is_told_once() -> None:
    call = call_of(ROOT, "once", "-c", "-", level=INFO)
    reporter = Reporter(call, call.observer())
    for _ in range(2):
        reporter(CopyProgress(STEP, SRC, DST, Warned("careful")))
    assert written(call.streams.err).count("careful") == 1


def test_records_below_the_level_are_not_written() -> None:
    call = call_of(ROOT, "once", "-c", "-", level=INFO)
    reporter = Reporter(call, Quiet(lambda _: None))
    reporter.write(LogRecord(DEBUG, "quiet", {}))
    reporter.write(LogRecord(INFO, "loud", {}))
    assert "msg=loud" in written(call.streams.err)
    assert "quiet" not in written(call.streams.err)


def registry_with(*tags: str, policy: Policy | None = None) -> FakeRegistry:
    """A registry with an image for each tag in ``app``, and nothing in memory of how it came there."""
    registry = FakeRegistry(policy=policy)
    for tag in tags:
        images.image(registry.repository("app"), tag, seed=tag)
    return registry


def mirrored(registry: FakeRegistry, defaults: str, *tags: str, creds: str = "") -> Ended:
    """Copy tags of ``app`` in their order, each to a repository that is not there yet, as somebody with a login of Docker's."""
    with registry.serve() as address:
        config = f"creds: [{{registry: '{address}', tls: disabled{creds}}}]\ndefaults: {{{defaults}}}\nsync:\n"
        for number, tag in enumerate(tags):
            config += f"- {{source: '{address}/app:{tag}', target: '{address}/new{number}:{tag}', type: image}}\n"
        words = ("once", "-c", "-", "-v", "error", "--abort-on-error")
        return regsync(*words, stdin=config.encode(), environ=docker_login(address))


@claims("regsync parallel")
def test_as_many_images_are_copied_at_once_as_the_file_says() -> None:
    for defaults, wanted in (("", 1), ("parallel: 3", 3)):
        registry, crowd = registry_with(*"abcd"), Crowd(wanted)
        crowded(registry, "PUT", "/manifests/", crowd)
        assert (0, "", "") == mirrored(registry, defaults, *"abcd", creds=", reqConcurrent: 8")
        assert wanted == crowd.most == at_once(registry, "GET /v2/app/manifests/")


@claims("regsync userAgent")
def test_requests_carry_the_user_agent_of_the_file() -> None:
    for defaults, expected in (("", f"regclient/regsync ({__version__})"), ("userAgent: mine/1", "mine/1")):
        registry = registry_with("v1")
        assert 0 == mirrored(registry, defaults, "v1").code
        assert {(expected,)} == {request.headers["User-Agent"] for request in registry.requests}


@claims("regsync skipDockerConfig")
def test_dockers_login_is_used_unless_the_file_does_not_want_it() -> None:
    for defaults, code in (("", 0), ("skipDockerConfig: true", 1)):
        registry = registry_with("v1")
        registry.require("basic", "user", "secret")
        assert code == mirrored(registry, defaults, "v1").code
        assert (code == 0) == ("new0" in registry.store.names())


@claims("regsync blobLimit")
def test_a_registry_that_wants_large_parts_gets_them_up_to_the_limit_of_the_file() -> None:
    for defaults, largest in (("", 500), ("blobLimit: 200", 200)):
        registry = registry_with("v1", policy=Policy(chunk_minimum=500))
        registry.quirks.mounts = False
        assert 0 == mirrored(registry, defaults, "v1", creds=", blobMax: 1, blobChunk: 100").code
        assert largest == max(request.length or 0 for request in registry.requests if request.method == "PATCH")


@claims("regsync cacheCount", "regsync cacheTime")
def test_manifests_are_asked_for_once_when_there_is_a_cache_that_holds_them_long_enough() -> None:
    for defaults, asked in (
        ("", 3),
        ("cacheCount: 9, cacheTime: 5m", 2),
        ("cacheCount: 9, cacheTime: 1ns", 3),
        ("cacheCount: 1, cacheTime: 5m", 3),
    ):
        registry = registry_with(*"ab")
        assert 0 == mirrored(registry, defaults, *"aba").code
        assert asked == registry.counts("app")["GET manifests"]
