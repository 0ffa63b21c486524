"""What the Go library's tests pin is pinned here too: ``tests/pinned.toml`` names the test of each behaviour."""

from __future__ import annotations

import ast
import tomllib

from tests.house.source import ROOT, tree_of

TESTS = ROOT / "tests"
AREAS = {
    "reference",
    "platform",
    "media type",
    "descriptor",
    "descriptor search",
    "manifest",
    "host config",
    "docker config",
    "helper",
    "challenge parser",
    "bearer",
    "redirect policy",
    "http",
    "manifests (reg)",
    "blobs (reg)",
    "referrers (reg)",
    "tags (reg)",
    "catalog and ping",
    "ocidir",
    "client",
    "image",
}


def pinned() -> dict[str, dict[str, list[str] | str]]:
    """Each area with its behaviours, and for each the tests or the reason why there is none."""
    return tomllib.loads((TESTS / "pinned.toml").read_text(encoding="utf-8"))


def exists(test: str) -> bool:
    name, _, function = test.partition("::")
    path = TESTS / name
    return path.exists() and any(
        isinstance(node, ast.FunctionDef) and node.name == function and function.startswith("test_")
        for node in tree_of(path).body
    )


def test_every_area_is_there() -> None:
    assert AREAS == set(pinned())


def test_every_behaviour_has_a_test_or_a_reason() -> None:
    bare = [f"{area}: {behaviour}" for area, rows in pinned().items() for behaviour, tests in rows.items() if not tests]

    assert [] == bare


def test_every_test_named_exists() -> None:
    named = [test for rows in pinned().values() for tests in rows.values() if isinstance(tests, list) for test in tests]

    assert [] == [test for test in named if not exists(test)]
