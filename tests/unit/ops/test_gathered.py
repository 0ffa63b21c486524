"""Names of one operation are written together where a home can do that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from regclient.errors import SideError, StorageFault
from regclient.memory import MemoryRepository
from regclient.ops.gathered import gathered


class Home(MemoryRepository):
    """A home that notes its blocks; with ``full`` their end fails."""

    def __init__(self, place: str, *, full: bool = False) -> None:
        super().__init__(place)
        self.noted: list[str] = []
        self.full = full

    @contextmanager
    def gathering(self) -> Iterator[None]:
        self.noted.append("begin")
        try:
            yield
        except ValueError:
            self.noted.append("failed")
            raise
        self.noted.append("end")
        if self.full:
            raise StorageFault(str(self.reference), "no space left")


def test_every_repository_that_can_gathers_once() -> None:
    first, second = Home("a.example/app"), Home("b.example/app")

    with gathered(first, None, second, first, MemoryRepository("c.example/app")):
        first.noted.append("work")

    assert (["begin", "work", "end"], ["begin", "end"]) == (first.noted, second.noted)


def test_a_failure_of_the_end_is_one_of_the_destination() -> None:
    with (
        pytest.raises(SideError, match=r"destination a\.example/app \(names\): .*no space left"),
        gathered(Home("a.example/app", full=True)),
    ):
        pass


def test_a_failure_of_the_block_stays_what_it_is_and_the_block_ends() -> None:
    home = Home("a.example/app", full=True)

    with pytest.raises(ValueError, match="mine"), gathered(home):
        raise ValueError("mine")

    assert ["begin", "failed"] == home.noted
