from __future__ import annotations

import pytest

from regclient.regctl.app import ROOT
from tests.claims import claims
from tests.fakes.console import Console


@pytest.fixture
def regctl() -> Console:
    return Console(ROOT)


@claims("regctl cli-doc --list", "regctl cli-doc --hidden")
def test_all_commands_are_listed_depth_first_and_hidden_ones_when_asked_for(regctl: Console) -> None:
    code, out, _ = regctl("cli-doc", "--list")
    names, more = out.splitlines(), regctl("cli-doc", "--list", "--hidden").out.splitlines()

    assert (0, "regctl") == (code, names[0])
    assert names.index("regctl image") + 1 == names.index("regctl image check-base")
    assert {"regctl cli-doc", "regctl digest", "regctl ref"} == set(more) - set(names)


def test_the_page_of_a_command_has_all_its_help_has(regctl: Console) -> None:
    code, out, _ = regctl("cli-doc", "image", "ratelimit")

    assert (0, "## regctl image ratelimit") == (code, out.splitlines()[0])
    titles = [line for line in out.splitlines() if line.startswith("### ")]
    assert ["### Synopsis", "### Examples", "### Options", "### Options inherited from parent commands"] == titles
    assert "regctl image ratelimit <image_ref> [flags]" in out
    assert "## regctl\n" == regctl("cli-doc").out[:10]


@claims("regctl cli-doc --format")
def test_a_template_sees_the_command(regctl: Console) -> None:
    shown = regctl("cli-doc", "image", "copy", "--format", "{{ .CommandPath }}: {{ .Short }}")

    assert (0, "regctl image copy: copy or retag an image", "") == shown


def test_a_command_that_is_not_there_is_an_error(regctl: Console) -> None:
    code, out, error = regctl("cli-doc", "bogus")

    assert (1, "") == (code, out)
    assert error.startswith('unknown command "bogus" for "regctl"')
