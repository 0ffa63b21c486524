from __future__ import annotations

from regclient.kit.flags.document import manual, markdown, walk
from regclient.kit.flags.table import path_of
from tests.fakes.commands import FLY, ROOT


def test_every_command_that_is_not_hidden_is_walked_by_name() -> None:
    paths = [path_of(chain) for chain in walk(ROOT)]

    assert ["ship", "ship trip", "ship trip fly", "ship trip land", "ship version"] == paths


def test_hidden_commands_are_walked_when_asked_for() -> None:
    assert "ship trip park" in [path_of(chain) for chain in walk(ROOT, hidden=True)]


def test_the_page_of_a_program_has_a_section_for_each_command() -> None:
    page = markdown(ROOT)

    assert page.startswith("# ship\n\nFlies ships about.\n")
    assert (
        "## ship trip fly\n\nGo somewhere by ship.\nTakes a while.\n\n```text\nship trip fly <from> <to> [flags]\n```" in page
    )
    assert "Also: `go`, `travel`" in page
    assert "| `-p, --planet` | string | `moon` | Where to |" in page
    assert "- `ship trip land`: come down" in page
    assert "secret" not in page


def test_a_manual_page_has_the_parts_of_one() -> None:
    page = manual((ROOT, ROOT.children[0], FLY), "1.2")

    assert page.startswith('.TH "SHIP-TRIP-FLY" "1" "" "regclient 1.2" "regclient manual"\n')
    assert ".TP\n\\fB\\-p, \\-\\-planet\\fR string\nWhere to\n" in page
    assert ".SH GLOBAL OPTIONS" in page
    assert ".SH EXAMPLES\n.nf\n# to the moon" in page


def test_the_manual_page_of_a_group_points_at_its_commands() -> None:
    assert "ship-trip-fly(1), ship-trip-land(1)" in manual((ROOT, ROOT.children[0]), "1.2")
