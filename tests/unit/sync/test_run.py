"""Tests for a run as a whole: what is asked at most, what runs at once, in which order, and how it ends."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from regclient.cancel import Cancel
from regclient.client import Client
from regclient.clock import SystemClock
from regclient.errors import ManifestNotFound, StorageFault
from regclient.hosts import TLS, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.server.message import ServerRequest, ServerResponse
from regclient.sync.config import SyncConfig, SyncDefaults, SyncRateLimit, SyncStep, settled
from regclient.sync.events import Checked, Copied, ImageFailed, SyncEvent, TargetNotClosed
from regclient.sync.run import Syncer, run_sync
from regclient.sync.steps import Action
from regclient.sync.tally import SyncResult
from tests.fakes import images
from tests.fakes.crowd import Crowd, crowded
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry
from tests.fakes.syncing import QUICK, Pair, image, repository
from tests.fakes.transport import FakeTransport
from tests.pages import play

HEADS = ({"HEAD manifests": 1}, {"HEAD manifests": 1})
STEP = image()


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_a_no_op_is_two_heads_and_a_list_of_tags_for_a_repository(pair: Pair) -> None:
    for tag in ("a", "b", "c"):
        images.index(pair.src.repository("app"), tag, seed=tag)
    pair.sync(repository())
    pair.requests()

    assert SyncResult(3, 3) == pair.sync(repository())
    assert ({"GET tags": 1, "HEAD manifests": 3}, {"HEAD manifests": 3}) == pair.requests()
    pair.sync(image("src.example/app:a", "dst.example/app:a"))
    assert HEADS == pair.requests()
    pair.sync(replace(repository(), platform="linux/amd64"))
    assert ({"GET tags": 1, "HEAD manifests": 3}, {"HEAD manifests": 3}) == pair.requests()
    pair.sync(repository(), action=Action.MISSING)
    assert ({"GET tags": 1}, {"GET tags": 1}) == pair.requests()


def test_a_no_op_with_a_platform_reads_the_index_once(pair: Pair) -> None:
    images.index(pair.src.repository("app"), "v1")
    step = replace(STEP, platform="linux/arm64")
    pair.sync(step)
    pair.requests()

    pair.sync(step)

    assert ({"HEAD manifests": 1, "GET manifests": 1}, {"HEAD manifests": 1}) == pair.requests()


def test_a_check_asks_no_more_when_something_is_to_be_done(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")

    assert SyncResult(1, 0, pending=1) == pair.sync(STEP, action=Action.CHECK)
    assert HEADS == pair.requests()
    images.image(pair.dst.repository("app"), "v1", seed="stale")
    pair.sync(STEP, action=Action.CHECK)
    assert HEADS == pair.requests()
    pair.sync(STEP, action=Action.MISSING)
    assert HEADS == pair.requests()


def test_a_new_image_is_asked_for_no_more_than_go_does(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")

    pair.sync(STEP)

    source, target = pair.requests()
    assert {"HEAD manifests": 1, "GET manifests": 1, "GET blobs": 3} == source
    expected = {"HEAD manifests": 1, "HEAD blobs": 3, "POST uploads?mount": 3, "PUT upload?digest": 3, "PUT manifests": 1}
    assert expected == target


def test_a_changed_image_is_asked_for_no_more_than_go_does(pair: Pair) -> None:
    images.image(pair.dst.repository("app"), "v1", seed="old", layers=1)
    images.image(pair.src.repository("app"), "v1", layers=1)
    pair.dst.requests.clear()

    pair.sync(replace(STEP, backup="old"))

    source, target = pair.requests()
    assert {"HEAD manifests": 1, "GET manifests": 1, "GET blobs": 2} == source
    # The target's tag and the backup's; the backup is the target's manifest under another name.
    expected = {"HEAD manifests": 2, "GET manifests": 1, "HEAD blobs": 2, "PUT manifests": 2}
    assert expected == {key: count for key, count in target.items() if "upload" not in key}


def test_a_changed_index_moves_what_changed_only(pair: Pair) -> None:
    images.index(pair.src.repository("app"), "v1", layers=1)
    pair.sync(STEP)
    changed = images.index(pair.src.repository("app"), "v1", platforms=("linux/amd64", "linux/arm64", "linux/s390x"), layers=1)
    pair.requests()

    pair.sync(STEP)

    source, target = pair.requests()
    assert {"HEAD manifests": 1, "GET manifests": 2, "GET blobs": 1} == source
    # The tag, and each of three images; of the new one only the config is not there yet.
    assert {"HEAD manifests": 4, "HEAD blobs": 2, "PUT manifests": 2} == {k: n for k, n in target.items() if "upload" not in k}
    assert changed.digest == pair.dst.repository("app").resolve("v1").digest


def test_a_no_op_with_referrers_asks_no_more_than_go_does(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    images.artifact(pair.src.repository("app"), subject)
    step = replace(STEP, referrers=True, digest_tags=True)
    pair.sync(step)
    pair.requests()

    pair.sync(step)

    source, target = pair.requests()
    assert {"HEAD manifests": 1, "GET referrers": 2, "GET tags": 1} == source
    assert {"HEAD manifests": 2} == target


def test_missing_copies_what_is_absent_and_leaves_what_is_stale(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "new")
    images.image(pair.src.repository("app"), "stale")
    old = images.image(pair.dst.repository("app"), "stale", seed="old")

    assert SyncResult(1, 0, 1, 1) == pair.sync(repository(), action=Action.MISSING)
    assert old.digest == pair.dst.repository("app").resolve("stale").digest
    assert 1 == pair.sync(repository()).copied


def test_one_failing_image_does_not_stop_the_others(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    lost = image("src.example/lost:v1", "dst.example/lost:v1")

    result = pair.sync(lost, STEP, replace(STEP, type="wrong"), image(target="dst.example/two:v1"))

    assert (2, 2, True) == (result.copied, result.failed, result.complete)
    assert ManifestNotFound in map(type, result.errors)
    assert ["src.example/lost:v1"] == [event.source for event in pair.said(ImageFailed)]


def test_the_first_failure_ends_the_run_when_told_so(pair: Pair) -> None:
    for tag in ("a", "c"):
        images.image(pair.src.repository("app"), tag)
    images.image(pair.src.repository("app"), "b", seed="broken")
    pair.src.fault(FaultRule("GET", f"manifests/{pair.src.repository('app').resolve('b').digest}", times=None, status=403))
    after = image("src.example/app:a", "dst.example/after:a")

    result = pair.sync(repository(), after, abort=True)

    assert (1, 1, False) == (result.copied, result.failed, result.complete)
    assert ("a",) == pair.dst.repository("app").tags().tags
    assert "after" not in pair.dst.store.names()
    assert 3 == pair.sync(repository(), after).copied + 1


def test_a_check_that_ends_at_the_first_failure_goes_in_order_whatever_parallel_says(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    steps = [STEP, image("src.example/lost:v1"), image(target="dst.example/two:v1")]

    result = pair.sync(*steps, action=Action.CHECK, defaults=SyncDefaults(parallel=4), abort=True)

    assert (1, 1, False) == (result.checked, result.failed, result.complete)


def test_the_first_failure_interrupts_what_is_copied_in_parallel(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    waiting = threading.Event()
    pair.src.fault(FaultRule("GET", "/v2/app/blobs/", times=None, wait=waiting))
    answer = pair.src.handle

    def handle(request: ServerRequest) -> ServerResponse:
        try:
            return answer(request)
        finally:
            if "lost" in request.path:
                waiting.set()

    pair.src.handle = handle  # type: ignore[method-assign]
    lost = image("src.example/lost:v1", "dst.example/lost:v1")

    result = pair.sync(STEP, lost, defaults=SyncDefaults(parallel=2), abort=True)

    assert (1, False) == (result.failed, result.complete)


def test_steps_that_depend_on_each_other_run_in_their_order(pair: Pair, tmp_path: Path) -> None:
    pushed = images.image(pair.src.repository("app"), "v1")
    layout = f"ocidir://{tmp_path}/lay"

    result = pair.sync(repository(target=layout), repository(source=layout, target="dst.example/out"))

    assert (2, 0) == (result.copied, result.failed)
    assert pushed.digest == pair.dst.repository("out").resolve("v1").digest


def test_a_registry_of_two_names_is_one_when_steps_depend_on_each_other() -> None:
    registry = FakeRegistry()
    pushed = images.image(registry.repository("app"), "v1")
    with registry.serve() as address:
        hosts = [HostSettings(name, TLS.DISABLED, hostname=address) for name in (address, "alias.example")]
        steps = (
            SyncStep(f"{address}/app", f"{address}/mid", "repository"),
            SyncStep("alias.example/mid", f"{address}/out", "repository"),
        )
        with Client(hosts) as client:
            result = run_sync(SyncConfig(steps), client)

    assert (2, 0) == (result.copied, result.failed)
    assert pushed.digest == registry.repository("out").resolve("v1").digest


def test_checks_of_one_repository_run_at_once_whatever_parallel_says() -> None:
    pair = Pair(hosts=[HostSettings("src.example", req_concurrent=5), HostSettings("dst.example", req_concurrent=4)])
    for number in range(12):
        images.image(pair.src.repository("app"), f"v{number}")
    crowd = Crowd(9)
    crowded(pair.src, "HEAD", "manifests/v", crowd)

    # The last three have no company of nine any more, which the event of the first nine allows for.
    assert 12 == pair.sync(repository(), action=Action.CHECK).checked
    assert 9 == crowd.most


def test_as_many_images_are_copied_at_once_as_parallel_says(pair: Pair) -> None:
    for number in range(5):
        images.image(pair.src.repository("app"), f"v{number}", seed=str(number))
    for parallel, wanted in ((0, 1), (3, 3)):
        crowd = Crowd(wanted)
        other = Pair()
        other.src.store = pair.src.store
        other.src.handler = pair.src.handler
        crowded(other.src, "GET", "manifests/sha256", crowd)
        assert 5 == other.sync(repository(), defaults=SyncDefaults(parallel=parallel)).copied
        assert wanted == crowd.most


def test_a_layer_that_images_share_moves_once_and_is_mounted_in_other_repositories(pair: Pair) -> None:
    for name in ("one", "two", "three"):
        images.image(pair.src.repository(name), "v1", seed="same")
        images.image(pair.src.repository(name), "v2", seed="same", platform="linux/arm64")
    steps = [repository(f"src.example/{name}", f"dst.example/{name}") for name in ("one", "two", "three")]

    pair.sync(*steps, defaults=SyncDefaults(parallel=6))

    source, target = pair.requests()
    distinct = 1 + 2 * 2  # the layer of all platforms; a layer and a config for each
    assert distinct == source["GET blobs"]
    assert 2 * distinct == target["POST uploads?mount&from"]
    for name in ("one", "two", "three"):
        copied = pair.dst.repository(name)
        for tag in ("v1", "v2"):
            manifest = copied.get_manifest(tag)
            assert manifest.raw == pair.src.repository(name).get_manifest(tag).raw


def test_what_was_brought_in_one_run_is_not_taken_for_granted_in_the_next(pair: Pair) -> None:
    for name in ("one", "two"):
        images.image(pair.src.repository(name), "v1", seed="same")
    first, second = (repository(f"src.example/{name}", f"dst.example/{name}") for name in ("one", "two"))
    with Syncer(pair.client, clock=pair.clock) as syncer:
        syncer.run(settled(SyncConfig((first,))).steps)
        syncer.run(settled(SyncConfig((second,))).steps)

    assert "POST uploads?mount&from" not in pair.requests()[1]


def test_a_registry_that_does_not_mount_is_not_asked_to_again_and_again(pair: Pair) -> None:
    pair.dst.quirks.mounts = False
    for name in ("one", "two"):
        images.image(pair.src.repository(name), "v1", seed="same", layers=12)
    steps = [repository(f"src.example/{name}", f"dst.example/{name}") for name in ("one", "two")]

    pair.sync(*steps)

    source, target = pair.requests()
    assert 2 * 13 == source["GET blobs"]
    # As many as were moved at once when it declined first.
    assert 1 <= target["POST uploads?mount&from"] <= pair.client.workers


def test_a_stopped_run_finishes_what_runs_and_begins_nothing_more(pair: Pair) -> None:
    for number in range(5):
        images.image(pair.src.repository("app"), f"v{number}")
    stop, copied = Cancel(), list[str]()

    def observe(event: SyncEvent) -> None:
        if isinstance(event, Copied):
            copied.append(str(event.target))
            stop.cancel()

    with Syncer(pair.client, observer=observe, stop=stop, clock=pair.clock) as syncer:
        result = syncer.run(settled(SyncConfig((repository(),))).steps)
        assert not syncer.run(settled(SyncConfig((STEP,))).steps).checked

    assert (1, 0, False) == (result.copied, result.failed, result.complete)
    assert 1 == len(copied)


def test_a_stop_ends_the_wait_for_a_rate_limit(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")

    def edit(answer: ServerResponse) -> None:
        answer.headers.append(("RateLimit-Remaining", "1"))

    pair.src.fault(FaultRule("HEAD", "manifests", times=None, edit=edit))
    stop = Cancel()
    config = settled(SyncConfig((replace(STEP, rate_limit=SyncRateLimit(5)),)))

    def observe(event: SyncEvent) -> None:
        if not isinstance(event, Checked):
            stop.cancel()

    with Syncer(pair.client, observer=observe, stop=stop, clock=SystemClock()) as syncer:
        result = syncer.run(config.steps)

    assert (0, 0, False) == (result.copied, result.failed, result.complete)


def test_a_cancel_ends_what_runs_and_is_no_failure(pair: Pair) -> None:
    for number in range(5):
        images.image(pair.src.repository("app"), f"v{number}")

    def observe(event: SyncEvent) -> None:
        if isinstance(event, Copied):
            pair.client.cancel.cancel()

    result = run_sync(SyncConfig((repository(),)), pair.client, observer=observe)

    assert (1, 0, (), False) == (result.copied, result.failed, result.errors, result.complete)
    assert not run_sync(SyncConfig((STEP,)), pair.client).complete


def test_a_sync_is_one_call_with_a_value(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    config = SyncConfig((STEP, image("src.example/lost:v1")), SyncDefaults(parallel=2))

    assert (1, 1) == ((result := run_sync(config, pair.client)).copied, result.failed)
    assert not run_sync(config, pair.client, Action.CHECK, abort_on_error=True).complete


def test_several_runs_share_the_bound_on_copies(pair: Pair) -> None:
    for number in range(4):
        images.image(pair.src.repository("app"), f"v{number}", seed=str(number))
    crowd, results = Crowd(2), list[SyncResult]()
    crowded(pair.src, "GET", "manifests/sha256", crowd)
    with Syncer(pair.client, parallel=2, clock=pair.clock) as syncer:

        def run(name: str) -> None:
            results.append(syncer.run(settled(SyncConfig((repository(target=f"dst.example/{name}"),))).steps))

        threads = [threading.Thread(target=run, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [4, 4, 4] == [result.copied for result in results]
    assert 2 == crowd.most


def blobs_in(layout: Path) -> set[str]:
    return {path.name for path in (layout / "blobs" / "sha256").iterdir()}


def test_a_layout_drops_what_a_run_has_replaced_when_the_last_run_is_done(pair: Pair, tmp_path: Path) -> None:
    source = pair.src.repository("app")
    images.image(source, "v1", seed="old")
    step = image(target=f"ocidir://{tmp_path}/lay:v1")
    pair.sync(step)
    before = blobs_in(tmp_path / "lay")
    manifest = images.image(source, "v1", seed="new")

    pair.sync(step)

    assert {manifest.digest.hex, manifest.config.digest.hex, *(layer.digest.hex for layer in manifest.layers)} == blobs_in(
        tmp_path / "lay"
    )
    assert before.isdisjoint(blobs_in(tmp_path / "lay"))


def test_a_layout_that_cannot_be_tidied_is_said_and_has_its_image(pair: Pair, tmp_path: Path) -> None:
    images.image(pair.src.repository("app"), "v1")
    events: list[SyncEvent] = []

    class Untidy(Client):
        def close(self, reference: object = None) -> None:
            raise StorageFault(reference, "no space")

    client = Untidy(transport=FakeTransport(pair.src), layout=QUICK)
    result = run_sync(SyncConfig((image(target=f"ocidir://{tmp_path}/lay:v1"),)), client, observer=events.append)

    assert (1, 0) == (result.copied, result.failed)
    assert 1 == sum(isinstance(event, TargetNotClosed) for event in events)


def test_the_tags_of_a_layout_are_written_together_and_a_failure_of_that_is_one_of_an_image(pair: Pair, tmp_path: Path) -> None:
    for tag in ("a", "b", "c"):
        images.image(pair.src.repository("app"), tag, seed=tag)
    written: list[str] = []

    def sync(folder: str, most: int) -> SyncResult:
        def step(kind: str, path: Path) -> None:
            if kind == "rename" and path.name == "index.json":
                written.append(folder)
                if written.count(folder) > most:
                    raise OSError(28, "No space left on device")

        layout = LayoutSettings(writing=Writing(sync=False, step=step), created=0.0)
        client = Client(transport=FakeTransport(pair.src), layout=layout, clock=pair.clock)
        with client:
            return run_sync(SyncConfig((repository(target=f"ocidir://{tmp_path}/{folder}"),)), client)

    assert (3, 0) == ((whole := sync("whole", 99)).copied, whole.failed)
    assert ["whole", "whole"] == written
    full = sync("full", 1)
    assert (1, ["No space left"]) == (full.failed, re.findall("No space left", str(full.errors[0])))
    (first,) = LayoutRepository(tmp_path / "full").tags().tags
    assert first in {"a", "b", "c"}, "whichever copy came first"


def test_a_sync_runs_from_python_as_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Client(layout=QUICK) as client:
        for tag in ("1.0", "1.5", "2.0", "edge"):
            images.image(client.repository("ocidir://upstream"), tag, seed=tag)

    play("docs/howto/sync-from-python.md")

    printed = capsys.readouterr().out.splitlines()
    assert ["3 checked, 3 copied, 0 skipped, 0 failed", "0 out of step"] == printed[3:]
    assert {"ocidir://mirror:1.0", "ocidir://mirror:1.5", "ocidir://mirror:edge"} == {line.split()[0] for line in printed[:3]}
    assert ["1.0", "1.5", "edge"] == sorted(Client().repository("ocidir://mirror").tags().tags)
