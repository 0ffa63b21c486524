from __future__ import annotations

import pytest

from regclient.errors import InvalidTemplate
from regclient.kit.gotemplate import nodes
from regclient.kit.gotemplate.parser import MAX_LENGTH, MAX_NESTING, parse_tree
from tests.tables import table


def reason(source: str) -> str:
    with pytest.raises(InvalidTemplate) as caught:
        parse_tree("out", source, {"f"})
    return caught.value.reason


def test_a_template_is_a_block_by_its_name() -> None:
    trees = parse_tree("out", 'a{{define "b"}}c{{end}}', set())
    assert {"out", "b"} == set(trees)
    assert [nodes.Text] == [type(node) for node in trees["out"].nodes]


def test_a_chain_of_else_if_shares_one_end() -> None:
    node = parse_tree("out", "{{if .a}}1{{else if .b}}2{{else}}3{{end}}", set())["out"].nodes[0]
    assert isinstance(node, nodes.If)
    assert node.otherwise is not None
    inner = node.otherwise.nodes[0]
    assert isinstance(inner, nodes.If)
    assert inner.otherwise is not None


@table(
    ("source", "message"),
    [
        ("{{f}", "bad character U+007D '}'"),
        ("{{if .x}}", "unexpected EOF"),
        ("{{end}}", "unexpected {{end}}"),
        ("{{g}}", 'function "g" not defined'),
        ("{{$y}}", 'undefined variable "$y"'),
        ("{{1 | 2}}", "non executable command in pipeline stage 2"),
        ("{{}}", "missing value for command"),
        ("{{break}}", "{{break}} outside {{range}}"),
        ("{{range $a, $b, $c := .}}{{end}}", "too many declarations in range"),
        ("{{range $a, 1}}{{end}}", "range can only initialize variables"),
        ("{{if 1}}{{else}}{{else}}{{end}}", "expected end; found {{else}}"),
        ('{{define "a"}}1{{end}}{{define "a"}}2{{end}}', 'template: multiple definition of template "a"'),
        ('{{define "a"}}{{else}}', "unexpected {{else}} in define clause"),
        ("{{template f}}", 'unexpected "f" in template clause'),
        ("{{nil.x}}", 'unexpected . after term "nil"'),
        ("{{f longestword}}", 'function "longestword" not defined'),
        ("{{range .}}{{break x}}{{end}}", 'unexpected "x" in {{break}}'),
        ("{{f if}}", "unexpected <if> in operand"),
        ('{{f "abcdefghijkl" ,}}', 'unexpected "," in operand'),
        ('{{"\\q"}}', "invalid syntax"),
    ],
)
def test_mistakes_are_told_in_go_s_words(source: str, message: str) -> None:
    assert f"template: out:1: {message}" == reason(source)


def test_the_line_of_the_mistake_is_told() -> None:
    assert reason("a\n{{f}}\n{{g}}").startswith("template: out:3: ")


def test_a_long_template_is_refused() -> None:
    assert f"longer than {MAX_LENGTH} characters" in reason("x" * (MAX_LENGTH + 1))


@table(("opening", "closing"), [("{{if 1}}", "{{end}}"), ('{{block "a" 1}}', "{{end}}"), ("{{if 0}}{{else if 1}}", "{{end}}")])
def test_deep_nesting_is_refused(opening: str, closing: str) -> None:
    assert f"nested deeper than {MAX_NESTING} levels" in reason(opening * 200 + closing * 200)


def test_deep_parentheses_are_refused() -> None:
    assert f"nested deeper than {MAX_NESTING} levels" in reason("{{" + "(" * 200 + "1" + ")" * 200 + "}}")


def test_nesting_up_to_the_limit_is_read() -> None:
    deep = MAX_NESTING - 1
    assert ["out"] == list(parse_tree("out", "{{if 1}}" * deep + "{{end}}" * deep, set()))
