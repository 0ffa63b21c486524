"""From what was found to a plan: each thing once at each target."""

from __future__ import annotations

import pytest

from regclient.memory import MemoryRepository
from regclient.model.referrers import fallback_tag
from regclient.ops.copyplan import CopyOptions, CopyPlan
from regclient.ops.planner import Planner
from regclient.ops.survey import Found, Node, Survey
from tests.fakes import images


@pytest.fixture
def src() -> MemoryRepository:
    return MemoryRepository("src.example/app")


@pytest.fixture
def dst() -> MemoryRepository:
    return MemoryRepository("dst.example/app")


def planned(root: Node, options: CopyOptions) -> CopyPlan:
    survey = Survey(options)
    visited: list[tuple[Node, Found]] = []
    todo = [root]
    while todo:
        node = todo.pop(0)
        if node.place not in {known.place for known, _ in visited}:
            visited.append((node, survey.visit(node)))
            todo += survey.follow(*visited[-1])
    return Planner(survey, visited).plan(options)


def test_a_layer_that_two_images_share_is_moved_once(src: MemoryRepository, dst: MemoryRepository) -> None:
    images.index(src)
    plan = planned(Node(src, "latest", dst, "v1"), CopyOptions())
    digests = [move.blob.digest for move in plan.moves]
    assert (5, 5) == (len(digests), len(set(digests)))


def test_a_blob_for_two_targets_is_moved_to_each(src: MemoryRepository, dst: MemoryRepository) -> None:
    extra = MemoryRepository("dst.example/extra")
    sbom = images.artifact(src, images.artifact(src, images.image(src)))
    plan = planned(Node(src, "latest", dst, "v1"), CopyOptions(referrers=True, referrers_dst=extra))
    places = [move.dst.reference for move in plan.moves if move.blob.digest == sbom.layers[0].digest]
    assert [extra.reference] == places
    assert {dst.reference, extra.reference} == {push.dst.reference for push in plan.pushes}


def test_a_child_with_a_tag_of_its_own_is_pushed_once_under_it(src: MemoryRepository, dst: MemoryRepository) -> None:
    index = images.index(src)
    child = src.get_manifest(index.manifests[0].digest)
    tag = f"{fallback_tag(index.digest)}.first"
    src.put_manifest(child, tag)
    plan = planned(Node(src, "latest", dst, "v1"), CopyOptions(digest_tags=True))
    pushed = [(push.manifest.digest, push.name) for push in plan.pushes]
    assert pushed.count((child.digest, tag)) == 1
    assert (child.digest, None) not in pushed
    assert pushed[-1] == (index.digest, "v1")


def test_content_that_is_there_is_not_pushed_early_for_a_tag_that_is_not(src: MemoryRepository, dst: MemoryRepository) -> None:
    child, parent = images.cycle(src)
    dst.put_manifest(child, None)
    loop = f"{fallback_tag(child.digest)}.loop"
    again = f"{fallback_tag(parent.digest)}.loop"
    plan = planned(Node(src, "latest", dst, "v1"), CopyOptions(digest_tags=True))
    pushed = [push.name for push in plan.pushes]
    assert None not in pushed
    assert {loop, again, "v1"} == set(pushed)
    assert pushed[-1] == "v1"


def test_nothing_to_do_is_an_empty_plan_that_knows_the_result(src: MemoryRepository, dst: MemoryRepository) -> None:
    image = images.image(src)
    images.image(dst, "v1")
    plan = planned(Node(src, "latest", dst, "v1"), CopyOptions())
    assert CopyPlan(image.descriptor, present=("v1",)) == plan
