"""Laws of copies over random graphs: indexes in indexes, artifacts with subjects, digest tags that lead anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regclient.concurrency import Workers
from regclient.errors import SideError
from regclient.memory import MemoryRepository
from regclient.model.children import children_of
from regclient.model.digest import Digest
from regclient.model.referrers import fallback_tag
from regclient.ops.copy import CopyOptions, copy, plan_copy
from regclient.ops.copyplan import CopyPlan
from tests.fakes.graphs import Step, built
from tests.fakes.journal import JournalRepository
from tests.property.examples import share

QUICK = settings(max_examples=share(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["image", "image", "index"]),
        st.lists(st.integers(0, 20), max_size=4).map(tuple),
        st.none() | st.integers(0, 20),
        st.none() | st.integers(0, 40),
    ),
    min_size=1,
    max_size=12,
)
OPTIONS = st.builds(
    CopyOptions, referrers=st.booleans(), digest_tags=st.booleans(), recursive=st.booleans(), fast=st.booleans()
)


def reached(src: MemoryRepository, options: CopyOptions) -> set[Digest]:
    """What a copy of ``top`` must bring along, computed without any of the code under test."""
    todo, seen = [src.resolve("top").digest], set[Digest]()
    blobs = set[Digest]()
    while todo:
        digest = todo.pop()
        if digest in seen:
            continue
        seen.add(digest)
        children = children_of(src.get_manifest(digest))
        blobs |= {blob.digest for blob in children.blobs}
        todo += [entry.digest for entry in children.manifests]
        if options.referrers:
            todo += [entry.digest for entry in src.referrers(digest).descriptors]
        if options.digest_tags:
            todo += [src.resolve(tag).digest for tag in src.tags().tags if tag.startswith(fallback_tag(digest))]
    return seen | blobs


@QUICK
@given(STEPS, OPTIONS)
def test_a_copy_brings_along_exactly_what_is_reached_and_changes_nothing(steps: list[Step], options: CopyOptions) -> None:
    src, dst = MemoryRepository("src.example/app"), JournalRepository("dst.example/app")
    built(src, steps)
    copy(src, "top", dst, "top", options=options)
    assert reached(src, options) == dst.holds()
    assert src.get_manifest("top").raw == dst.get_manifest("top").raw
    assert dst.missing() == set()
    assert dst.writes[-1] == "manifest top"
    before = len(dst.writes)
    copy(src, "top", dst, "top", options=CopyOptions(referrers=options.referrers, digest_tags=options.digest_tags))
    assert before == len(dst.writes), "a second copy has nothing to do"


@QUICK
@given(STEPS, OPTIONS)
def test_no_push_of_a_plan_comes_before_its_content(steps: list[Step], options: CopyOptions) -> None:
    src, dst = MemoryRepository("src.example/app"), JournalRepository("dst.example/app")
    built(src, steps)
    with Workers(1) as workers:
        plan = plan_copy(src, "top", dst, "top", options=options, workers=workers)
    first = first_waves(plan)
    moved = {move.blob.digest for move in plan.moves}
    assert len(moved) == len(plan.moves)
    for number, wave in enumerate(plan.waves):
        for push in wave:
            children = children_of(push.manifest)
            assert {blob.digest for blob in children.blobs} <= moved
            assert all(first[entry.digest] < number for entry in children.manifests)
    assert [push.name for push in plan.waves[-1]] == ["top"]


def first_waves(plan: CopyPlan) -> Mapping[Digest, int]:
    found: dict[Digest, int] = {}
    for number, wave in enumerate(plan.waves):
        for push in wave:
            found.setdefault(push.manifest.digest, number)
    return found


@QUICK
@given(STEPS, OPTIONS, st.integers(1, 40))
def test_a_failure_at_any_write_leaves_no_tag_without_content(steps: list[Step], options: CopyOptions, fail_at: int) -> None:
    src, dst = MemoryRepository("src.example/app"), JournalRepository("dst.example/app", fail_at=fail_at)
    built(src, steps)
    try:
        copy(src, "top", dst, "top", options=options)
    except SideError:
        assert "top" not in dst.tags().tags
        assert dst.missing() == set()
        # Not fast: that would take the word of a child that is there for what belongs beside it.
        copy(src, "top", dst, "top", options=replace(options, fast=False))
    assert dst.missing() == set()
    assert reached(src, options) <= dst.holds()
