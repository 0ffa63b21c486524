"""The small cache."""

from __future__ import annotations

from regclient.remote.cache import Cache
from tests.fakes.clock import FakeClock


def test_a_value_is_found_again() -> None:
    cache: Cache[str, int] = Cache(300, 500, FakeClock())
    cache.put("one", 1)

    assert 1 == cache.get("one")


def test_without_a_timeout_or_a_count_nothing_is_kept() -> None:
    for timeout, count in [(0, 500), (300, 0)]:
        cache: Cache[str, int] = Cache(timeout, count, FakeClock())
        cache.put("one", 1)

        assert cache.get("one") is None


def test_a_value_is_forgotten_a_while_after_its_last_use() -> None:
    clock = FakeClock()
    cache: Cache[str, int] = Cache(300, 500, clock)
    cache.put("used", 1)
    cache.put("unused", 2)
    clock.sleep(200)
    cache.get("used")
    clock.sleep(200)

    assert (1, None) == (cache.get("used"), cache.get("unused"))


def test_when_too_many_are_held_the_oldest_tenth_goes() -> None:
    cache: Cache[int, int] = Cache(300, 10, FakeClock())
    for number in range(11):
        cache.put(number, number)

    assert [None, None, 2, 10] == [cache.get(number) for number in (0, 1, 2, 10)]


def test_a_dropped_value_is_gone_and_an_unknown_one_is_ignored() -> None:
    cache: Cache[str, int] = Cache(300, 500, FakeClock())
    cache.put("one", 1)
    cache.drop("one")
    cache.drop("two")

    assert cache.get("one") is None
