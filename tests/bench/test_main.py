"""Results are kept as they come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import Results
from bench.measure import Sample
from bench.report import Row, Table


def table(name: str) -> Table:
    return Table(name, "plain", {}, [Row("ours", [Sample(1.0, 0.1, 1 << 20)])])


def test_what_was_measured_stays_when_nothing_more_comes(tmp_path: Path) -> None:
    results = Results(str(tmp_path / "results" / "full"), {"machine": "one"}, 3)

    results.add(table("first"))
    first = json.loads((tmp_path / "results" / "full.json").read_text())
    results.add(table("second"))
    results.add(("speed", 12.5, "MB/s"))

    second = json.loads((tmp_path / "results" / "full.json").read_text())
    assert ["first"] == [each["case"] for each in first["tables"]]
    assert ["first", "second"] == [each["case"] for each in second["tables"]]
    assert second["facts"]["measured"].startswith("2 of 3 tables")
    assert "| speed | 12.5 MB/s |" in (tmp_path / "results" / "full.md").read_text()


def test_without_a_place_everything_is_printed_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    results = Results("", {"machine": "one"}, 1)
    results.add(table("first"))
    assert "first" not in capsys.readouterr().out

    results.end()

    assert "## first, plain" in capsys.readouterr().out
