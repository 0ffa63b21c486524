from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from regclient.kit.flags.shells import SHELLS, script
from tests.tables import table


@pytest.fixture
def ship(tmp_path: Path) -> Path:
    """A program that answers ``__complete`` with fixed candidates, and says what it was asked."""
    program = tmp_path / "ship"
    program.write_text(
        "#!/bin/sh\n"
        f'printf "%s|" "$@" >{tmp_path}/asked\n'
        'case "$*" in\n'
        "*:*) printf 'host:5000/a\\nhost:5000/b\\n:4\\n' ;;\n"
        "*planet*) printf 'moon\\nmars\\n:4\\n' ;;\n"
        "*none*) printf ':4\\n' ;;\n"
        "*) printf 'trip\\tmanage trips\\nversion\\tshow it\\n:4\\n' ;;\n"
        "esac\n"
    )
    program.chmod(0o755)
    return program


def bash(ship: Path, line: str, word: str) -> list[str]:
    """Complete a line in bash, with ``word`` as bash itself cuts the last one, and return the replies."""
    steps = (
        f'source "{ship.parent}/script"; COMP_LINE="{line}"; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=("{word}"); COMP_CWORD=0; '
        'compopt() { :; }; __ship_complete; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    (ship.parent / "script").write_text(script("bash", "ship"))
    done = subprocess.run(
        ["bash", "-c", steps], capture_output=True, text=True, check=True, env={"PATH": f"{ship.parent}:/usr/bin:/bin"}
    )
    assert "" == done.stderr
    return done.stdout.split()


@table("shell", SHELLS)
def test_a_script_asks_the_program(shell: str) -> None:
    text = script(shell, "ship")

    assert "ship" in text
    assert " __complete " in text
    assert "@PROGRAM@" not in text
    assert "@COMMAND@" not in text


@table("shell", SHELLS)
def test_a_script_without_descriptions_asks_for_none(shell: str) -> None:
    assert " __completeNoDesc " in script(shell, "ship", describe=False)


def test_powershell_is_asked_in_its_own_words() -> None:
    """PowerShell is not to be had where this was written: what its script must do is read off the text.

    It is a native completer, cuts the line at the cursor, hands on an empty word in the way of each version, and answers with
    completions or with one empty text where files make no sense.
    """
    text = script("powershell", "ship")

    assert "Register-ArgumentCompleter -Native -CommandName 'ship'" in text
    assert "$CursorPosition - $_.Extent.StartOffset" in text
    assert text.index("$PSNativeCommandArgumentPassing") < text.index("$words += '\"\"'") < text.index("$words += ''\n")
    assert "$program = $CommandAst.GetCommandName()\n    $lines = @(& $program __complete @words 2>$null)" in text
    assert "[System.Management.Automation.CompletionResult]::new(" in text
    assert text.index("$directive = [int]$Matches[1]") < text.index("$directive -band 4")
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", text.replace("`t", ""))
    for opening, closing in ("{}", "()", "[]"):
        assert unquoted.count(opening) == unquoted.count(closing) > 0


def test_bash_offers_what_fits_the_word(ship: Path) -> None:
    assert ["trip", "version"] == bash(ship, "ship ", "")
    assert "__complete||" == (ship.parent / "asked").read_text()
    assert ["trip"] == bash(ship, "ship t", "t")


def test_bash_cuts_off_what_it_holds_of_a_word_with_a_colon(ship: Path) -> None:
    assert ["5000/a", "5000/b"] == bash(ship, "ship host:5", "5")


def test_bash_completes_the_value_behind_an_equals_sign(ship: Path) -> None:
    assert ["mars"] == bash(ship, "ship --planet=ma", "ma")
    assert [] == bash(ship, "ship none", "none")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_their_script(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "script"
    path.write_text(script(shell, "ship"))

    done = subprocess.run([program, "-n", str(path)], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
