"""Tests for counting what a run says of itself."""

from __future__ import annotations

from regclient.errors import Denied, ManifestNotFound
from regclient.model.descriptor import EMPTY
from regclient.model.reference import Reference
from regclient.sync.config import SyncStep
from regclient.sync.events import (
    Checked,
    Copied,
    CopyStarted,
    Decision,
    ImageFailed,
    NoTags,
    Stage,
    StepFailed,
    SyncEvent,
)
from regclient.sync.tally import SyncResult, Tally

STEP = SyncStep("a", "b", "image")
HERE = Reference.parse("localhost:5000/a:1")
LOST, REFUSED = ManifestNotFound("v1"), Denied("localhost")


def test_each_event_is_counted_once_and_passed_on() -> None:
    events: list[SyncEvent] = [
        *(Checked(STEP, HERE, HERE, decision) for decision in Decision),
        CopyStarted(STEP, HERE, HERE),
        Copied(STEP, HERE, HERE, EMPTY),
        NoTags(STEP, HERE, ()),
        ImageFailed(STEP, "a", "b", Stage.HEAD, LOST),
        StepFailed(STEP, "a", "b", Stage.CATALOG, REFUSED),
    ]
    heard: list[SyncEvent] = []
    tally = Tally(heard.append)
    assert (False, SyncResult()) == (tally.failed, tally.result)
    for event in events:
        tally(event)

    assert events == heard
    assert tally.failed
    assert SyncResult(6, 4, 2, 1, 2, (LOST, REFUSED)) == tally.result
    tally.stopped()
    assert not tally.result.complete


def test_results_add_up() -> None:
    left, right = SyncResult(3, 1, 2, 1, 1, (LOST,)), SyncResult(1, 1, 0, 0, 0, (), complete=False)

    assert SyncResult(4, 2, 2, 1, 1, (LOST,), complete=False) == left + right
