from __future__ import annotations

from regclient.kit.flags.document import manual, markdown, page, walk
from regclient.kit.flags.table import path_of
from tests.fakes.commands import FLY, ROOT


def test_every_command_that_is_not_hidden_is_walked_by_name() -> None:
    paths = [path_of(chain) for chain in walk(ROOT)]

    assert ["ship", "ship trip", "ship trip fly", "ship trip land", "ship version"] == paths


def test_hidden_commands_are_walked_when_asked_for() -> None:
    assert "ship trip park" in [path_of(chain) for chain in walk(ROOT, hidden=True)]


def test_the_page_of_a_program_has_a_section_for_each_command() -> None:
    text = markdown(ROOT)

    assert text.startswith("# ship\n\nFlies ships about.\n")
    assert (
        "## ship trip fly\n\nGo somewhere by ship.\nTakes a while.\n\n```text\nship trip fly <from> <to> [flags]\n```" in text
    )
    assert "Also: `go`, `travel`" in text
    assert "| `-p, --planet` | string | `moon` | Where to |" in text
    assert "- `ship trip land`: come down" in text
    assert "secret" not in text


def test_a_manual_page_has_the_parts_of_one() -> None:
    text = manual((ROOT, ROOT.children[0], FLY), "1.2")

    assert text.startswith('.TH "SHIP-TRIP-FLY" "1" "" "regclient 1.2" "regclient manual"\n')
    assert ".TP\n\\fB\\-p, \\-\\-planet\\fR string\nWhere to\n" in text
    assert ".SH GLOBAL OPTIONS" in text
    assert ".SH EXAMPLES\n.nf\n# to the moon" in text


def test_the_manual_page_of_a_group_points_at_its_commands() -> None:
    assert "ship-trip-fly(1), ship-trip-land(1)" in manual((ROOT, ROOT.children[0]), "1.2")


def test_the_page_of_one_command_shows_how_it_is_called_and_every_flag() -> None:
    text = page((ROOT, ROOT.listed()[0]))

    assert text.startswith(f"## {ROOT.name} {ROOT.listed()[0].name}\n")
    assert "### Options\n" in text
