"""Tests for which tags and repositories a step wants."""

from __future__ import annotations

import json

import pytest

from regclient.errors import ParseError
from regclient.sync.config import RepositoryFilter, TagFilter
from regclient.sync.select import matching_tags, selected_repositories, selected_tags
from tests.house.source import ROOT

VECTORS = json.loads((ROOT / "tests/vectors/sync/vectors.json").read_text())


def kept(tags: list[str], pattern: str) -> list[str] | None:
    """Return the tags a pattern allows; None when it is refused."""
    try:
        return sorted(matching_tags(tags, TagFilter(allow=(pattern,))))
    except ParseError:
        return None


def test_patterns_select_what_the_go_program_selects() -> None:
    tags = VECTORS["tags"]
    expected = {pattern: found and sorted(found) for pattern, found in VECTORS["patterns"].items()}

    assert len(expected) > 90
    assert expected == {pattern: kept(tags, pattern) for pattern in expected}


def test_a_refused_pattern_is_named_with_what_is_wrong() -> None:
    table = {"(": r"missing \)", "a**": r"bad repetition operator: \*\*", "(?=a)": "invalid perl operator", "[z-a]": "z-a"}
    for pattern, words in table.items():
        with pytest.raises(ParseError, match=f"not a pattern of RE2: .*{words}"):
            matching_tags(["a"], TagFilter(deny=(pattern,)))
    with pytest.raises(ParseError, match="invalid repetition size"):
        matching_tags(["a"], TagFilter(allow=("((a{100}){100}){100}",)))


def test_a_pattern_that_runs_for_ever_elsewhere_is_done_at_once() -> None:
    assert [] == matching_tags(["a" * 128 + "!"], TagFilter(allow=("(a*)*(a*)*b",)))


def test_ranges_come_first_then_allow_then_deny() -> None:
    tags = ["1.0.0", "v1.5.0", "1.5.0-rc1", "2.0.0", "latest", "edge"]

    assert tags == matching_tags(tags, TagFilter())
    assert ["1.0.0", "v1.5.0", "1.5.0-rc1"] == matching_tags(tags, TagFilter(semver_range=(">=1 <2",)))
    assert ["1.0.0", "2.0.0"] == matching_tags(tags, TagFilter(semver_range=("=1", "", ">=2")))
    assert ["latest"] == matching_tags(tags, TagFilter(allow=("latest", "old")))
    assert ["1.0.0", "v1.5.0"] == matching_tags(tags, TagFilter(semver_range=("<2",), deny=(".*-rc.*",)))
    assert [] == matching_tags(tags, TagFilter(allow=("latest",), semver_range=(">=1",)))
    assert tags == matching_tags(tags, TagFilter(semver_range=("",)))
    with pytest.raises(ParseError, match="not a range"):
        matching_tags(tags, TagFilter(semver_range=(" ",)))


def test_sets_are_united_in_their_order_each_with_its_own_deny() -> None:
    tags = ["1", "2", "latest", "edge"]
    versions, moving = TagFilter(semver_range=(">=1",), deny=("2",)), TagFilter(allow=("latest", "[0-9]"))

    assert tuple(tags) == selected_tags(tags, ())
    assert ("1", "2", "latest") == selected_tags(tags, (versions, moving))
    assert ("1", "2", "latest") == selected_tags(tags, (moving, versions))
    assert ("latest", "1") == selected_tags(tags, (TagFilter(allow=("latest",)), versions))
    assert ("1", "2", "latest", "edge") == selected_tags(tags, (versions, TagFilter()))


def test_repositories_are_allowed_and_then_denied() -> None:
    names = ["team-a/app", "team-a/scratch", "shared/base", "team-ab/app"]

    assert names == selected_repositories(names, RepositoryFilter())
    assert ["team-a/app", "team-a/scratch"] == selected_repositories(names, RepositoryFilter(allow=("team-a/.*",)))
    assert ["team-a/app", "shared/base", "team-ab/app"] == selected_repositories(names, RepositoryFilter(deny=(".*/scratch",)))
    with pytest.raises(ParseError, match="RE2"):
        selected_repositories(names, RepositoryFilter(allow=("[",)))
