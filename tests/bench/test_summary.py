"""The table of the page on performance is what the results say, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from bench import summary
from bench.measure import Sample
from bench.report import Row, Table, Traffic, as_json, tables_of

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results" / "full.json"
FACTS = {
    "date": "2026-01-02",
    "commit": "abc",
    "measured": "2 of 2 tables",
    "machine": "one",
    "load at the start": "0.1",
    "registry": "some",
    "versions": {"ours": "v1"},
}


def table(name: str, ours: float, servers: float = 0.0) -> Table:
    rows = [
        Row("ours", [Sample(ours, 0.1, 3 << 20, servers)], Traffic(3, 10, 0, 2)),
        Row("regctl (Go)", [Sample(2.0, 0.1, 1 << 20, servers)], Traffic(4, 10, 0, 2)),
        Row("skopeo", failure="fell over"),
    ]
    return Table(name, "plain", {"regctl (Go)": 1.0}, rows, processors=2)


def written(folder: Path, *tables: Table) -> Path:
    path = folder / "full.json"
    path.write_text(json.dumps(as_json(tables, FACTS, [("speed", 12.5, "MB/s")])))
    return path


def test_results_are_read_back_as_they_were() -> None:
    found = table("copy", 1.0)

    assert [found] == tables_of(json.loads(json.dumps(as_json([found], FACTS, []))))


def test_a_row_says_what_was_reached_missed_or_void(tmp_path: Path) -> None:
    failed = Table("gone", "tls", {}, [Row("ours", failure="fell over")])
    text = summary.part(written(tmp_path, table("good", 1.0), table("bad", 3.0), table("servers", 3.0, servers=9.0), failed))

    assert "| good | plain | 1.000 |  | 0.50 |  |  |  |  | 3 | 3 (4) |" in text
    assert "| bad | plain | 3.000 |  | **1.50** |" in text
    assert "| servers | plain | 3.000 |  | (1.50) |" in text
    assert "| gone | tls | failed | | | | | | | | |" in text
    assert "Measured 2026-01-02 at commit abc (2 of 2 tables) on one, load 0.1; ours v1; some." in text
    assert "* speed: 12.5 MB/s" in text


def test_only_the_measured_part_of_the_page_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{summary.BEGIN}\nold\n{summary.END}\nafter\n")
    results = written(tmp_path, table("good", 1.0))

    summary.write(results, page)
    summary.write(results, page)

    assert f"before\n{summary.part(results)}\nafter\n" == page.read_text()


def test_without_results_nothing_is_said(tmp_path: Path) -> None:
    assert "Nothing yet." in summary.part(tmp_path / "full.json")


def test_the_page_says_what_the_kept_results_say() -> None:
    assert summary.part(RESULTS) in summary.PAGE.read_text()
    assert RESULTS.exists() == RESULTS.with_suffix(".md").exists()
