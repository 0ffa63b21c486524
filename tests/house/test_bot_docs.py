"""The page of regbot says what the program does: it is made of the tables that define it."""

from __future__ import annotations

from regclient.kit.flags.document import walk
from regclient.kit.flags.table import path_of
from regclient.regbot.app import ROOT
from regclient.regbot.config import DEFAULTS, SCRIPT
from regclient.regbot.run import schema_text
from scripts import bot_reference
from tests.house.source import ROOT as PROJECT


def test_the_page_is_the_one_made_from_the_tables() -> None:
    page = (PROJECT / "docs" / "reference" / "regbot.md").read_text(encoding="utf-8")

    assert bot_reference.page() == page, "run: make docs"
    schema = (PROJECT / "docs" / "reference" / "regbot.schema.json").read_text(encoding="utf-8")
    assert schema_text() == schema, "run: make docs"


def test_every_command_flag_and_key_says_what_it_is_for() -> None:
    chains = list(walk(ROOT, hidden=True))
    silent = [path_of(chain) for chain in chains if not chain[-1].short]
    silent += [f"{path_of(chain)} --{flag.name}" for chain in chains for flag in chain[-1].flags if not flag.help]
    silent += [key.name for key in (*DEFAULTS.keys, *SCRIPT.keys) if not key.help]

    assert [] == silent
