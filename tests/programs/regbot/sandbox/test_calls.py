"""Arguments of calls: what fits, what does not, and how that is said."""

from __future__ import annotations

import pytest

from regclient.model.reference import Reference
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import FUNCTIONS, Arguments, CallFailed
from regclient.regbot.sandbox.wire import Foreign, Value
from tests.fakes.bot import Bench, handed_back


def arguments(*values: Value) -> Arguments:
    return Arguments("tag.ls", [handed_back(value) for value in values])


def test_numbers_are_texts_and_texts_are_no_numbers() -> None:
    assert "5" == arguments(5).text(1)
    assert "0.5" == arguments(0.5).text(1)
    assert 3 == arguments(3.9).number(1)
    wrong: Value
    for wrong in ("5", float("nan"), 1e30, None, True):
        with pytest.raises(CallFailed, match=r"^bad argument #1 to 'tag\.ls' \(number expected, got "):
            arguments(wrong).number(1)
    for wrong in (None, {}, True, Foreign("function")):
        with pytest.raises(CallFailed, match=r"\(string expected, got (nil|table|boolean|function)\)$"):
            arguments(wrong).text(1)


def test_a_table_may_be_left_out_but_not_be_nil() -> None:
    assert {} == arguments("a").table(2)
    assert {"a": 1.0} == arguments("a", {"a": 1}).table(2)
    with pytest.raises(CallFailed, match=r"#2 to 'tag\.ls' \(table expected, got nil\)"):
        arguments("a", None).table(2)


def test_references_are_texts_or_objects() -> None:
    made = objects.reference_made(Reference.parse("alpine"))

    assert "docker.io/library/alpine:latest" == arguments("alpine").reference(1).name
    assert "docker.io/library/alpine:latest" == arguments(made).reference(1).name
    with pytest.raises(CallFailed, match=r"reference parsing failed: invalid reference 'A b'"):
        arguments("A b").reference(1)
    wrong: Value
    for wrong in (None, 5, {}):
        with pytest.raises(CallFailed, match=r"reference expected"):
            arguments(wrong).reference(1)


def test_manifests_are_objects_or_names() -> None:
    made = objects.reference_made(Reference.parse("alpine"))

    assert Reference.parse("alpine") == arguments("alpine").held(1) == arguments(made).held(1)
    wrong: Value
    for wrong in (None, 5, {}):
        with pytest.raises(CallFailed, match=r"manifest expected"):
            arguments(wrong).held(1)
    assert arguments(made).object(1, objects.BLOB) is None


def test_what_a_dry_run_skips_is_noted() -> None:
    assert not Bench().session.skips("copy")
    bench = Bench(dry_run=True)
    assert bench.session.skips("copy a to b")
    assert ["copy a to b"] == bench.session.intended


def test_every_function_says_what_it_does_and_shows_an_example() -> None:
    assert [] == [name for name, found in FUNCTIONS.items() if not found.about.strip().endswith(".") or not found.example]
