"""Every case of Go's own text/template recorded in ``tests/vectors/gotemplate``, through ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.kit.gotemplate.template import parse
from tests.vectors.gotemplate.values import FUNCTIONS, decode

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "gotemplate" / "vectors.json").read_text(encoding="utf-8"))

# Go names the static type where we only know the value's own; its panics and the addresses of its memory are its own too.
NOT_OURS = re.compile(
    r"in type |nil pointer evaluating|value method|reflect: |non-comparable type|type:? func|\[\]string|0x[0-9a-f]{6}"
)


def outcome(case: dict[str, object]) -> tuple[str, str, str]:
    """Return what our engine makes of a case: the output, which kind of error, and its message."""
    written: list[str] = []
    kind = message = ""
    try:
        template = parse(str(case["template"]), functions=FUNCTIONS)
        template.execute(written.append, decode(case.get("data"), VECTORS["sample"]), functions=FUNCTIONS, max_steps=100_000)
    except InvalidTemplate as error:
        kind, message = "parse", error.reason
    except TemplateFailed as error:
        kind, message = "run", str(error)
    # Go's JSON replaces bytes that are no text, so ours are compared the same way.
    output = "".join(written).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return output, kind, message


@pytest.mark.slow
def test_every_recorded_template_gives_what_go_gives() -> None:
    wrong = []
    for case in VECTORS["cases"]:
        expected = (case["output"], case.get("error", ""), case.get("message", ""))
        actual = outcome(case)
        if expected[:2] != actual[:2] or (expected[2] != actual[2] and not NOT_OURS.search(expected[2])):
            wrong.append((case["template"], expected, actual))
    assert wrong == []


def test_the_vectors_cover_the_engine() -> None:
    assert len(VECTORS["cases"]) > 3000
    assert VECTORS["go"].startswith("go1.")
    assert {case.get("error", "") for case in VECTORS["cases"]} == {"", "parse", "run"}
