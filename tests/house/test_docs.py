"""The documents are true: links lead somewhere, Python blocks run, and what is generated is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(#[^)\s]*)?\)")
SECRET_PLACES = re.compile("/wor" + r"k/|\.\./sh" + "ared")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = [found[1] for found in LINK.finditer(document.read_text(encoding="utf-8"))]

    assert [] == [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names_a_place_of_somebodys_machine(document: Path) -> None:
    assert not SECRET_PLACES.search(document.read_text(encoding="utf-8"))


def test_every_decision_is_listed_and_every_listed_one_exists() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\((\d{4}-[^)]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))

    assert {path.name for path in folder.glob("[0-9]*.md")} == listed
