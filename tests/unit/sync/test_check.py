"""Tests for looking at one image: what is asked, and what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import Denied, InvalidPlatform, ManifestNotFound, PlatformNotFound
from regclient.hosts import HostSettings
from regclient.model.reference import Reference
from regclient.sync.check import Image, Looker
from regclient.sync.config import SyncDefaults, SyncStep, with_defaults
from regclient.sync.events import Decision, Stage
from regclient.sync.fault import Fault
from regclient.sync.steps import Action
from tests.fakes import images
from tests.fakes.faults import FaultRule
from tests.fakes.syncing import Pair

STEP = with_defaults(SyncStep("src.example/app:v1", "dst.example/app:v1", "image"), SyncDefaults())


def image(step: SyncStep = STEP) -> Image:
    return Image(step, Reference.parse(step.source), Reference.parse(step.target))


def fault_of(looker: Looker, step: SyncStep = STEP) -> Fault:
    with pytest.raises(Fault) as found:
        looker.look(image(step), Action.COPY)
    return found.value


def test_two_heads_tell_a_match() -> None:
    pair = Pair()
    for registry in (pair.src, pair.dst):
        images.image(registry.repository("app"), "v1")

    look = Looker(pair.client).look(image(), Action.COPY)

    assert (Decision.MATCH, look.seen.target) == (look.decision, look.digest)
    assert ({"HEAD manifests": 1}, {"HEAD manifests": 1}) == pair.requests()


def test_a_source_that_is_not_there_is_an_error_and_a_target_is_not() -> None:
    pair = Pair()
    assert isinstance((fault := fault_of(Looker(pair.client))).cause, ManifestNotFound)
    assert Stage.HEAD is fault.stage

    images.image(pair.src.repository("app"), "v1")
    pair.dst.require()
    assert Decision.COPY is Looker(pair.client).look(image(), Action.COPY).decision
    pair.src.require()
    assert isinstance(fault_of(Looker(pair.client)).cause, Denied)


def test_where_a_head_has_no_digest_or_is_refused_the_bytes_are_asked_for() -> None:
    for quirk in ("head_digests", "head_requests"):
        pair = Pair()
        for registry in (pair.src, pair.dst):
            images.image(registry.repository("app"), "v1")
            setattr(registry.quirks, quirk, False)

        assert Decision.MATCH is Looker(pair.client).look(image(), Action.COPY).decision
        assert ({"HEAD manifests": 1, "GET manifests": 1},) * 2 == pair.requests()


def test_a_platform_is_looked_up_once_for_each_index() -> None:
    pair = Pair()
    index = images.index(pair.src.repository("app"), "v1")
    step = replace(STEP, platform="linux/arm64")
    looker = Looker(pair.client)

    first, again = looker.look(image(step), Action.COPY), looker.look(image(step), Action.COPY)
    assert (Decision.COPY, index.manifests[1].digest) == (first.decision, first.digest)
    assert first.seen == again.seen
    assert f"src.example/app:v1@{first.digest}" == str(first.image.source)
    assert ({"HEAD manifests": 2, "GET manifests": 1}, {"HEAD manifests": 2}) == pair.requests()

    other = looker.look(image(replace(step, platform="linux/amd64")), Action.COPY)
    assert index.manifests[0].digest == other.digest


def test_a_platform_that_is_none_or_not_there_fails_the_image() -> None:
    pair = Pair()
    images.index(pair.src.repository("app"), "v1")
    looker = Looker(pair.client)

    wrong = fault_of(looker, replace(STEP, platform="linux/arm64,osv=1"))
    assert (Stage.PLATFORM, "linux/arm64,osv=1", InvalidPlatform) == (wrong.stage, wrong.detail, type(wrong.cause))
    missing = fault_of(looker, replace(STEP, platform="linux/s390x"))
    assert (Stage.PLATFORM_MISSING, PlatformNotFound) == (missing.stage, type(missing.cause))
    assert "linux/amd64, linux/arm64" == missing.detail


def test_an_index_that_cannot_be_read_fails_the_image() -> None:
    pair = Pair()
    images.index(pair.src.repository("app"), "v1")
    pair.src.fault(FaultRule("GET", "manifests/sha256", status=404))

    fault = fault_of(Looker(pair.client), replace(STEP, platform="linux/arm64"))

    assert (Stage.INDEX, ManifestNotFound) == (fault.stage, type(fault.cause))


def test_head_is_turned_off_by_the_settings_of_a_host() -> None:
    pair = Pair(hosts=[HostSettings("src.example", api_opts={"disableHead": "true"})])
    images.image(pair.src.repository("app"), "v1")

    assert Decision.COPY is Looker(pair.client).look(image(), Action.COPY).decision
