"""Tests mirror the tree: each module has a test module of its own name, and no test module is an orphan."""

from __future__ import annotations

from pathlib import Path

from tests.house.source import ROOT, SOURCE, modules

UNIT = ROOT / "tests" / "unit"


def expected_test_of(path: Path) -> Path:
    relative = path.relative_to(SOURCE)
    return relative.with_name(f"test_{relative.name}")


def modules_with_code() -> list[Path]:
    """Every module but the package markers, whose test is the test of what they export."""
    return [path for path in modules().values() if path.name not in {"__init__.py", "__main__.py"}]


def test_every_module_has_its_test_module() -> None:
    missing = [str(expected_test_of(path)) for path in modules_with_code() if not (UNIT / expected_test_of(path)).exists()]

    assert [] == missing


def test_every_test_module_has_its_module() -> None:
    expected = {expected_test_of(path) for path in modules_with_code()}
    found = {path.relative_to(UNIT) for path in UNIT.rglob("test_*.py")}

    assert [] == sorted(str(path) for path in found - expected)


def test_unit_tests_need_no_luck_and_start_quickly() -> None:
    wrong = [str(path.relative_to(UNIT)) for path in UNIT.rglob("*.py") if "hypothesis" in path.read_text(encoding="utf-8")]

    assert [] == wrong, "tests of any input live in tests/property: hypothesis alone takes a second to import"
