from __future__ import annotations

from regclient.kit import dataclass as given
from regclient.kit import quickclass


def test_what_runs_is_the_quick_one() -> None:
    names = ["dataclass", "field", "replace"]

    assert names == given.__all__
    assert [getattr(quickclass, name) for name in names] == [getattr(given, name) for name in names]
