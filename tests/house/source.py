"""What the house tests read: the modules of the package and what each imports, by parsing alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "regclient"


@dataclass(frozen=True)
class Import:
    """One import of our own code: who, where, what, and whether it hides inside a function."""

    importer: str
    line: int
    imported: str
    inside_function: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below ``regclient`` (the root package is an empty name)."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a file, once for all house tests."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(name: str) -> Iterator[Import]:
    """Every import of our own code in a module, each resolved to the module it loads."""
    yield from _walk(name, tree_of(modules()[name]), inside=False)


def _walk(name: str, node: ast.AST, *, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield from _resolved(name, child.lineno, alias.name, (), inside=inside)
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module:
            yield from _resolved(name, child.lineno, child.module, tuple(a.name for a in child.names), inside=inside)
        yield from _walk(name, child, inside=inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def _resolved(name: str, line: int, imported: str, names: tuple[str, ...], *, inside: bool) -> Iterator[Import]:
    if imported != "regclient" and not imported.startswith("regclient."):
        return
    base = imported.removeprefix("regclient").lstrip(".")
    for item in names or ("",):
        deeper = f"{base}.{item}".strip(".")
        yield Import(name, line, deeper if deeper in modules() else base, inside)
