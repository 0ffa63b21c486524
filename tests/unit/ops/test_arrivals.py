"""Tests for the memory of where blobs are."""

from __future__ import annotations

from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.ops.arrivals import Arrivals

ONE, TWO, FAR = (MemoryRepository(name) for name in ("dst.example/one", "dst.example/two", "far.example/one"))
BLOB, OTHER, THIRD = (Digest.of(content) for content in (b"blob", b"other", b"third"))


def test_a_sibling_is_another_repository_of_the_same_registry_that_has_the_blob() -> None:
    arrivals = Arrivals()
    assert arrivals.sibling(TWO, BLOB) is None
    arrivals.note(ONE, BLOB)

    assert arrivals.sibling(TWO, BLOB) is ONE
    assert [None] * 3 == [arrivals.sibling(ONE, BLOB), arrivals.sibling(TWO, OTHER), arrivals.sibling(FAR, BLOB)]


def test_a_registry_that_declined_once_is_not_asked_again() -> None:
    arrivals = Arrivals()
    arrivals.note(ONE, BLOB)
    arrivals.note(FAR, BLOB)
    arrivals.declined(TWO)

    assert arrivals.sibling(TWO, BLOB) is None
    assert arrivals.sibling(MemoryRepository("far.example/two"), BLOB) is FAR


def test_one_blob_has_one_turn_in_a_registry() -> None:
    arrivals = Arrivals()

    assert arrivals.turn(ONE, BLOB) == arrivals.turn(TWO, BLOB)
    assert 4 == len({arrivals.turn(ONE, BLOB), arrivals.turn(ONE, OTHER), arrivals.turn(FAR, BLOB), arrivals.turn(FAR, OTHER)})


def test_the_oldest_is_forgotten_first() -> None:
    arrivals = Arrivals(limit=2)
    for blob in (BLOB, OTHER, THIRD):
        arrivals.note(ONE, blob)

    assert [None, ONE, ONE] == [arrivals.sibling(TWO, blob) for blob in (BLOB, OTHER, THIRD)]


def test_everything_is_forgotten_when_told_so() -> None:
    arrivals = Arrivals()
    arrivals.note(ONE, BLOB)
    arrivals.declined(TWO)
    arrivals.forget()

    assert arrivals.sibling(TWO, BLOB) is None
    arrivals.note(ONE, BLOB)
    assert arrivals.sibling(TWO, BLOB) is ONE
