"""How many requests each case of a copy costs: never more than the Go program's ledger, and exactly these.

``S`` is the source, ``T`` the target; the shapes are those of the fake registry. B is the number of blobs, P of children.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from regclient.concurrency import Workers
from regclient.layout.repository import LayoutRepository
from regclient.model.reference import Reference
from regclient.ops.copy import CopyOptions, copy
from regclient.remote.repository import RemoteRepository
from regclient.repository import Name, Repository
from tests.claims import claims
from tests.fakes import images
from tests.fakes.registry import FakeRegistry
from tests.fakes.transport import FakeTransport

B = 3
"""The blobs of a sample image: two layers and a config."""
P = 2
"""The children of a sample index; they share one layer, so it has five blobs."""
SHARED_BLOBS = 5

HEAD_T, HEAD_S, GET_S, PUT_T = "T HEAD manifests", "S HEAD manifests", "S GET manifests", "T PUT manifests"
HEAD_BLOB, GET_BLOB, POST, PUT_BLOB = "T HEAD blobs", "S GET blobs", "T POST uploads?mount", "T PUT upload?digest"
REFERRERS, TAGS = "S GET referrers", "S GET tags"


class Bench:
    """Two registries, and copies between them that are counted."""

    def __init__(self) -> None:
        self.s, self.t = FakeRegistry("s.example"), FakeRegistry("t.example")
        self.t.quirks.anonymous_mounts = False
        transport = FakeTransport(self.s, self.t)
        self.src = RemoteRepository(Reference.parse("s.example/app"), transport)
        self.dst = RemoteRepository(Reference.parse("t.example/app"), transport)
        self.sibling = RemoteRepository(Reference.parse("s.example/other"), transport)
        self.source = self.s.repository("app")
        self.target = self.t.repository("app")

    def copy(
        self,
        name: Name = "latest",
        target: Name = "latest",
        options: CopyOptions | None = None,
        *,
        src: Repository | None = None,
        dst: Repository | None = None,
    ) -> dict[str, int]:
        """Copy, and count what it cost."""
        self.s.forget()
        self.t.forget()
        with Workers(2) as workers:
            copy(src or self.src, name, dst or self.dst, target, options=options or CopyOptions(), workers=workers)
        counted = Counter({f"S {shape}": number for shape, number in self.s.counts().items()})
        counted.update({f"T {shape}": number for shape, number in self.t.counts().items()})
        return dict(counted)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def blobs(count: int) -> dict[str, int]:
    return {HEAD_BLOB: count, GET_BLOB: count, POST: count, PUT_BLOB: count}


def test_a_single_image_to_an_empty_registry(bench: Bench) -> None:
    images.image(bench.source)
    cost = bench.copy()
    assert {HEAD_T: 1, GET_S: 1, PUT_T: 1} | blobs(B) == cost
    assert 3 + 4 * B == sum(cost.values())


def test_a_blob_that_is_there_costs_its_head_only(bench: Bench) -> None:
    images.image(bench.source)
    images.blob(bench.target, images.layer_content(0))
    cost = bench.copy()
    assert {HEAD_T: 1, GET_S: 1, PUT_T: 1} | blobs(B - 1) | {HEAD_BLOB: B} == cost


def test_a_registry_that_grants_anonymous_mounts_takes_no_bytes_of_a_blob_it_has_elsewhere(bench: Bench) -> None:
    bench.t.quirks.anonymous_mounts = True
    images.image(bench.source)
    images.image(bench.t.repository("elsewhere"))
    assert {HEAD_T: 1, GET_S: 1, PUT_T: 1, HEAD_BLOB: B, POST: B} == {
        shape: number for shape, number in bench.copy().items() if shape != GET_BLOB
    }


def test_a_different_image_at_the_tag_costs_one_head_more(bench: Bench) -> None:
    images.image(bench.source)
    images.image(bench.target, seed="other")
    cost = bench.copy()
    assert 4 + 4 * B >= sum(cost.values())
    assert (cost[HEAD_T], cost[HEAD_S], cost[GET_S], cost[PUT_T]) == (1, 1, 1, 1)


def test_an_up_to_date_target_costs_two_heads(bench: Bench) -> None:
    images.image(bench.source)
    images.image(bench.target)
    assert {HEAD_T: 1, HEAD_S: 1} == bench.copy()


def test_an_up_to_date_target_costs_one_head_when_the_digest_is_given(bench: Bench) -> None:
    digest = images.image(bench.source).digest
    images.image(bench.target)
    assert {HEAD_T: 1} == bench.copy(digest)


def test_mounting_inside_a_registry_moves_no_bytes(bench: Bench) -> None:
    images.image(bench.source)
    cost = bench.copy(dst=bench.sibling)
    assert {
        "S HEAD manifests": 1,
        "S GET manifests": 1,
        "S HEAD blobs": B,
        "S POST uploads?mount&from": B,
        "S PUT manifests": 1,
    } == cost
    assert 3 + 2 * B == sum(cost.values())


def test_a_retag_sends_the_manifest_and_nothing_else(bench: Bench) -> None:
    images.image(bench.source)
    assert {"S HEAD manifests": 1, "S GET manifests": 1, "S PUT manifests": 1} == bench.copy("latest", "new", dst=bench.src)


def test_a_retag_over_another_image_costs_one_head_more(bench: Bench) -> None:
    images.image(bench.source)
    images.image(bench.source, "old", seed="old")
    assert {"S HEAD manifests": 2, "S GET manifests": 1, "S PUT manifests": 1} == bench.copy("latest", "old", dst=bench.src)


def test_an_index_to_an_empty_registry(bench: Bench) -> None:
    images.index(bench.source)
    cost = bench.copy()
    assert {HEAD_T: 1 + P, GET_S: 1 + P, PUT_T: 1 + P} | blobs(SHARED_BLOBS) == cost
    assert 3 + 3 * P + 4 * SHARED_BLOBS == sum(cost.values())


@claims("CopyOptions.referrers")
def test_referrers_cost_one_request_for_each_manifest(bench: Bench) -> None:
    images.index(bench.source)
    cost = bench.copy(options=CopyOptions(referrers=True))
    assert {HEAD_T: 1 + P, GET_S: 1 + P, PUT_T: 1 + P, REFERRERS: 1 + P} | blobs(SHARED_BLOBS) == cost


def test_referrers_without_the_api_cost_the_probes_and_a_fallback_tag_for_each_manifest(bench: Bench) -> None:
    bench.s.quirks.referrers = False
    images.index(bench.source)
    cost = bench.copy(options=CopyOptions(referrers=True))
    assert 1 <= cost.pop(REFERRERS) <= 1 + P
    assert {HEAD_T: 1 + P, GET_S: 2 * (1 + P), PUT_T: 1 + P} | blobs(SHARED_BLOBS) == cost


def test_referrers_of_an_up_to_date_image_cost_three_requests(bench: Bench) -> None:
    images.image(bench.source)
    images.image(bench.target)
    assert {HEAD_T: 1, HEAD_S: 1, REFERRERS: 1} == bench.copy(options=CopyOptions(referrers=True))


def test_referrers_of_an_up_to_date_index_cost_a_look_at_each_child(bench: Bench) -> None:
    images.index(bench.source)
    images.index(bench.target)
    cost = bench.copy(options=CopyOptions(referrers=True))
    assert {HEAD_T: 1 + P, HEAD_S: 1, GET_S: 1, REFERRERS: 1 + P} == cost
    assert 4 + 2 * P == sum(cost.values())


def test_a_referrer_costs_what_an_image_by_digest_costs(bench: Bench) -> None:
    subject = images.image(bench.source)
    images.image(bench.target)
    images.artifact(bench.source, subject)
    cost = bench.copy(options=CopyOptions(referrers=True))
    # The artifact has two blobs: its content, and the empty config that its descriptor carries along.
    assert {HEAD_T: 2, HEAD_S: 1, GET_S: 1, PUT_T: 1, REFERRERS: 2} | blobs(2) | {GET_BLOB: 1} == cost


def test_a_referrer_to_a_registry_without_the_api_is_listed_in_a_fallback_tag(bench: Bench) -> None:
    bench.t.quirks.referrers = False
    subject = images.image(bench.source)
    images.image(bench.target)
    images.artifact(bench.source, subject)
    cost = bench.copy(options=CopyOptions(referrers=True))
    # One read more than the Go program makes sees whether another process wrote the list meanwhile.
    assert 1 <= cost.pop("T GET manifests") <= 2
    assert {HEAD_T: 2, HEAD_S: 1, GET_S: 1, PUT_T: 2, REFERRERS: 2} | blobs(2) | {GET_BLOB: 1} == cost


@claims("CopyOptions.digest_tags")
def test_digest_tags_cost_one_list_and_a_copy_for_each_tag(bench: Bench) -> None:
    subject = images.index(bench.source)
    images.index(bench.target)
    images.digest_tag(bench.source, subject)
    cost = bench.copy(options=CopyOptions(digest_tags=True))
    assert {TAGS: 1, HEAD_T: 1 + P + 1, HEAD_S: 1, GET_S: 2, PUT_T: 1} | blobs(2) == cost


@claims("CopyOptions.recursive")
def test_force_recursive_asks_and_writes_everything_again_but_moves_no_bytes(bench: Bench) -> None:
    images.index(bench.source)
    images.index(bench.target)
    cost = bench.copy(options=CopyOptions(recursive=True))
    assert {GET_S: 1 + P, PUT_T: 1 + P, HEAD_BLOB: SHARED_BLOBS} == cost


@claims("CopyOptions.fast")
def test_fast_ends_at_the_digest_even_with_everything_else_asked_for(bench: Bench) -> None:
    images.index(bench.source)
    images.index(bench.target)
    everything = CopyOptions(fast=True, referrers=True, digest_tags=True, recursive=True)
    assert {HEAD_T: 1, HEAD_S: 1} == bench.copy(options=everything)


def test_a_registry_to_a_layout_costs_each_content_once(bench: Bench, tmp_path: Path) -> None:
    images.image(bench.source)
    layout = LayoutRepository(tmp_path / "layout")
    assert {GET_S: 1, GET_BLOB: B} == bench.copy(dst=layout)
    assert {HEAD_S: 1} == bench.copy(dst=layout)
    layout.close()


def test_a_layout_to_a_registry_costs_only_what_is_written(bench: Bench, tmp_path: Path) -> None:
    layout = LayoutRepository(tmp_path / "layout")
    images.image(layout)
    cost = bench.copy(src=layout)
    assert {HEAD_T: 1, HEAD_BLOB: B, POST: B, PUT_BLOB: B, PUT_T: 1} == cost
    assert 2 + 3 * B == sum(cost.values())
    layout.close()


def test_a_registry_that_refuses_the_mount_costs_one_post_more_for_each_blob(bench: Bench) -> None:
    from tests.fakes.faults import FaultRule

    bench.t.fault(FaultRule(method="POST", path="mount=", times=None, status=405))
    images.image(bench.source)
    cost = bench.copy()
    assert {HEAD_T: 1, GET_S: 1, PUT_T: 1, "T POST uploads": B} | blobs(B) == cost
    assert 3 + 5 * B == sum(cost.values())
