from __future__ import annotations

from regclient.kit.flags.complete import FILES, NO_FILES, answer, complete
from tests.fakes.commands import ROOT
from tests.tables import table


def values(*words: str) -> list[str]:
    return [candidate.partition("\t")[0] for candidate in complete(ROOT, words)[0]]


def test_commands_are_offered_by_their_beginning() -> None:
    assert (["trip\tmanage trips", "version\tshow the version"], NO_FILES) == complete(ROOT, [""])
    assert ["trip"] == values("-v", "debug", "t")
    assert ["fly", "land"] == values("trip", "")
    assert [] == values("trip", "nothing", "")


def test_flags_are_offered_inherited_ones_first() -> None:
    assert ["--log", "--verbosity", "-v"] == values("trip", "fly", "-")[:3]
    assert ["--planet"] == values("trip", "fly", "--pl")
    assert ["-p"] == values("trip", "fly", "-p")
    assert "--secret" not in values("trip", "fly", "-")


def test_a_flag_already_given_is_offered_again_only_when_it_repeats() -> None:
    offered = values("trip", "fly", "-n", "--crew", "a", "--")

    assert "--crew" in offered
    assert "--dry-run" not in offered


@table("words", [["--planet", ""], ["--planet=m"], ["-p", "m"]])
def test_the_values_of_a_flag_are_offered(words: list[str]) -> None:
    assert (["moon", "mars"], NO_FILES) == complete(ROOT, ["trip", "fly", *words])


def test_values_are_looked_up_by_a_completer() -> None:
    assert ["smoon", "1-mars"] == values("trip", "fly", "earth", "s")
    assert ["xmoon", "0-mars"] == values("trip", "fly", "--via", "x")


@table("words", [["bogus", ""], ["trip", "fly", "--nope", ""], ["trip", "land", ""], ["trip", "fly", "--crew", ""]])
def test_the_shell_completes_files_where_we_know_nothing(words: list[str]) -> None:
    assert ([], FILES) == complete(ROOT, words)


def test_no_file_is_offered_for_a_command_that_takes_none() -> None:
    assert ([], NO_FILES) == complete(ROOT, ["version", ""])


def test_after_two_dashes_a_flag_waits_for_nothing() -> None:
    assert ["moon", "1-mars"] == values("trip", "fly", "--", "-p", "")


def test_the_answer_ends_with_the_directive() -> None:
    assert "trip\tmanage trips\n:4\n" == answer(ROOT, ["t"])
    assert "trip\n:4\n" == answer(ROOT, ["t"], describe=False)
