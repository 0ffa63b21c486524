"""Sizes that guard readability: see docs/house.md. Tables of data are exempt by name."""

from __future__ import annotations

import ast

from tests.house.source import modules, tree_of

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
TABLES: set[str] = set()


def test_no_file_is_longer_than_a_newcomer_reads_in_one_go() -> None:
    long = {name: lines for name, path in modules().items() if (lines := path.read_text().count("\n")) > LONGEST_FILE}

    assert {} == {name: lines for name, lines in long.items() if name not in TABLES}


def test_no_function_needs_headings() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, path in modules().items()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert [] == long
