"""YAML as a tree: text stays as typed, lines are known, and hostile documents end in an error with their line."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.jobs.yamltext import MAX_DEPTH, Document, Listing, Node, Scalar, Table, read_yaml


def read(text: str) -> Document:
    return read_yaml(text, "file.yml")


def plain(node: Node) -> object:
    """The tree without lines; null is None."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, (_, value) in node.entries.items()}


def test_scalars_stay_what_was_typed() -> None:
    for text in ("3.10", "010", "0x1F", "on", "yes", "True", "22:30", "1e3", "1_000", "2001-01-01", ".inf", "+1", "a b"):
        assert plain(read(f"x: {text}").root) == {"x": text}
    assert plain(read("x: |\n  a\n  b\ny: 'it''s'\nz: \"\\u00e9\\n\"").root) == {"x": "a\nb\n", "y": "it's", "z": "é\n"}
    assert plain(read("x: !!str 010\ny: !foo bar\nz: !!binary aGVsbG8=").root) == {"x": "010", "y": "bar", "z": "hello"}


def test_null_is_what_go_takes_for_null_and_only_without_quotes() -> None:
    for text in ("", "~", "null", "Null", "NULL"):
        assert plain(read(f"x: {text}").root) == {"x": None}
    assert plain(read("a: ''\nb: 'null'\nc: !!str null\nd: nuLL").root) == {"a": "", "b": "null", "c": "null", "d": "nuLL"}


def test_an_empty_text_is_an_empty_document() -> None:
    for text in ("", "\n", "# only words\n", "---\n", "\ufeff"):
        root = read(text).root
        assert isinstance(root, Scalar)
        assert root.is_null


def test_only_the_first_document_is_read() -> None:
    document = read("---\na: 1\n---\na: 2\n")
    assert plain(document.root) == {"a": "1"}
    assert document.has_more
    assert not read("---\na: 1\n...\n").has_more


def test_of_equal_keys_the_last_one_counts_and_a_merge_stands_in_its_place() -> None:
    anchor = "x: &a {k: 1, l: 2}\n"
    assert plain(read("{a: 1, a: 2}").root) == {"a": "2"}
    assert plain(read(anchor + "y: {<<: *a, k: 3}").root) == {"x": {"k": "1", "l": "2"}, "y": {"k": "3", "l": "2"}}
    assert plain(read(anchor + "y: {k: 3, <<: *a}").root) == {"x": {"k": "1", "l": "2"}, "y": {"k": "1", "l": "2"}}
    merged = read(anchor + "z: &b {k: 9, m: 4}\ny: {<<: [*a, *b]}\nn: {<<: }").root
    assert isinstance(merged, Table)
    assert plain(merged.entries["y"][1]) == {"k": "1", "l": "2", "m": "4"}
    assert plain(merged.entries["n"][1]) == {}
    assert plain(read("{'<<': 1}").root) == {"<<": "1"}


def test_lines_are_those_of_keys_and_values() -> None:
    root = read("a:\n  - 1\n  - b:\n      c\n").root
    assert isinstance(root, Table)
    line, listing = root.entries["a"]
    assert isinstance(listing, Listing)
    second = listing.items[1]
    assert isinstance(second, Table)
    assert (line, listing.line, second.line) == (1, 2, 3)
    assert (second.entries["b"][0], second.entries["b"][1].line) == (3, 4)


def test_what_is_not_yaml_is_an_error_with_its_line() -> None:
    refused = {
        "a: b: c": "line 1: ",
        "a: 1\n\tb: 2": "line 2: ",
        "a: 1\nb: 'x": "line ",
        "a: [1\nb: 2": "line ",
        "a: *nope": "line 1: nothing before this is called &nope",
        "a: 1\nb: &b [*b]": "line 2: &b contains itself",
        "? [a]\n: b": "line 1: a key must be text",
        "a:\n  <<: 1": "line 2: << takes a mapping",
        "a: {<<: [1]}": "line 1: << takes a mapping",
        "a: !!binary '*'\n": "line 1: !!binary",
        "a: 1\n\x00": "line 2: not YAML",
        "a: \x07": "line 1: not YAML",
        "a: 1\n---\nb: c: d": "line 3: ",
        "a: \ud800": "not YAML",
    }
    for text, words in refused.items():
        with pytest.raises(InvalidConfig) as caught:
            read(text)
        assert words in caught.value.reason
        assert caught.value.text == "file.yml"


def test_a_document_cannot_be_endlessly_deep() -> None:
    for depth in (MAX_DEPTH + 2, 5_000):
        with pytest.raises(InvalidConfig, match=r"nested deeper|not YAML"):
            read("[" * depth)
        with pytest.raises(InvalidConfig, match=r"nested deeper|not YAML"):
            read("{a: " * depth)
    assert isinstance(read("[" * MAX_DEPTH + "]" * MAX_DEPTH).root, Listing)


def test_aliases_cannot_make_a_small_text_a_huge_document() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(InvalidConfig, match=r"line 6: aliases make this stand for more"):
        read("\n".join(lines))
