"""Which blobs come in parts, when, and in which."""

from __future__ import annotations

from dataclasses import replace

from regclient.hosts import HostSettings
from regclient.remote.parts import MEMORY, SMALLEST_PART, Pace, Part, Plan, plan_of
from regclient.remote.shared import MIB, RemoteOptions
from tests.tables import table

OPTIONS = RemoteOptions(range_min=100, range_part=40, range_connections=4)
HOST = HostSettings("registry.example", req_concurrent=3)


@table(
    ("offset", "total", "ranges"),
    [
        (0, 90 * MIB, [(0, 9), (9, 18), (18, 27)]),
        (36 * MIB, 90 * MIB, [(36, 45), (45, 54), (54, 63)]),
        (75 * MIB, 90 * MIB, [(75, 80), (80, 85), (85, 90)]),
        (84 * MIB, 90 * MIB, [(84, 88), (88, 90)]),
        (88 * MIB, 90 * MIB, [(88, 90)]),
        (90 * MIB, 90 * MIB, []),
    ],
)
def test_connections_fetch_parts_side_by_side_and_equal_ones_at_the_end(
    offset: int, total: int, ranges: list[tuple[int, int]]
) -> None:
    assert [Part(at * MIB, end * MIB, total) for at, end in ranges] == list(Plan(total, 3, 9 * MIB).parts_from(offset))


def test_no_byte_is_left_out_and_none_comes_twice() -> None:
    plan, at, found = Plan(10 * SMALLEST_PART + 7, 3, SMALLEST_PART), 0, list[Part]()
    while parts := plan.parts_from(at):
        found += parts
        at = parts[-1].end

    assert [0, *(part.end for part in found)] == [*(part.offset for part in found), plan.total]


@table(
    ("size", "options", "host"),
    [
        (None, OPTIONS, HOST),
        (99, OPTIONS, HOST),
        (0, replace(OPTIONS, range_min=0), HOST),
        (130, replace(OPTIONS, range_connections=1), HOST),
        (130, replace(OPTIONS, range_part=0), HOST),
        (130, OPTIONS, replace(HOST, req_concurrent=1)),
        (130, OPTIONS, replace(HOST, req_per_sec=10)),
        (130, OPTIONS, replace(HOST, api_opts={"blobRanges": "0"})),
        (130, OPTIONS, replace(HOST, api_opts={"blobRanges": "1"})),
    ],
)
def test_what_is_small_or_asked_for_gently_comes_as_a_whole(
    size: int | None, options: RemoteOptions, host: HostSettings
) -> None:
    assert plan_of(size, options, host) is None


@table(
    ("told", "limit", "connections"),
    [("", 3, 3), ("", 0, 4), ("", 9, 4), ("2", 3, 2), ("8", 0, 8), ("8", 3, 3), ("many", 9, 4), ("-2", 9, 4)],
)
def test_connections_are_as_many_as_wanted_and_allowed(told: str, limit: int, connections: int) -> None:
    host = replace(HOST, req_concurrent=limit, api_opts={"blobRanges": told} if told else {})

    assert Plan(130, connections, 40) == plan_of(130, OPTIONS, host)


@table("connections", [2, 3, 4, 16, 999])
def test_parts_take_no_more_memory_than_they_may(connections: int) -> None:
    host = replace(HOST, req_concurrent=0, api_opts={"blobRanges": str(connections)})
    plan = plan_of(1 << 40, replace(OPTIONS, range_part=1 << 40), host)

    assert plan is not None
    assert MEMORY - connections < plan.each * connections <= MEMORY
    for offset in (0, (1 << 40) - 5 * MIB):
        assert all(part.end - part.offset <= plan.each for part in plan.parts_from(offset))


def test_a_part_knows_its_answer() -> None:
    part = Part(40, 80, 130)

    assert "bytes=40-79" == part.header
    assert part.is_answered_by(206, {"Content-Range": ("bytes 40-79/130",)})
    assert not part.is_answered_by(206, {"Content-Range": ("bytes 0-39/130",)})
    assert not part.is_answered_by(200, {})


def test_the_pace_is_slow_when_a_window_took_too_long() -> None:
    pace = Pace(window=100, rate=50)

    assert [False, True] == [pace.is_slow(60, 1.5), pace.is_slow(60, 1.5)]
    assert [False, False] == [pace.is_slow(60, 1.0), pace.is_slow(60, 1.0)]
    assert [False, False] == [pace.is_slow(99, 9.0), pace.is_slow(901, 1.0)]
    assert pace.is_slow(100, 2.1)


def test_after_each_refusal_twice_as_many_slow_windows_pass() -> None:
    pace = Pace(window=1, rate=1)
    waited = []
    for _ in range(4):
        windows = 1
        while not pace.is_slow(1, 2.0):
            windows += 1
        waited.append(windows)
        pace.refused()

    assert [1, 2, 3, 5] == waited
