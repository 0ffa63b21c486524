"""YAML as the Go programs write it; each expectation was asked of Go's ``regsync config`` v0.11.5."""

from __future__ import annotations

from regclient.jobs.yamltext import Listing, Node, Scalar, read_yaml
from regclient.kit.goyaml import encode
from tests.tables import table

PLAIN = [
    "abc",
    "a b",
    "it's",
    'a"b',
    "1e3",
    "1:30:00",
    "a,b",
    "a:b",
    "x{y",
    "_1",
    "=",
    "<<",
    "--",
    "---",
    "...",
    "1.2.3",
    "NaN",
]
PLAIN += ["sha256:abc", ".inf", "é", "--5", "a-b", "-x"]
QUOTED = [
    "",
    "-",
    "- a",
    "a- b",
    "a: b",
    "a #b",
    "a#b",
    "yes",
    "Off",
    "~",
    "null",
    "True",
    "y",
    "N",
    "1.0",
    "0x1F",
    "22:30",
    "010",
]
QUOTED += [
    "2001-01-01",
    "2001-01-01T00:00:00Z",
    "a\\b",
    "{a}",
    "@x",
    "a:",
    ">x",
    "|",
    " x",
    "x ",
    "+1",
    "-1.5",
    "1_000",
    ".5",
    "5.",
]
QUOTED += ["0b11", "0o17", "12345678901234567890123", "'a", "!x", "%x", "`x", "1.5e3", "*a", "&a", "[a"]


def test_text_is_quoted_where_it_would_be_read_as_something_else() -> None:
    for text in PLAIN:
        assert f"a: {text}\n" == encode({"a": text})
    for text in QUOTED:
        assert encode({"a": text}).startswith('a: "')
    assert encode({"a": 'x: "\t\u00e9'}) == 'a: "x: \\"\\té"\n'


def test_layouts_are_those_of_the_go_programs() -> None:
    value: dict[str, object] = {
        "a": [],
        "b": {},
        "c": None,
        "d": True,
        "e": 0.0,
        "f": 2.5,
        "g": 1e30,
        "h": ["x", {"k": 1, "z": ["w"]}, ["v"]],
    }
    assert encode(value) == ("a: []\nb: {}\nc: null\nd: true\ne: 0.0\nf: 2.5\ng: 1e+30\nh:\n- x\n- k: 1\n  z:\n  - w\n- - v\n")
    assert encode({"a": {"b": {"c": ("d",)}}}) == "a:\n  b:\n    c:\n    - d\n"
    assert encode([]) == "[]\n"


def test_text_of_several_lines_is_a_block() -> None:
    assert encode({"a": "x\ny\n", "b": 1}) == "a: |\n  x\n  y\nb: 1\n"
    assert encode({"a": {"b": "x\n\ny"}}) == "a:\n  b: |-\n    x\n\n    y\n"
    assert encode(["x\n\n"]) == "- |+\n  x\n\n"
    assert encode({"a": "x: y\nz"}) == 'a: "x: y\\nz"\n'
    assert encode({"a": " x\ny"}) == 'a: " x\\ny"\n'


@table("text", [*PLAIN, *QUOTED, "x\ny\n", "x\n\n", "x\ny", "a\tb", "\x00", "? x", "#x", "\n", "\n\n", "x\n y"])
def test_what_is_written_reads_back_as_it_was(text: str) -> None:
    def back(node: Node) -> object:
        if isinstance(node, Scalar):
            return node.text
        return (
            [back(item) for item in node.items]
            if isinstance(node, Listing)
            else {k: back(v) for k, (_, v) in node.entries.items()}
        )

    assert back(read_yaml(encode({"a": text, "b": [text]}), "f").root) == {"a": text, "b": [text]}
