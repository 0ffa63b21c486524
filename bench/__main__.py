"""``python -m bench [--quick] [CASE...]``: measure ours beside its peers and write ``bench/results``.

``CASE`` are parts of names of cases, with ``*`` for anything; without any, everything is measured and the results are kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import report
from bench.images import FULL, QUICK
from bench.inside import growth, registry, wire
from bench.peers import installed
from bench.run import Bench, chosen, facts, staged

RESULTS = Path(__file__).parent / "results"


def main(words: list[str] | None = None) -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small images and few rounds: under two minutes")
    parser.add_argument("--out", default="", help="where to write, without .md and .json")
    parser.add_argument("--seconds", type=float, default=0, help="about how long one table may take (10, quick 0.5)")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    asked = parser.parse_args(words)
    sizes, budget = (QUICK, 0.5) if asked.quick else (FULL, 10.0)
    cases = chosen(asked.cases, quick=asked.quick)
    programs, versions, missing = installed()
    with staged(sizes, cases, _say) as (stage, starter):
        known = facts(versions, missing, stage.servers.kind)
        tables = list(Bench(stage, starter, programs, asked.seconds or budget, _say).tables(cases))
    inside = [] if asked.cases or asked.quick else [*growth.figures(), *wire.figures(), *registry.figures()]
    place = asked.out or ("" if asked.cases else str(RESULTS / ("quick" if asked.quick else "full")))
    text = report.markdown(tables, known, inside)
    if place:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(f"{place}.md").write_text(text)
        Path(f"{place}.json").write_text(json.dumps(report.as_json(tables, known, inside), indent=1) + "\n")
        _say(f"written to {place}.md and {place}.json")
    else:
        sys.stdout.write(text)
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
