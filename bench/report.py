"""From samples to tables: medians, ratios to ours, and which rows say nothing because something else was the limit."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.measure import Sample

OURS = "ours"
BUSY = 0.9
"""The share of all processors, or of one for a proxy, above which the servers are the limit."""


@dataclass(frozen=True)
class Traffic:
    """What went over the wire: requests, bytes of bodies, and the most requests at once (at one side)."""

    requests: int
    received: int
    sent: int
    peak: int


@dataclass
class Row:
    """One program doing one job."""

    program: str
    samples: list[Sample] = field(default_factory=list)
    traffic: Traffic | None = None
    failure: str = ""

    @property
    def wall(self) -> float:
        """The median of the seconds it took."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def processor(self) -> float:
        """The median of the processor seconds it used itself."""
        return statistics.median(sample.processor for sample in self.samples)

    @property
    def memory(self) -> int:
        """The most memory it held in any run."""
        return max(sample.memory for sample in self.samples)


@dataclass
class Table:
    """One job on one wire, by every program, on a machine of so many processors.

    ``goals`` are the most that ours may take, as a share of another's time.
    """

    case: str
    wire: str
    goals: Mapping[str, float]
    rows: list[Row] = field(default_factory=list)
    processors: int = field(default_factory=lambda: os.cpu_count() or 1)

    def row(self, program: str) -> Row | None:
        """Return the row of a program that has samples."""
        return next((row for row in self.rows if row.program == program and row.samples), None)

    def ratio(self, program: str) -> float | None:
        """Return our time as a share of that of a program."""
        ours, other = self.row(OURS), self.row(program)
        return ours.wall / other.wall if ours and other else None

    def is_void(self, program: str) -> bool:
        """Whether the comparison with a program says nothing: for both, the servers were the limit."""
        ours, other = self.row(OURS), self.row(program)
        return bool(ours and other) and all(is_limited(row.samples, self.processors) for row in (ours, other) if row)


def is_limited(samples: Sequence[Sample], processors: int) -> bool:
    """Whether in most runs the servers used nearly all that the program left, and more than it, or a proxy was full."""
    return statistics.median(_is_limited(sample, processors) for sample in samples) > 0.5


def _is_limited(sample: Sample, processors: int) -> bool:
    full = sample.servers + sample.processor >= BUSY * processors * sample.wall and sample.servers > sample.processor
    return full or sample.proxies >= BUSY * sample.wall


def markdown(tables: Sequence[Table], facts: Mapping[str, object], figures: Sequence[tuple[str, float, str]]) -> str:
    """Write everything down as a document."""
    lines = ["# Measured", "", *(f"* {name}: {_plain(value)}" for name, value in facts.items()), ""]
    lines += ["Ratios are our time divided by theirs, of medians of the same run; below 1 is faster than they are.", ""]
    lines += _verdicts(tables)
    for table in tables:
        lines += ["", f"## {table.case}, {table.wire}", "", *_table(table)]
    if figures:
        lines += ["", "## Inside one process", "", "| what | value |", "|---|---|"]
        lines += [f"| {name} | {value:,.1f} {unit} |" for name, value, unit in figures]
    return "\n".join(lines) + "\n"


def _verdicts(tables: Sequence[Table]) -> Iterator[str]:
    yield from ("## Goals", "", "| case | wire | beside | goal | reached | |", "|---|---|---|---|---|---|")
    for table in tables:
        for program, goal in table.goals.items():
            ratio = table.ratio(program)
            if ratio is None:
                said, shown = "not measured", ""
            else:
                said = "void: the servers are the limit" if table.is_void(program) else "" if ratio <= goal else "**missed**"
                shown = f"{ratio:.2f}"
            yield f"| {table.case} | {table.wire} | {program} | {goal:.2f} | {shown} | {said} |"


def _table(table: Table) -> Iterator[str]:
    yield "| program | seconds | ratio | runs | processor s | memory MiB | requests | MB in | MB out | at once | servers s | |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for row in table.rows:
        if not row.samples:
            yield f"| {row.program} | | | | | | | | | | | failed: {_short(row.failure)} |"
            continue
        ratio = table.ratio(row.program)
        traffic = ("", "", "", "")
        if row.traffic:
            passed = row.traffic
            traffic = (str(passed.requests), f"{passed.received / 1e6:.1f}", f"{passed.sent / 1e6:.1f}", str(passed.peak))
        cells = [
            row.program,
            f"{row.wall:.3f}",
            f"{ratio:.2f}" if ratio else "",
            str(len(row.samples)),
            f"{row.processor:.3f}",
            f"{row.memory / (1 << 20):.0f}",
            *traffic,
            f"{statistics.median(sample.servers for sample in row.samples):.2f}",
            "void" if row.program != OURS and table.is_void(row.program) else "",
        ]
        yield f"| {' | '.join(cells)} |"


def _short(failure: str) -> str:
    """Return the last line of a failure, where programs say what went wrong."""
    return failure.strip().rpartition("\n")[2][:160].replace("|", "/")


def as_json(
    tables: Sequence[Table], facts: Mapping[str, object], figures: Sequence[tuple[str, float, str]]
) -> dict[str, object]:
    """Return everything as plain values."""
    return {
        "facts": dict(facts),
        "tables": [
            {
                "case": table.case,
                "wire": table.wire,
                "goals": dict(table.goals),
                "processors": table.processors,
                "rows": [_row(table, row) for row in table.rows],
            }
            for table in tables
        ],
        "figures": [{"name": name, "value": value, "unit": unit} for name, value, unit in figures],
    }


def tables_of(document: Mapping[str, Any]) -> list[Table]:
    """Return the tables of what :func:`as_json` wrote."""
    return [
        Table(table["case"], table["wire"], table["goals"], [_row_of(row) for row in table["rows"]], table["processors"])
        for table in document["tables"]
    ]


def _row_of(row: Mapping[str, Any]) -> Row:
    traffic = Traffic(**row["traffic"]) if "traffic" in row else None
    return Row(row["program"], [Sample(**sample) for sample in row["samples"]], traffic, row.get("failure", ""))


def _row(table: Table, row: Row) -> dict[str, object]:
    found: dict[str, object] = {"program": row.program, "samples": [asdict(sample) for sample in row.samples]}
    if row.samples:
        found |= {"wall": row.wall, "processor": row.processor, "memory": row.memory, "ratio": table.ratio(row.program)}
        found |= {"void": table.is_void(row.program)}
    if row.traffic:
        found["traffic"] = asdict(row.traffic)
    if row.failure:
        found["failure"] = row.failure
    return found


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
