"""The contract's own values; what homes must do is in ``tests/contract``."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidReference
from regclient.memory import MemoryRepository
from regclient.repository import Collects, Mounts, Pings, Repository, ScansReferrers, check_tag
from tests.tables import table


@table("tag", ["v1", "V1.2-3_4", "_", "0", "x" * 128])
def test_a_tag_is_accepted_as_it_is(tag: str) -> None:
    assert tag == check_tag(tag)


@table("tag", ["", ".", "-x", "a/b", "a:b", "a b", "é", "v1\n", "x" * 129, "sha256:" + "0" * 64])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidReference):
        check_tag(tag)


def test_powers_are_asked_for_one_by_one() -> None:
    repository = MemoryRepository()

    assert isinstance(repository, Repository)
    assert not isinstance(repository, (Mounts, Pings, Collects, ScansReferrers))
