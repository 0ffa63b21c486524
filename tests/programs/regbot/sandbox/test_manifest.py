"""``manifest`` and its objects: fetch, edit, push and delete."""

from __future__ import annotations

import pytest

from regclient.cli.logs import DEBUG
from regclient.errors import ManifestNotFound
from regclient.regbot.sandbox.calls import CallFailed
from regclient.settings.machine import local_platform
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import APP, Bench, seen, sent_back


@pytest.fixture
def bench() -> Bench:
    bench = Bench(level=DEBUG)
    images.index(bench.registry.repository("app"), "v1", platforms=(str(local_platform()), "linux/s390x"))
    return bench


def field(bench: Bench, made: object, name: str = "Digest") -> object:
    """Return a field of a manifest's descriptor."""
    found = seen(bench.one("manifest.descriptor", made))
    assert isinstance(found, dict)
    return found[name]


@claims("lua manifest.get", "lua manifest.getList")
def test_an_index_leads_to_an_image_unless_the_list_is_asked_for(bench: Bench) -> None:
    index = bench.registry.repository("app").get_manifest("v1")
    entries = [str(entry.digest) for entry in index.manifests]  # type: ignore[attr-defined]

    assert entries[0] == field(bench, bench.one("manifest.get", f"{APP}:v1"))
    assert entries[1] == field(bench, bench.one("manifest.get", f"{APP}:v1", "linux/s390x"))
    assert str(index.digest) == field(bench, bench.one("manifest.getList", f"{APP}:v1"))
    assert 'msg="Retrieve manifest" script=test image=registry.example/app:v1 list=false platform=linux/s390x' in bench.log
    assert "list=true" in bench.log
    with pytest.raises(CallFailed, match=rf'^Failed retrieving "{APP}:v1" manifest: platform'):
        bench.call("manifest.get", f"{APP}:v1", "windows/arm64")
    with pytest.raises(CallFailed, match=rf'^Failed retrieving "{APP}:none" manifest: '):
        bench.call("manifest.getList", f"{APP}:none")
    with pytest.raises(CallFailed, match=r"string expected, got nil"):
        bench.call("manifest.get", f"{APP}:v1", None)


@claims("lua manifest.head", "lua manifest.descriptor")
def test_a_head_and_a_descriptor_need_no_content(bench: Bench) -> None:
    index = bench.registry.repository("app").get_manifest("v1")
    head = bench.one("manifest.head", f"{APP}:v1")

    assert str(index.digest) == field(bench, head) == field(bench, f"{APP}:v1")
    assert index.media_type == field(bench, head, "mediaType")
    assert ["HEAD", "HEAD"] == [method for method, _ in bench.registry.ledger]
    assert 'msg="Retrieve manifest with head" script=test image=registry.example/app:v1' in bench.log
    with pytest.raises(CallFailed, match=r"manifest expected"):
        bench.call("manifest.descriptor", 5)


@claims("lua manifest:export", "lua manifest.put", "lua manifest.__tostring")
def test_an_edited_manifest_is_pushed_as_a_new_one(bench: Bench) -> None:
    made = bench.one("manifest.getList", f"{APP}:v1")
    table = sent_back(made)
    table["annotations"] = {"team": "a"}

    exported = bench.one("manifest:export", made, table)
    assert () == bench.call("manifest.put", exported, f"{APP}:v2")

    pushed = bench.registry.repository("app").get_manifest("v2")
    assert {"team": "a"} == dict(pushed.annotations)
    assert '"team": "a"' in str(bench.one("manifest.__tostring", f"{APP}:v2")) or "linux" in str(pushed)
    assert '\n    "team": "a"\n' in str(bench.one("manifest.__tostring", exported))
    assert "team" not in str(bench.one("manifest.__tostring", made))
    assert 'msg="Put manifest" script=test image=registry.example/app:v2' in bench.log


def test_what_is_pushed_unedited_keeps_its_bytes(bench: Bench) -> None:
    bench.call("manifest.put", bench.one("manifest.head", f"{APP}:v1"), f"{APP}:head")
    bench.call("manifest.put", f"{APP}:v1", f"{APP}:name")

    digests = [bench.registry.repository("app").get_manifest(tag).digest for tag in ("v1", "head", "name")]
    assert 1 == len(set(digests))


def test_heads_cannot_be_shown_or_edited(bench: Bench) -> None:
    head = bench.one("manifest.head", f"{APP}:v1")

    with pytest.raises(CallFailed, match=r"only its head is known"):
        bench.call("manifest.__tostring", head)
    with pytest.raises(CallFailed, match=r"only its head is known"):
        bench.call("manifest:export", head, {})
    with pytest.raises(CallFailed, match=r"Manifest expected"):
        bench.call("manifest:export", "x", {})
    with pytest.raises(CallFailed, match=r"^Failed exporting manifest: "):
        bench.call("manifest:export", bench.one("manifest.get", f"{APP}:v1"), {"config": "x"})


def test_what_cannot_be_pushed_says_so(bench: Bench) -> None:
    with pytest.raises(CallFailed, match=r"^manifest pull failed: "):
        bench.call("manifest.put", f"{APP}:none", f"{APP}:v2")
    with pytest.raises(CallFailed, match=r"^Failed to put manifest: "):
        bench.call("manifest.put", f"{APP}:v1", f"{APP}@sha256:{'0' * 64}")
    with pytest.raises(CallFailed, match=r"#2 to 'manifest.put' \(reference expected\)"):
        bench.call("manifest.put", f"{APP}:v1")


@claims("lua manifest:delete")
def test_a_manifest_is_deleted_with_every_tag(bench: Bench) -> None:
    app = bench.registry.repository("app")
    app.put_manifest(app.get_manifest("v1"), "also")

    bench.call("manifest:delete", bench.one("manifest.head", f"{APP}:v1"))

    assert () == app.tags().tags
    assert 'msg="Delete manifest" script=test image=registry.example/app:v1@sha256:' in bench.log
    with pytest.raises(CallFailed, match=r'^Failed retrieving "registry.example/app:v1" manifest: '):
        bench.call("manifest:delete", f"{APP}:v1")
    pinned = bench.one("manifest.getList", f"{APP}@{images.image(app, 'v2').digest}")
    bench.call("manifest:delete", pinned)
    with pytest.raises(CallFailed, match=r'^Failed deleting "registry.example/app@sha256:'):
        bench.call("manifest:delete", pinned)


def test_a_dry_run_pushes_and_deletes_nothing(bench: Bench) -> None:
    dry = Bench(registry=bench.registry, dry_run=True)
    digest = bench.registry.repository("app").get_manifest("v1").digest

    dry.call("manifest.put", f"{APP}:v1", f"{APP}:v2")
    dry.call("manifest:delete", dry.one("manifest.head", f"{APP}:v1"))

    assert [f"put manifest {digest} as {APP}:v2", f"delete manifest {APP}:v1@{digest}"] == dry.session.intended
    assert ("v1",) == bench.registry.repository("app").tags().tags
    with pytest.raises(ManifestNotFound):
        bench.registry.repository("app").get_manifest("v2")


@claims("lua manifest:ratelimit")
def test_the_rate_limit_is_that_of_the_answer(bench: Bench) -> None:
    found = seen(bench.one("manifest:ratelimit", bench.one("manifest.head", f"{APP}:v1")))

    assert {"Remain": 0, "Limit": 0, "Reset": 0, "Set": False, "Policies": []} == found
