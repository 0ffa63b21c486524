"""Tests for versions and ranges; what the Go program selects is in ``tests/vectors/sync``."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise

import pytest

from regclient.errors import ParseError
from regclient.kit.semver import Version, parse_range, parse_version
from tests.house.source import ROOT

VECTORS = json.loads((ROOT / "tests/vectors/sync/vectors.json").read_text())
DOTTED = {"-alpha", "-beta", "-rc", "-a."}
"""Pre-releases of which Go takes ``-rc``, ``-rc.1`` and ``-rc.2`` for the same version (docs/differences.md)."""


def versions_of(tags: list[str]) -> dict[str, Version]:
    """Return the tags that are versions."""
    found = {}
    for tag in tags:
        with suppress(ParseError):
            found[tag] = parse_version(tag)
    return found


def within(versions: dict[str, Version], text: str) -> list[str] | None:
    """Return the versions in a range; None when it is none."""
    try:
        wanted = parse_range(text)
    except ParseError:
        return None
    return sorted(tag for tag, version in versions.items() if version in wanted)


def test_ranges_select_what_the_go_program_selects() -> None:
    tags = [tag for tag in VECTORS["tags"] if not any(word in tag for word in DOTTED)]
    known, versions = set(tags), versions_of(tags)
    selected = {text: found for text, found in VECTORS["ranges"].items() if not any(word in text for word in DOTTED)}
    expected = {text: None if found is None else sorted(set(found) & known) for text, found in selected.items()}
    ours = {text: within(versions, text) for text in expected}

    assert len(VECTORS["ranges"]) > 400
    # Go's arithmetic overflows at the largest number.
    assert ["^9223372036854775807"] == [text for text in expected if expected[text] != ours[text]]


def test_versions_are_ordered_by_number_and_pre_releases_come_first() -> None:
    ordered = (
        "0 0.0.1 0.9 1.0-1 1.0-2 1.0-10 1.0-alpha 1.0-alpha.1 1.0-alpha.beta 1.0-beta 1.0-beta.2 1.0-beta.11 1.0-rc1 1.0 1.1"
    )
    found = [parse_version(text) for text in ordered.split()]

    assert found == sorted(found)
    assert all(left < right and left != right for left, right in pairwise(found))


def test_missing_parts_are_nothing_and_builds_do_not_count() -> None:
    same = {parse_version(text) for text in ("1.2", "v1.2.0", "1.2.0.0", "1.2+build.5", "01.02")}

    assert 1 == len(same)
    assert parse_version("1.2") != "1.2"


def test_what_is_no_version_is_refused() -> None:
    for text in ("", "latest", "V1", "vv1", "1.x", "1.2.", ".1", "1..2", "9223372036854775808", "1_000", "\u0661", "9" * 5000):
        with pytest.raises(ParseError, match="not a version"):
            parse_version(text)


def test_what_is_no_range_is_refused_with_the_constraint_that_is_wrong() -> None:
    for text in ("", "  "):
        with pytest.raises(ParseError, match="not a range"):
            parse_range(text)
    for text, word in (
        (">= 1.0", ">="),
        (">=1 || <2", r"\|\|"),
        ("1.x", "1.x"),
        ("!=1", "!=1"),
        ("==1", "==1"),
        (">1,<2", ">1,<2"),
    ):
        with pytest.raises(ParseError, match=f"'{word}' is no constraint"):
            parse_range(text)


def test_carets_and_tildes_end_where_the_next_release_may_break() -> None:
    table = {
        "^1.2.3": ("1.2.3 1.5.0", "2.0.0 1.2.2"),
        "^0.2.3": ("0.2.5", "0.3.0"),
        "^0.0.3": ("0.0.3", "0.0.4"),
        "~1.2.3": ("1.2.5", "1.3.0"),
        "~1": ("1.0.9", "1.1"),
        "=1": ("1.0", "1.0.1"),
        ">1 <=2": ("1.5 2.0", "1 2.0.1"),
    }
    for text, (inside, outside) in table.items():
        wanted = parse_range(text)
        assert all(parse_version(version) in wanted for version in inside.split())
        assert not any(parse_version(version) in wanted for version in outside.split())
