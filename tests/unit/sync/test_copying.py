"""Tests for what copies do besides copying: each option of a step with it and without it, backups, rate limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from regclient.errors import InvalidReference, InvalidTemplate, ManifestNotFound, RegistryFault, SideError
from regclient.model.digest import Digest
from regclient.model.mediatype import DOCKER_SCHEMA1
from regclient.model.referrers import fallback_tag
from regclient.repository import Repository
from regclient.sync.config import ReferrerFilter, SyncConfig, SyncDefaults, SyncRateLimit, settled
from regclient.sync.events import (
    BackupFailed,
    BackupStarted,
    Copied,
    CopyProgress,
    CopyStarted,
    Decision,
    ImageFailed,
    RateLimitPassed,
    RateLimitReached,
    ReferrerPlaceInvalid,
    Stage,
    SyncEvent,
)
from regclient.sync.run import Syncer
from regclient.sync.steps import Action
from tests.fakes import images
from tests.fakes.faults import FaultRule
from tests.fakes.syncing import Pair, image, repository, stating_limits

STEP = image()


@pytest.fixture
def pair() -> Pair:
    return Pair()


def tags(pair: Pair, name: str = "app") -> list[str]:
    return sorted(pair.dst.repository(name).tags().tags)


def has(found: Repository, digest: Digest) -> bool:
    try:
        found.head_manifest(digest)
    except ManifestNotFound:
        return False
    return True


def test_an_image_is_copied_and_said(pair: Pair) -> None:
    pushed = images.image(pair.src.repository("app"), "v1")

    pair.sync(STEP)

    assert pushed.raw == pair.dst.repository("app").get_manifest("v1").raw
    assert [str(event.source) for event in pair.said(CopyStarted)] == ["src.example/app:v1"]
    assert [event.descriptor for event in pair.said(Copied)] == [pushed.descriptor]
    assert {"dst.example/app:v1"} == {str(event.target) for event in pair.said(CopyProgress)}


def test_a_platform_leaves_one_image_and_platforms_a_sparse_index(pair: Pair) -> None:
    index = images.index(pair.src.repository("app"), "v1")
    arm = index.manifests[1].digest

    pair.sync(replace(STEP, platform="linux/arm64"))
    assert arm == pair.dst.repository("app").resolve("v1").digest
    assert {"dst.example/app:v1": Decision.PLATFORM_MATCH} == pair.decisions(replace(STEP, platform="linux/arm64"))

    pair.sync(replace(STEP, target="dst.example/some:v1", platforms=("linux/arm64",)))
    some = pair.dst.repository("some")
    assert index.digest == some.resolve("v1").digest
    assert arm == some.resolve(arm).digest
    assert not has(some, index.manifests[0].digest)


def test_platforms_may_be_empty_and_must_be_platforms(pair: Pair) -> None:
    repository_ = pair.src.repository("app")
    bare = images.image(repository_, None, seed="bare")
    index = images.index(repository_, "v1", children=(bare,))

    pair.sync(replace(STEP, platforms=("",)))
    copied = pair.dst.repository("app")
    assert [True, True, False] == [has(copied, name) for name in (index.digest, bare.digest, index.manifests[0].digest)]

    pair.sync(replace(STEP, target="dst.example/other:v1", platforms=("linux/a,b=c",)))
    assert [Stage.COPY] == [event.stage for event in pair.said(ImageFailed)]


def test_referrers_come_along_when_asked_for_and_through_their_filters(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    sbom = images.artifact(pair.src.repository("app"), subject)
    note = images.artifact(pair.src.repository("app"), subject, artifact_type="a/note", annotations={"k": "v"})
    both, of_sbom = {sbom.digest, note.digest}, ReferrerFilter(images.SBOM)
    table: list[tuple[bool, tuple[ReferrerFilter, ...], set[Digest]]] = [
        (False, (), set()),
        (True, (), both),
        (True, (of_sbom,), {sbom.digest}),
        (True, (ReferrerFilter(annotations={"k": ""}),), {note.digest}),
        (True, (ReferrerFilter("a/note"), of_sbom), both),
        (False, (ReferrerFilter("a/note"),), set()),
    ]
    for number, (referrers, filters, expected) in enumerate(table):
        name = f"app{number}"
        step = replace(STEP, target=f"dst.example/{name}:v1", referrers=referrers, referrer_filters=filters)
        pair.sync(step)
        found = pair.dst.repository(name).referrers(subject.digest).descriptors
        assert expected == {entry.digest for entry in found}


def test_referrers_may_come_from_and_go_elsewhere(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    images.artifact(pair.src.repository("app"), subject)
    away = images.artifact(pair.src.repository("sigs"), subject, content=b"away")
    step = replace(STEP, referrers=True, referrer_source="src.example/sigs", referrer_target="dst.example/sigs")

    pair.sync(step)

    assert () == pair.dst.repository("app").referrers(subject.digest).descriptors
    (found,) = pair.dst.repository("sigs").referrers(subject.digest).descriptors
    assert away.digest == found.digest


def test_a_place_of_referrers_that_is_no_reference_is_said_and_ignored(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    images.artifact(pair.src.repository("app"), subject)

    result = pair.sync(replace(STEP, referrers=True, referrer_source="a b", referrer_target="c d"))

    assert (0, 1) == (result.failed, result.copied)
    said = {(event.key, event.text) for event in pair.said(ReferrerPlaceInvalid)}
    assert {("referrerSource", "a b"), ("referrerTarget", "c d")} == said
    assert 1 == len(pair.dst.repository("app").referrers(subject.digest).descriptors)


def test_digest_tags_come_along_when_asked_for(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    images.digest_tag(pair.src.repository("app"), subject)

    pair.sync(STEP)
    assert ["v1"] == tags(pair)
    pair.sync(replace(STEP, digest_tags=True))
    assert [f"{fallback_tag(subject.digest)}.sig", "v1"] == tags(pair)


def test_a_fast_check_leaves_what_is_there_alone_and_copies_all_of_what_is_not(pair: Pair) -> None:
    subject = images.image(pair.src.repository("app"), "v1")
    images.digest_tag(pair.src.repository("app"), subject)
    step = replace(STEP, digest_tags=True, fast_check=True)

    pair.sync(STEP)
    pair.requests()
    assert {"dst.example/app:v1": Decision.MATCH} == pair.decisions(step)
    assert ({"HEAD manifests": 1}, {"HEAD manifests": 1}) == pair.requests()
    assert {"dst.example/app:v1": Decision.REFRESH} == pair.decisions(replace(step, fast_check=False))

    pair.sync(replace(step, target="dst.example/new:v1"))
    assert 2 == len(tags(pair, "new"))


def test_force_recursive_mends_what_a_digest_alone_does_not_show(pair: Pair) -> None:
    pushed = images.image(pair.src.repository("app"), "v1")
    pair.sync(STEP)
    lost = pushed.layers[0]
    pair.dst.repository("app").delete_blob(lost.digest)

    pair.sync(STEP)
    assert pair.dst.repository("app").stat_blob(lost) is None
    pair.sync(replace(STEP, force_recursive=True))
    assert pair.dst.repository("app").stat_blob(lost) is not None


def test_external_layers_are_copied_when_asked_for(pair: Pair) -> None:
    pushed = images.external_image(pair.src.repository("app"), "v1")
    images.blob(pair.src.repository("app"), b"far away")
    far = next(layer for layer in pushed.layers if layer.urls).replace(urls=())

    pair.sync(STEP)
    assert pair.dst.repository("app").stat_blob(far) is None
    pair.sync(replace(STEP, target="dst.example/with:v1", include_external=True))
    assert pair.dst.repository("with").stat_blob(far) is not None


def test_a_media_type_is_copied_when_it_is_listed(pair: Pair) -> None:
    images.schema1(pair.src.repository("app"), "v1")

    assert {"dst.example/app:v1": Decision.MEDIA_TYPE} == pair.decisions(STEP)
    assert {"dst.example/app:v1": Decision.COPY} == pair.decisions(replace(STEP, media_types=(DOCKER_SCHEMA1,)))
    assert ["v1"] == tags(pair)


def test_what_is_overwritten_is_kept_first(pair: Pair) -> None:
    old = images.image(pair.dst.repository("app"), "v1", seed="old")
    images.image(pair.src.repository("app"), "v1")
    table = {
        "prev": "app:prev",
        "{{.Ref.Tag}}-old ": "app:v1-old",
        "dst.example/backups:{{.Ref.Tag}}": "backups:v1",
        "{{up .Step.Type}}": "app:IMAGE",
    }
    for backup, expected in table.items():
        pair.dst.repository("app").put_manifest(old, "v1")
        pair.sync(replace(STEP, backup=backup), functions={"up": str.upper})
        name, _, tag = expected.partition(":")
        assert old.digest == pair.dst.repository(name).resolve(tag).digest
        (said,) = pair.said(BackupStarted)
        assert f"dst.example/{expected}" == str(said.backup)

    pair.sync(replace(STEP, backup="again"))
    pair.sync(replace(STEP, target="dst.example/new:v1", backup="again"))
    pair.dst.repository("app").put_manifest(old, "v1")
    pair.sync(replace(STEP, backup="{{if false}}never{{end}}"))
    assert [] == pair.said(BackupStarted)
    assert "again" not in tags(pair) + tags(pair, "new")


def test_a_backup_that_cannot_be_named_keeps_the_image_from_being_overwritten(pair: Pair) -> None:
    old = images.image(pair.dst.repository("app"), "v1", seed="old")
    images.image(pair.src.repository("app"), "v1")
    table = {
        "{{": (Stage.BACKUP_TEMPLATE, InvalidTemplate, ""),
        "a/UP:x y": (Stage.BACKUP_REFERENCE, InvalidReference, "a/UP:x y"),
    }
    for backup, expected in table.items():
        pair.sync(replace(STEP, backup=backup))
        (failed,) = pair.said(ImageFailed)
        assert expected == (failed.stage, type(failed.error), failed.detail)
        assert old.digest == pair.dst.repository("app").resolve("v1").digest


def test_a_backup_that_fails_is_said_and_the_copy_goes_on(pair: Pair) -> None:
    images.image(pair.dst.repository("app"), "v1", seed="old")
    pushed = images.image(pair.src.repository("app"), "v1")
    for backup in ("not a tag", "far.example/b:c"):
        images.image(pair.dst.repository("app"), "v1", seed="old")
        pair.sync(replace(STEP, backup=backup))
        assert 1 == len(pair.said(BackupFailed))
        assert pushed.digest == pair.dst.repository("app").resolve("v1").digest


def test_few_pulls_left_make_the_copies_wait_until_there_are_more(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    stating_limits(pair.src, 5, 7, 50)
    step = replace(STEP, rate_limit=SyncRateLimit(10, 600.0))

    result = pair.sync(step)

    assert 1 == result.copied
    assert [600.0, 600.0] == pair.clock.slept
    assert [(5, 100, 600.0), (7, 100, 600.0)] == [(e.remain, e.limit, e.sleep) for e in pair.said(RateLimitReached)]
    assert [50] == [event.remain for event in pair.said(RateLimitPassed)]
    assert {"HEAD manifests": 4} == {key: count for key, count in pair.requests()[0].items() if key.startswith("HEAD")}


def test_a_rate_limit_counts_for_all_images_of_its_registry_and_no_others(pair: Pair) -> None:
    for name in ("a", "b", "c"):
        images.image(pair.src.repository("app"), name)
    images.image(pair.dst.repository("other"), "v1")
    stating_limits(pair.src, 5, 100, 100, 100)
    step = replace(repository(), rate_limit=SyncRateLimit(10, 600.0))

    result = pair.sync(step, image("dst.example/other:v1", "dst.example/mine:v1"))

    assert 4 == result.copied
    assert [600.0] == pair.clock.slept
    assert 1 == len(pair.said(RateLimitReached))
    order = [str(event.target) for event in pair.said(Copied)]
    assert "dst.example/mine:v1" == order[0]


def test_a_wait_that_is_over_ends_while_others_still_work(pair: Pair) -> None:
    for name in ("a", "b"):
        images.image(pair.src.repository("app"), name)
    images.image(pair.dst.repository("other"), "v1")
    stating_limits(pair.src, 5, 100, 100)
    copied = list[str]()

    def hear(event: SyncEvent) -> None:
        if isinstance(event, RateLimitReached):
            pair.clock.advance(event.sleep)  # as if something else took that long
        if isinstance(event, Copied):
            copied.append(str(event.target))

    config = settled(SyncConfig((replace(repository(), rate_limit=SyncRateLimit(10, 600.0)),)))
    with Syncer(pair.client, observer=hear, clock=pair.clock) as syncer:
        result = syncer.run(config.steps)

    assert (2, []) == (result.copied, pair.clock.slept)
    assert 2 == len(copied)


def test_a_rate_limit_is_off_unless_it_is_set_and_stated(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    pair.sync(replace(STEP, rate_limit=SyncRateLimit(10)))
    assert 1 == pair.requests()[0]["HEAD manifests"]

    stating_limits(pair.src, 0, 0, 0, 0)
    pair.sync(replace(STEP, target="dst.example/two:v1"))
    pair.sync(
        replace(STEP, target="dst.example/x:v1", rate_limit=SyncRateLimit(-1)),
        defaults=SyncDefaults(rate_limit=SyncRateLimit(5)),
    )
    assert [] == pair.clock.slept
    pair.sync(replace(STEP, target="dst.example/y:v1", rate_limit=SyncRateLimit(5)), action=Action.CHECK)
    assert [] == pair.clock.slept


def test_a_registry_that_fails_while_its_limit_is_asked_for_fails_the_image(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    stating_limits(pair.src, 100)
    pair.src.fault(FaultRule("HEAD", "manifests", first=2, status=500))

    pair.sync(replace(STEP, rate_limit=SyncRateLimit(10)))

    (failed,) = pair.said(ImageFailed)
    assert (Stage.RATE_LIMIT, RegistryFault) == (failed.stage, type(failed.error))


def test_a_copy_that_fails_is_said_with_its_side(pair: Pair) -> None:
    images.image(pair.src.repository("app"), "v1")
    pair.dst.fault(FaultRule("PUT", "manifests", status=403))

    result = pair.sync(STEP)

    (failed,) = pair.said(ImageFailed)
    assert (Stage.COPY, SideError) == (failed.stage, type(failed.error))
    assert "destination dst.example/app" in str(failed.error)
    assert (failed.error,) == result.errors


def test_a_step_may_copy_from_and_to_a_layout(pair: Pair, tmp_path: Path) -> None:
    pushed = images.index(pair.src.repository("app"), "v1")
    layout = f"ocidir://{tmp_path}/lay:v1"

    pair.sync(image(target=layout), image(layout, "dst.example/out:v1"))

    assert pushed.digest == pair.dst.repository("out").resolve("v1").digest
    assert Digest.of((tmp_path / "lay" / "blobs" / "sha256" / pushed.digest.hex).read_bytes()) == pushed.digest


def test_a_source_may_be_pinned(pair: Pair) -> None:
    pushed = images.image(pair.src.repository("app"), "v1")
    images.image(pair.src.repository("app"), "v1", seed="newer")

    pair.sync(image(f"src.example/app@{pushed.digest}"))

    assert pushed.digest == pair.dst.repository("app").resolve("v1").digest
