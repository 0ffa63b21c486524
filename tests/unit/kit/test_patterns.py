import pytest

from regclient.errors import ParseError
from regclient.kit.patterns import compile_pattern, literal


def test_a_pattern_matches_anywhere() -> None:
    pattern = compile_pattern("b+")

    assert [True, True, False] == [pattern.matches(text) for text in ("abc", "b", "ac")]


def test_named_groups_are_told() -> None:
    pattern = compile_pattern("(?P<first>[a-z])(?P<second>[0-9])?")

    assert {"first": "a", "second": "1"} == pattern.groups("-a1-")
    assert {"first": "x", "second": ""} == pattern.groups("x")
    assert pattern.groups("-") is None


def test_a_literal_matches_itself_only() -> None:
    text = "a.b*c (d) é\n#"

    assert compile_pattern(f"^{literal(text)}$").matches(text)
    assert not compile_pattern(f"^{literal('a.b')}$").matches("axb")


@pytest.mark.parametrize("text", ["[", "(?=a)", "a\\1", "\ud800"])
def test_what_go_cannot_read_is_refused(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ParseError, match="regular expression"):
        compile_pattern(text)

    assert ("", "") == capfd.readouterr()


def test_what_is_no_unicode_matches_nothing() -> None:
    assert not compile_pattern(".").matches("\udcff")
    assert compile_pattern(".").groups("\udcff") is None
