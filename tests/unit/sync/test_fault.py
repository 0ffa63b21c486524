"""Tests for errors that know their stage."""

from __future__ import annotations

import pytest

from regclient.errors import Cancelled, ManifestNotFound, SideError
from regclient.sync.events import Stage
from regclient.sync.fault import Fault, at


def test_an_error_is_named_by_the_stage_it_came_at() -> None:
    error = ManifestNotFound("v1")
    with pytest.raises(Fault) as found, at(Stage.PLATFORM, "arm64"):
        raise error

    assert (Stage.PLATFORM, error, "arm64") == (found.value.stage, found.value.cause, found.value.detail)


def test_a_cancel_is_nobodys_fault() -> None:
    for error in (Cancelled(), SideError("source", "a", Cancelled())):
        with pytest.raises(Cancelled), at(Stage.COPY):
            raise error


def test_other_exceptions_are_mistakes_of_ours_and_pass() -> None:
    with pytest.raises(ZeroDivisionError), at(Stage.COPY):
        raise ZeroDivisionError
