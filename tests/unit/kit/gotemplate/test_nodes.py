from __future__ import annotations

from regclient.kit.gotemplate.nodes import Action, Block, Branch, Text
from regclient.kit.gotemplate.parser import parse_tree
from tests.tables import table


def only(source: str) -> object:
    return parse_tree("out", source, {"f", "g"})["out"].nodes[0]


@table(
    "source",
    [
        "{{.a.b}}",
        "{{$x := .}}",
        "{{f (g .x) 1 | g}}",
        "{{(f .x).y.z}}",
        "{{$}}",
        "{{$.x}}",
        "{{f \"q\" 'c' 0x1F true nil}}",
        '{{template "t" .x}}',
        '{{template "t"}}',
    ],
)
def test_an_expression_prints_as_it_was_written(source: str) -> None:
    assert source == str(only(source))


def test_a_branch_prints_its_own_line_only() -> None:
    node = only("{{range $i, $e := .x}}body{{else}}none{{end}}")
    assert isinstance(node, Branch)
    assert str(node) == "{{range $i, $e := .x}}"


def test_an_assignment_prints_its_mark() -> None:
    assert "{{$x = 1}}" == str(parse_tree("out", "{{$x := 0}}{{$x = 1}}", set())["out"].nodes[1])


def test_a_jump_prints_its_word() -> None:
    node = only("{{range .}}{{break}}{{end}}")
    assert isinstance(node, Branch)
    assert str(node.body.nodes[0]) == "{{break}}"


def test_a_block_of_white_space_is_blank() -> None:
    assert Block(0, [Text(0, " \n")]).is_blank


def test_a_block_with_an_action_is_not_blank() -> None:
    action = only("{{f}}")
    assert isinstance(action, Action)
    assert not Block(0, [action]).is_blank


def test_text_prints_itself() -> None:
    assert str(only("plain")) == "plain"
