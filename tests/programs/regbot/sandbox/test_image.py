"""``image`` and image configs: copies, archives, rate limits and edited configs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regclient.errors import Cancelled
from regclient.regbot.sandbox.calls import CallFailed
from regclient.regbot.sandbox.image import CopyKeys, indented
from regclient.settings.machine import local_platform
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import APP, Bench, seen, sent_back
from tests.fakes.faults import FaultRule

OTHER = "registry.example/other"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    images.index(bench.registry.repository("app"), "v1", platforms=(str(local_platform()), "linux/s390x"))
    return bench


@claims("lua image.config")
def test_the_config_of_an_index_is_the_one_for_this_machine(bench: Bench) -> None:
    found = seen(bench.one("image.config", f"{APP}:v1"))
    again = seen(bench.one("image.config", bench.one("manifest.get", f"{APP}:v1")))
    head = bench.one("manifest.head", f"{APP}:v1")

    assert isinstance(found, dict)
    assert local_platform().architecture == found["Platform"]["architecture"]
    assert found == again
    assert 2 == bench.held
    for wrong in (bench.one("manifest.getList", f"{APP}:v1"), head):
        with pytest.raises(CallFailed, match=r"Image methods are not available for manifest"):
            bench.call("image.config", wrong)


def test_a_config_that_is_gone_is_an_error(bench: Bench) -> None:
    image = images.image(bench.registry.repository("app"), "v2")
    bench.registry.repository("app").delete_blob(image.config.digest)

    with pytest.raises(CallFailed, match=rf'^Failed retrieving "{APP}:v2" config: '):
        bench.call("image.config", f"{APP}:v2")


@claims("lua imageconfig:export", "lua imageconfig.__tostring")
def test_an_edited_config_is_a_new_one_and_shows_as_json(bench: Bench) -> None:
    made = bench.one("image.config", f"{APP}:v1")
    table = sent_back(made)
    table["config"]["Labels"]["team"] = "<a>"  # type: ignore[index]

    exported = bench.one("imageconfig:export", made, table)

    before, after = (bench.one("imageconfig.__tostring", value) for value in (made, exported))
    assert '\n    "Labels": {\n      "seed": "",\n      "team": "\\u003ca\\u003e"\n' in str(after)
    assert "team" not in str(before)
    for name in ("imageconfig:export", "imageconfig.__tostring"):
        with pytest.raises(CallFailed, match=r"[Cc]onfig expected"):
            bench.call(name, f"{APP}:v1")
    with pytest.raises(CallFailed, match=r"^Failed exporting config: "):
        bench.call("imageconfig:export", made, {"history": {1: "x"}})


@claims("lua image.copy")
def test_a_copy_brings_what_its_options_ask_for(bench: Bench) -> None:
    app = bench.registry.repository("app")
    top = app.get_manifest("v1")
    images.artifact(app, top)
    images.digest_tag(app, top)
    copied = bench.registry.repository("other")

    bench.call("image.copy", f"{APP}:v1", f"{OTHER}:v1")
    assert (["v1"], 0) == (list(copied.tags().tags), len(copied.referrers(top.digest).descriptors))
    bench.call("image.copy", f"{APP}:v1", f"{OTHER}:v1", {"fast": True, "referrers": True, "digestTags": True})
    assert ["v1"] == list(copied.tags().tags), "fast: the target had the image"
    bench.call("image.copy", f"{APP}:v1", f"{OTHER}:v1", {"digestTags": True})
    assert 2 == len(copied.tags().tags)
    bench.call("image.copy", f"{APP}:v1", f"{OTHER}:v1", {"referrers": True})
    assert 1 == len(copied.referrers(top.digest).descriptors)
    assert "digestTags=true forceRecursive=false includeExternal=false dry-run=false" in bench.log
    assert 4 == bench.held


def test_a_copy_of_some_platforms_leaves_the_others_out(bench: Bench) -> None:
    bench.call("image.copy", f"{APP}:v1", f"{OTHER}:v1", {"platforms": ["linux/s390x"]})

    entries = seen(bench.one("manifest.getList", f"{OTHER}:v1"))
    assert isinstance(entries, dict)
    with pytest.raises(CallFailed):
        bench.call("manifest.head", f"{OTHER}@{entries['manifests'][0]['digest']}")
    assert bench.one("manifest.head", f"{OTHER}@{entries['manifests'][1]['digest']}")


def test_a_copy_mends_and_takes_external_layers_when_told(bench: Bench) -> None:
    keys = CopyKeys.read({"forceRecursive": True, "includeExternal": True, "digestTags": "yes", "platforms": {1.0: ""}})

    options = keys.options()

    assert (True, True, False) == (options.recursive, options.external, options.digest_tags)
    assert 1 == len(options.platforms)
    assert CopyKeys() == CopyKeys.read({"platforms": "linux", "typo": True})


def test_a_copy_that_fails_says_which_and_a_dry_run_copies_nothing(bench: Bench) -> None:
    with pytest.raises(CallFailed, match=rf'^Failed copying "{APP}:none" to "{OTHER}:v1": '):
        bench.call("image.copy", f"{APP}:none", f"{OTHER}:v1")
    dry = Bench(registry=bench.registry, dry_run=True)

    dry.call("image.copy", f"{APP}:v1", f"{OTHER}:v1")

    assert [f"copy {APP}:v1 to {OTHER}:v1"] == dry.session.intended
    assert [] == [method for method, _ in bench.registry.ledger if method not in {"GET", "HEAD"}]


@claims("lua image.exportTar", "lua image.importTar")
def test_archives_need_leave_and_then_travel(bench: Bench, tmp_path: Path) -> None:
    file = str(tmp_path / "app.tar")
    for name in ("image.exportTar", "image.importTar"):
        with pytest.raises(CallFailed, match=r"run with --allow-io"):
            bench.call(name, f"{APP}:v1", file)
    dry = Bench(registry=bench.registry, allow_io=True, dry_run=True)
    dry.call("image.exportTar", f"{APP}:v1", file)
    dry.call("image.importTar", f"{OTHER}:v1", file)
    assert [f"export {APP}:v1 to {file}", f"import {file} as {OTHER}:v1"] == dry.session.intended
    assert not Path(file).exists()

    allowed = Bench(registry=bench.registry, allow_io=True)
    allowed.call("image.exportTar", f"{APP}:v1", file)
    allowed.call("image.importTar", f"{OTHER}:v1", file)

    pushed, original = (bench.registry.repository(name).get_manifest("v1") for name in ("other", "app"))
    assert original.digest == pushed.digest
    with pytest.raises(CallFailed, match=rf'^Failed to import image "{OTHER}:v1" from "none": '):
        allowed.call("image.importTar", f"{OTHER}:v1", "none")
    with pytest.raises(CallFailed, match=rf'^Failed to export image "{APP}:none" to '):
        allowed.call("image.exportTar", f"{APP}:none", file)


@claims("lua image.ratelimitWait")
def test_waiting_for_pulls_ends_with_an_answer_or_in_time(bench: Bench) -> None:
    assert True is bench.one("image.ratelimitWait", f"{APP}:v1", 5), "nothing was said of limits"
    assert True is bench.one("image.ratelimitWait", limited(bench, 5), 5)
    assert "" == bench.log
    bench = Bench(bench.registry)
    assert False is bench.one("image.ratelimitWait", limited(bench, 4, 2), 5, "2ms", "3ms")
    assert 2 == bench.log.count(f'msg="Delaying for ratelimit" script=test image={APP}:v1 current=4 target=5 delay=2ms')
    assert False is bench.one("image.ratelimitWait", limited(bench, 4, 2), 5, "0s", "2ms"), "it ends however often it asks"
    for place, words in ((3, "rate limit frequency x"), (4, "timeout x")):
        with pytest.raises(CallFailed, match=rf"^Failed parsing {words}: "):
            bench.call("image.ratelimitWait", f"{APP}:v1", 5, *(["1ms"] * (place - 3)), "x")
    with pytest.raises(CallFailed, match=rf'^Failed checking "{APP}:none" manifest: '):
        bench.call("image.ratelimitWait", f"{APP}:none", 5)


def test_waiting_for_pulls_can_be_cancelled(bench: Bench) -> None:
    reference = limited(bench, 4)
    bench.client.cancel.cancel()

    with pytest.raises(Cancelled):
        bench.call("image.ratelimitWait", reference, 5, "1h")


def test_documents_are_laid_out_as_go_does() -> None:
    assert '{\n  "a": [\n    "\\u003c\\u0026"\n  ]\n}' == indented(b'{"a":["<&"]}')
    assert json.loads(indented(b'{"a":{}}')) == {"a": {}}


def limited(bench: Bench, remain: int, times: int = 1) -> str:
    """Have the registry say how many pulls remain from now on."""
    headers = {"RateLimit-Limit": "100;w=60", "RateLimit-Remaining": f"{remain};w=60"}
    bench.registry.fault(FaultRule(method="HEAD", times=times, edit=lambda answer: answer.headers.extend(headers.items())))
    return f"{APP}:v1"
