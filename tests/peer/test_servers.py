"""Which registries the peer tests meet here; what is missing is said once, not case by case."""

from __future__ import annotations

import pytest

from tests.peer.servers import KINDS, PERHAPS, Kind

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("kind", PERHAPS, ids=lambda kind: kind.name)
def test_registries_that_may_be_there_are_met(kind: Kind) -> None:
    if kind not in KINDS:
        pytest.skip(f"no {kind.program} in PATH, and Go's module proxy does not have it: its cases run against the others only")
    assert kind.referrers
