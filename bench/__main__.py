"""``python -m bench [--quick] [CASE...]``: measure ours beside its peers and write ``bench/results``.

``CASE`` are parts of names of cases, with ``*`` for anything; without any, everything is measured and the results are kept.
They are written after each table, so what was measured stays when the run is interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bench import report, summary
from bench.cases import Case
from bench.images import FULL, QUICK
from bench.inside import growth, registry, wire
from bench.inside.registry import Figure
from bench.peers import Program, installed
from bench.run import Bench, Budget, chosen, facts, staged
from regclient.kit.atomicfile import write_file

RESULTS = Path(__file__).parent / "results"
MINUTES = 20
"""What a whole run has for its tables; the figures of the inside need three minutes more."""


def main(words: list[str] | None = None) -> int:
    """Measure and write."""
    asked = _asked(words)
    if asked.summary:
        summary.write(RESULTS / "full.json")
        return 0
    programs, versions, missing = installed()
    cases = chosen(asked.cases, quick=asked.quick)
    whole = not (asked.cases or asked.quick)
    place = asked.out or ("" if asked.cases else str(RESULTS / ("quick" if asked.quick else "full")))
    results = Results(place, facts(versions, missing), sum(len(case.wires) for case in cases))
    for table in _tables(asked, cases, programs):
        results.add(table)
    for figure in chain(growth.figures(), wire.figures(), registry.figures()) if whole else ():
        results.add(figure)
    results.end()
    if whole and not asked.out:
        summary.write(RESULTS / "full.json")
    return 0


class Results:
    """What was measured so far, written to ``place`` each time there is more; without a place, printed at the end."""

    def __init__(self, place: str, known: dict[str, object], expected: int) -> None:
        self._place = place
        self._known = known
        self._expected = expected
        self._tables: list[report.Table] = []
        self._figures: list[Figure] = []
        self._start = time.monotonic()

    def add(self, more: report.Table | Figure) -> None:
        """Keep one more."""
        if isinstance(more, report.Table):
            self._tables.append(more)
        else:
            self._figures.append(more)
            _say(f"  {more[0]}: {more[1]:,.1f} {more[2]}")
        minutes = (time.monotonic() - self._start) / 60
        self._known["measured"] = f"{len(self._tables)} of {self._expected} tables, in {minutes:.0f} minutes"
        if self._place:
            Path(self._place).parent.mkdir(parents=True, exist_ok=True)
            document = json.dumps(report.as_json(self._tables, self._known, self._figures), indent=1)
            write_file(Path(f"{self._place}.json"), f"{document}\n".encode())
            write_file(Path(f"{self._place}.md"), self._text().encode())

    def end(self) -> None:
        """Say where everything is, or everything."""
        if self._place:
            _say(f"written to {self._place}.md and {self._place}.json")
        else:
            sys.stdout.write(self._text())

    def _text(self) -> str:
        return report.markdown(self._tables, self._known, self._figures)


def _tables(asked: argparse.Namespace, cases: list[Case], programs: list[Program]) -> Iterator[report.Table]:
    sizes, seconds = (QUICK, 0.5) if asked.quick else (FULL, 10.0)
    with staged(sizes) as (stage, starter):
        budget = Budget(asked.seconds or seconds, asked.minutes * 60)
        yield from Bench(stage, starter, programs, budget, _say).tables(cases)


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small images and few rounds: under two minutes")
    parser.add_argument("--out", default="", help="where to write, without .md and .json")
    parser.add_argument("--seconds", type=float, default=0, help="about how long one table may take (10, quick 0.5)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"about how long all tables may take ({MINUTES})")
    parser.add_argument("--summary", action="store_true", help="only write the summary of bench/results/full.json to the docs")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    return parser.parse_args(words)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
