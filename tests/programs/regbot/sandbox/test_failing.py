"""Errors of the library as errors of a script."""

from __future__ import annotations

import pytest

from regclient.errors import Cancelled, TagNotFound
from regclient.regbot.sandbox.calls import CallFailed
from regclient.regbot.sandbox.failing import failing


def test_the_reason_follows_what_was_wanted() -> None:
    with pytest.raises(CallFailed, match=r"^Failed deleting x: tag v1 not found$"), failing("Failed deleting x"):
        raise TagNotFound("v1")


def test_what_is_cancelled_stays_so_and_what_failed_is_not_said_twice() -> None:
    with pytest.raises(Cancelled), failing("Failed"):
        raise Cancelled
    with pytest.raises(CallFailed, match=r"^as it was$"), failing("Failed"):
        raise CallFailed("as it was")
