"""Tests for what a sync says."""

from __future__ import annotations

from regclient.model.reference import Reference
from regclient.sync.config import SyncStep
from regclient.sync.events import Checked, Decision, unheard

HERE = Reference.parse("localhost:5000/a:1")


def test_only_a_copy_and_a_refresh_act() -> None:
    assert {Decision.COPY, Decision.REFRESH} == {decision for decision in Decision if decision.acts}


def test_an_event_nobody_hears_is_harmless() -> None:
    unheard(Checked(SyncStep("a", "b", "image"), HERE, HERE, Decision.MATCH))
