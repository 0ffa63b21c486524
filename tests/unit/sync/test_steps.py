"""Tests for what should become of an image: the whole table of the Go program."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from regclient.model.digest import Digest
from regclient.model.mediatype import DOCKER_SCHEMA1, OCI_INDEX, OCI_MANIFEST
from regclient.sync.config import SyncDefaults, SyncStep, with_defaults
from regclient.sync.events import Decision
from regclient.sync.steps import Action, Seen, decide, is_deep

STEP = with_defaults(SyncStep("a", "b", "image"), SyncDefaults())
ONE, TWO, THREE = (Digest.of(text) for text in (b"1", b"2", b"3"))
ABSENT, SAME, OTHER = (Seen(OCI_MANIFEST, ONE, target) for target in (None, ONE, TWO))
ALL = tuple(Action)


def test_the_same_digest_is_enough_unless_more_was_asked_for() -> None:
    for action in ALL:
        assert Decision.MATCH is decide(STEP, action, SAME)
        for step in (replace(STEP, referrers=True), replace(STEP, digest_tags=True), replace(STEP, force_recursive=True)):
            assert is_deep(step)
            assert (Decision.EXISTS if action is Action.MISSING else Decision.REFRESH) is decide(step, action, SAME)
            assert Decision.MATCH is decide(replace(step, fast_check=True), action, SAME)


def test_what_is_absent_or_differs_is_copied() -> None:
    for action, seen in product(ALL, (ABSENT, OTHER)):
        kept = action is Action.MISSING and seen is OTHER
        assert (Decision.EXISTS if kept else Decision.COPY) is decide(STEP, action, seen)


def test_a_kind_that_is_not_listed_is_left_alone() -> None:
    for action, target in product(ALL, (None, TWO)):
        found = decide(STEP, action, Seen(DOCKER_SCHEMA1, ONE, target))
        assert (Decision.EXISTS if action is Action.MISSING and target else Decision.MEDIA_TYPE) is found
    assert Decision.MATCH is decide(STEP, Action.COPY, Seen(DOCKER_SCHEMA1, ONE, ONE))
    listed = replace(STEP, media_types=(DOCKER_SCHEMA1,))
    assert Decision.COPY is decide(listed, Action.COPY, Seen(DOCKER_SCHEMA1, ONE))
    assert Decision.MEDIA_TYPE is decide(listed, Action.COPY, ABSENT)


def test_a_platform_is_looked_up_in_an_index_only_and_then_its_image_counts() -> None:
    step = replace(STEP, platform="linux/arm64")
    index = Seen(OCI_INDEX, ONE, TWO)

    assert Decision.COPY is decide(step, Action.COPY, ABSENT)
    assert None is decide(step, Action.COPY, index)
    assert Decision.EXISTS is decide(step, Action.MISSING, index)
    assert Decision.PLATFORM_MATCH is decide(step, Action.COPY, index._replace(chosen=TWO))
    assert Decision.COPY is decide(step, Action.COPY, index._replace(chosen=THREE))
    assert Decision.PLATFORM_MATCH is decide(replace(step, referrers=True), Action.COPY, index._replace(chosen=TWO))
    assert Decision.REFRESH is decide(replace(step, force_recursive=True), Action.COPY, index._replace(chosen=TWO))
    assert Decision.MATCH is decide(step, Action.COPY, Seen(OCI_INDEX, ONE, ONE))
