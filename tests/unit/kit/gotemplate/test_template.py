"""The front of the engine, and every case of Go's own text/template recorded in ``tests/vectors/gotemplate``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.kit.gotemplate.template import parse
from tests.vectors.gotemplate.values import FUNCTIONS, decode

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "gotemplate" / "vectors.json").read_text(encoding="utf-8"))

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


def test_output_before_a_failure_stays_written() -> None:
    written: list[str] = []
    with pytest.raises(TemplateFailed, match=r'template: out:1:8: executing "out" at <index \.x 5>'):
        parse("before{{index .x 5}}after").execute(written.append, {"x": [1]})
    assert written == ["before"]


def test_the_name_of_a_template_is_in_its_errors() -> None:
    with pytest.raises(InvalidTemplate) as caught:
        parse("\n{{nope}}", name="backup")
    assert caught.value.reason == 'template: backup:2: function "nope" not defined'


def test_functions_of_the_caller_come_before_the_built_in_ones() -> None:
    template = parse("{{len 1}} {{mine}}", functions=["mine"])
    assert template.render(None, functions={"len": lambda _value: "ours", "mine": lambda: "too"}) == "ours too"


def test_a_template_can_be_rendered_many_times() -> None:
    template = parse("{{$x := .}}{{$x}}")
    assert ["1", "2"] == [template.render(1), template.render(2)]


def test_an_error_of_the_writer_is_not_a_template_error() -> None:
    def write(_text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        parse("x").execute(write, None)
