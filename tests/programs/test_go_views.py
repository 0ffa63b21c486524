"""What templates show of manifests, lists and answers, as recorded from Go's program in ``tests/vectors/goview``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from tests.tables import table
from tests.vectors.goview.samples import nouns, rendered

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "goview" / "vectors.json").read_text("utf-8"))["cases"]
samples = cache(nouns)


def same_failure(expected: str, found: str) -> bool:
    if "reflect:" in expected or "using nil" in expected:
        # Go's reflect package speaks here; the place in the template is what a user needs.
        return expected.partition(">:")[0] == found.partition(">:")[0]
    return expected == found


@table("noun", sorted({case["noun"] for case in VECTORS}))
def test_templates_show_what_gos_program_shows(noun: str) -> None:
    """One test for all templates of a noun: fifteen hundred tests of their own would cost more than what they try."""
    found = samples()[noun]
    different = [
        (case["template"], case["output"], output, failure)
        for case in VECTORS
        if case["noun"] == noun
        for output, failure in [rendered(found, case["template"])]
        if case["output"] != output or not same_failure(case.get("failure", ""), failure)
    ]

    assert [] == different
