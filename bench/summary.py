"""The table of ``docs/performance.md``, made from ``bench/results/full.json`` and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.peers import CRANE, GO, ORAS, ORASPY, PYTHON, SKOPEO
from bench.report import OURS, Table, tables_of

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: written by the bench -->", "<!-- end of what was measured -->"
PEERS = (PYTHON, GO, CRANE, SKOPEO, ORAS, ORASPY)


def write(results: Path, page: Path = PAGE) -> None:
    """Replace the measured part of the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{part(results)}{after}", encoding="utf-8")


def part(results: Path) -> str:
    """Return the part of the page between its marks, the marks included."""
    if not results.exists():
        return f"{BEGIN}\n\nNothing yet.\n\n{END}"
    document = json.loads(results.read_text(encoding="utf-8"))
    known = document["facts"]
    versions = ", ".join(f"{name} {version}" for name, version in known["versions"].items())
    where = f"on {known['machine']}, load {known['load at the start']}; {versions}; {known['registry']}"
    lines = [
        BEGIN,
        "",
        f"Measured {known['date']} at commit {known['commit']} ({known['measured']}) {where}.",
        "",
        *_rows(tables_of(document)),
        "",
        *(f"* {figure['name']}: {figure['value']:,.1f} {figure['unit']}" for figure in document["figures"]),
        "",
        END,
    ]
    return "\n".join(lines)


def _rows(tables: list[Table]) -> Iterator[str]:
    yield f"| case | wire | seconds | {' | '.join(f'÷ {peer}' for peer in PEERS)} | MiB | requests (Go) |"
    yield f"|---|---|---|{'---|' * len(PEERS)}---|---|"
    for table in tables:
        ours = table.row(OURS)
        if ours is None:
            yield f"| {table.case} | {table.wire} | failed |{' |' * len(PEERS)} | |"
            continue
        ratios = " | ".join(_ratio(table, peer) for peer in PEERS)
        requests = f"{ours.traffic.requests}{_requests(table)}" if ours.traffic else ""
        yield f"| {table.case} | {table.wire} | {ours.wall:.3f} | {ratios} | {ours.memory / (1 << 20):.0f} | {requests} |"


def _ratio(table: Table, peer: str) -> str:
    """Return our time as a share of a peer's: in brackets when the servers were the limit, bold when a goal is missed."""
    ratio = table.ratio(peer)
    if ratio is None:
        return ""
    if table.is_void(peer):
        return f"({ratio:.2f})"
    return f"**{ratio:.2f}**" if ratio > table.goals.get(peer, ratio) else f"{ratio:.2f}"


def _requests(table: Table) -> str:
    other = table.row(GO)
    return f" ({other.traffic.requests})" if other and other.traffic else ""
