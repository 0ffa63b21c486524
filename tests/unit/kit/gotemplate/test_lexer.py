from __future__ import annotations

from regclient.kit.gotemplate.lexer import Token, tokens_of
from tests.tables import table


def kinds(source: str) -> list[str]:
    return [token.kind for token in tokens_of(source)]


def values(source: str) -> list[str]:
    return [token.value for token in tokens_of(source) if token.kind != "space"]


def test_text_without_braces_is_one_token() -> None:
    assert [Token("text", "a { b } c", 0), Token("eof", "", 9)] == tokens_of("a { b } c")


def test_a_pipeline_is_cut_into_its_words() -> None:
    assert ["{{", "$x", ":=", ".a", ".b", "|", "f", "(", "1", ")", "}}", ""] == values("{{$x := .a.b | f (1)}}")


def test_keywords_truth_and_names_are_told_apart() -> None:
    assert ["open", "if", "space", "bool", "space", "word", "space", "nil", "close", "eof"] == kinds("{{if true x nil}}")


def test_trim_markers_take_the_white_space_around() -> None:
    assert ["a", "{{", "1", "}}", "b", ""] == values("a \n {{- 1 -}} \t b")


def test_a_minus_before_a_digit_is_a_number_and_no_marker() -> None:
    assert [" ", "{{", "-1", "}}", ""] == values(" {{-1}}")


def test_comments_leave_no_token_but_may_trim() -> None:
    assert ["a", "b", ""] == values("a {{- /* c */ -}} b")


@table(
    ("source", "message"),
    [
        ("{{", "unclosed action"),
        ("{{/* a", "unclosed comment"),
        ("{{/* a */ b}}", "comment ends before closing delimiter"),
        ("{{(}}", "unclosed left paren"),
        ("{{)}}", "unexpected right paren"),
        ('{{"a}}', "unterminated quoted string"),
        ("{{`a}}", "unterminated raw quoted string"),
        ("{{'a}}", "unterminated character constant"),
        ("{{a:b}}", "expected :="),
        ("{{.a-b}}", "bad character U+002D '-'"),
        ("{{1a}}", 'bad number syntax: "1a"'),
        ("{{\x01}}", "unrecognized character in action: U+0001"),
        ("{{é€}}", "bad character U+20AC '€'"),
    ],
)
def test_what_does_not_lex_ends_in_an_error_token(source: str, message: str) -> None:
    last = tokens_of(source)[-1]
    assert ("error", message) == (last.kind, last.value)


def test_tokens_know_where_they_stand() -> None:
    assert [3, 5, 6, 8, 10] == [token.position for token in tokens_of("abc{{ .x}}")][1:]
