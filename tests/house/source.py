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
    """One import of our own code: who, where, what, whether it hides inside a function, and whether only types need it."""

    importer: str
    line: int
    imported: str
    inside_function: bool
    for_types: bool = False


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


@cache
def imports_of(name: str) -> tuple[Import, ...]:
    """Every import of our own code in a module, each resolved to the module it loads."""
    return tuple(_walk(name, tree_of(modules()[name]), inside=False, types=False))


def _walk(name: str, node: ast.AST, *, inside: bool, types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        for imported, names in _imported(child):
            for found in _resolved(imported, names):
                yield Import(name, getattr(child, "lineno", 0), found, inside, types)
        deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        guarded = types or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING")
        yield from _walk(name, child, inside=deeper, types=guarded)


def _imported(node: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module, tuple(alias.name for alias in node.names)


def _resolved(imported: str, names: tuple[str, ...]) -> Iterator[str]:
    if imported != "regclient" and not imported.startswith("regclient."):
        return
    base = imported.removeprefix("regclient").lstrip(".")
    for item in names or ("",):
        deeper = f"{base}.{item}".strip(".")
        yield deeper if deeper in modules() else base
