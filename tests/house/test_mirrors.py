"""Tests mirror the tree: each module has a test module of its own name, and no test module is an orphan."""

from __future__ import annotations

from pathlib import Path

from tests.house.source import ROOT, SOURCE, modules

TESTS = ROOT / "tests"
UNIT = TESTS / "unit"
PROGRAMS = ("regctl", "regsync", "regbot")


def expected_test_of(path: Path) -> Path:
    """The test of a module: among the units, or, for what only a whole program runs, among the programs."""
    relative = path.relative_to(SOURCE)
    suite = "programs" if relative.parts[0] in PROGRAMS else "unit"
    return TESTS / suite / relative.with_name(f"test_{relative.name}")


def found_tests() -> set[Path]:
    """Every test module that stands for a module."""
    folders = [UNIT, *(TESTS / "programs" / program for program in PROGRAMS)]
    return {path for folder in folders for path in folder.rglob("test_*.py")}


def modules_with_code() -> list[Path]:
    """Every module but the package markers, whose test is the test of what they export."""
    return [path for path in modules().values() if path.name not in {"__init__.py", "__main__.py"}]


def test_every_module_has_its_test_module() -> None:
    missing = [str(expected_test_of(path)) for path in modules_with_code() if not expected_test_of(path).exists()]

    assert [] == missing


def test_every_test_module_has_its_module() -> None:
    expected = {expected_test_of(path) for path in modules_with_code()}

    assert [] == sorted(str(path) for path in found_tests() - expected)


def test_unit_tests_need_no_luck_and_start_quickly() -> None:
    wrong = [str(path.relative_to(UNIT)) for path in UNIT.rglob("*.py") if "hypothesis" in path.read_text(encoding="utf-8")]

    assert [] == wrong, "tests of any input live in tests/property: hypothesis alone takes a second to import"
