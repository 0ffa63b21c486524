"""Layers rewritten as Go's regctl does it where that loses nothing, and without loss where it would."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from regclient.errors import RegistryClientError
from tests.vectors.tar.cases import Case, cases, edited, outcome
from tests.vectors.tar.samples import KEPT

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/tar/vectors.json").read_text("utf-8"))["cases"]


def ours(case: Case) -> str:
    try:
        return outcome(case.tar, edited(case.tar, *case.edits))
    except RegistryClientError as error:
        return f"failure: {error}"


def test_layers_become_what_go_makes_of_them() -> None:
    """All of the recording is run: equal, but for the samples that Go's form would damage, or Go refuses."""
    recorded = {row["case"]: row.get("outcome", "failure") for row in VECTORS}
    counts: Counter[str] = Counter()
    differing = set()
    for case in cases():
        go, mine = recorded.pop(case.name), ours(case)
        same = mine.startswith("failure: ") if go == "failure" else go == mine
        assert same or not case.like_go, case.name
        counts["equal" if same else "kept"] += 1
        if not same:
            differing.add(case.name.partition(" | ")[0])

    assert {} == recorded
    assert {*KEPT, "pax: plain"} == differing
    assert counts["equal"] > 400
