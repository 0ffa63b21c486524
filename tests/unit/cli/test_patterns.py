from __future__ import annotations

import pytest

from regclient.cli.patterns import tag_filter
from regclient.errors import ParseError

TAGS = ("v1", "v2", "latest", "sha256-a.sig", "sha256-a.meta")


def kept(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    keeps = tag_filter(include, exclude)
    return [tag for tag in TAGS if keeps(tag)]


def test_without_patterns_every_tag_is_kept() -> None:
    assert list(TAGS) == kept()


def test_a_pattern_is_bound_to_both_ends() -> None:
    assert ["v1", "v2"] == kept(("v[0-9]",))
    assert [] == kept(("v",))


def test_any_pattern_includes_and_any_excludes() -> None:
    assert ["v1", "sha256-a.sig"] == kept(("v1", "sha256.*"), (r".*\.meta", "x"))


def test_alternatives_are_not_grouped_as_in_the_go_program() -> None:
    assert ["v1", "v2", "latest"] == kept(("v|latest",))


@pytest.mark.parametrize("text", ["[", "(?=a)", "a\\1", "\ud800"])
def test_what_go_cannot_read_is_refused(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ParseError, match="regular expression"):
        tag_filter((text,), ())

    assert ("", "") == capfd.readouterr()


def test_a_pattern_takes_linear_time() -> None:
    keeps = tag_filter(("(a*)*b",), ())

    assert not keeps("a" * 5000)
