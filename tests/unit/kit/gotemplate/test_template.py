"""The front of the engine; what Go's own does with it all is compared in ``tests/programs/test_go_templates.py``."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.kit.gotemplate.template import parse


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
