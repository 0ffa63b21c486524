"""Templates of configuration files."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.jobs.templates import expand


def test_text_without_a_template_stays_as_it_is() -> None:
    assert "a } b { c %" == expand("a } b { c %")


def test_templates_see_their_data_and_functions() -> None:
    assert "5-x" == expand("{{ .n }}-{{ shout }}", {"n": 5}, {"shout": lambda: "x"})


def test_templates_that_cannot_be_read_or_fail_are_errors() -> None:
    with pytest.raises(InvalidTemplate):
        expand("{{ .a")
    with pytest.raises(TemplateFailed):
        expand("{{ index .a 5 }}", {"a": [1]})
