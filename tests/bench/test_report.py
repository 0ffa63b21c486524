"""The tables: medians, ratios, goals, and rows that say nothing."""

from __future__ import annotations

from bench.measure import Sample
from bench.report import Row, Table, Traffic, as_json, is_limited, markdown


def table(ours: float = 1.0, theirs: float = 2.0, servers: float = 0.0) -> Table:
    rows = [
        Row("ours", [Sample(seconds, 0.1, 1 << 20, servers) for seconds in (9.0, ours, 0.0)], Traffic(3, 1_000_000, 0, 2)),
        Row("theirs", [Sample(theirs, 0.1, 2 << 20, servers)]),
        Row("broken", failure="a traceback\nit | fell over\n"),
    ]
    return Table("copy", "plain", {"theirs": 0.6, "absent": 1.0}, rows)


def test_a_ratio_compares_medians() -> None:
    found = table()

    assert 0.5 == found.ratio("theirs")
    assert found.ratio("broken") is found.ratio("absent") is None


def test_servers_are_the_limit_when_they_use_what_the_program_leaves() -> None:
    busy, idle = Sample(1.0, 0.5, 0, 1.4), Sample(1.0, 0.5, 0, 0.4)

    assert is_limited([busy, busy, idle], 2)
    assert not is_limited([busy, idle, idle], 2)
    assert not is_limited([Sample(1.0, 1.5, 0, 0.4)], 2)  # the program itself is
    assert is_limited([Sample(1.0, 0.1, 0, 0.9, proxies=0.95)], 8)


def test_the_document_says_what_was_reached_missed_or_void() -> None:
    facts = {"machine": "one", "versions": {"theirs": "1.2"}, "missing": ["absent"]}
    reached = markdown([table()], facts, [("speed", 12.5, "MB/s")])
    missed = markdown([table(ours=1.5)], facts, [])
    void = markdown([table(ours=2.0, servers=1000.0)], facts, [])

    assert "| copy | plain | theirs | 0.60 | 0.50 |  |" in reached
    assert "| copy | plain | absent | 1.00 |  | not measured |" in reached
    assert "| ours | 1.000 | 1.00 | 3 | 0.100 | 1 | 3 | 1.0 | 0.0 | 2 | 0.00 |  |" in reached
    assert "failed: it / fell over" in reached
    assert "* versions: theirs 1.2" in reached
    assert "| speed | 12.5 MB/s |" in reached
    assert "**missed**" in missed
    assert "void: the servers are the limit" in void


def test_the_values_hold_every_sample() -> None:
    found = as_json([table()], {"machine": "one"}, [])

    rows = found["tables"][0]["rows"]  # type: ignore[index]
    assert [3, 1, 0] == [len(row["samples"]) for row in rows]
    assert {"requests": 3, "received": 1_000_000, "sent": 0, "peak": 2} == rows[0]["traffic"]
