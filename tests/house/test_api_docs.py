"""The page of public names says what the code says, and keeps its promises to those who know the Go library."""

from __future__ import annotations

import inspect

import regclient
from scripts import api_reference
from tests.house.source import ROOT


def test_the_page_is_the_one_made_from_the_code() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")

    assert api_reference.page() == page, "run: make docs"


def test_every_counterpart_of_the_go_library_is_there() -> None:
    promised = list(api_reference.promised())

    assert len(promised) > 50
    assert [] == [name for name in promised if api_reference.resolve(name) is None]


def test_every_public_class_and_function_says_what_it_is_for() -> None:
    named = [getattr(regclient, name) for name in regclient.__all__]

    assert [] == [str(value) for value in named if (inspect.isclass(value) or inspect.isfunction(value)) and not value.__doc__]
