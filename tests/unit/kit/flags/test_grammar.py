from __future__ import annotations

import pytest

from regclient.kit.flags.grammar import Parsed, UsageError, check_args, check_required, find, parse, unknown_command
from regclient.kit.flags.table import Command, Flag
from tests.fakes.commands import FLY, ROOT
from tests.tables import table


def fly(*words: str) -> Parsed:
    return parse(ROOT, ["trip", "fly", *words])


def refusal(*words: str) -> str:
    with pytest.raises(UsageError) as caught:
        check_args(parse(ROOT, words))
    return str(caught.value)


def test_flags_and_arguments_may_be_mixed() -> None:
    parsed = parse(ROOT, ["-v", "debug", "journey", "--log=a", "go", "earth", "-n", "moon", "--log", "b"])

    assert FLY is parsed.command
    assert ["earth", "moon"] == parsed.args
    assert ("debug", True, ("a", "b")) == (parsed.text("verbosity"), parsed.switch("dry-run"), parsed.texts("log"))


def test_two_dashes_end_the_flags() -> None:
    parsed = fly("a", "--", "-n", "--", "x")

    assert ["a", "-n", "--", "x"] == parsed.args
    assert not parsed.switch("dry-run")


@table(
    ("words", "value"),
    [
        (["--planet", "mars"], "mars"),
        (["--planet=mars"], "mars"),
        (["--planet="], ""),
        (["--planet", "-n"], "-n"),
        (["-p", "mars"], "mars"),
        (["-pmars"], "mars"),
        (["-p=mars"], "mars"),
        (["-p="], "="),
        (["-np=mars"], "mars"),
        (["-p", "x", "--planet=y"], "y"),
        ([], "moon"),
    ],
)
def test_a_value_is_given_in_any_of_the_forms_of_pflag(words: list[str], value: str) -> None:
    assert value == fly(*words).text("planet")


@table(("words", "value"), [(["-n"], True), (["--dry-run=false"], False), (["-n=f"], False), (["-n", "1"], True)])
def test_a_switch_takes_a_value_only_with_an_equals_sign(words: list[str], value: object) -> None:
    assert value is fly(*words).switch("dry-run")


def test_values_have_the_kind_of_their_flag() -> None:
    parsed = fly("--fuel", "0x10", "--heat=1.5", "--seats", "4", "--even", "8")

    assert (16, 1.5, 4, 8) == (parsed.number("fuel"), parsed.decimal("heat"), parsed.number("seats"), parsed.values["even"])


def test_the_order_of_flags_is_kept() -> None:
    parsed = fly("--crew", "a,b", "-n", "--crew=c")

    assert [("crew", "a,b"), ("dry-run", True), ("crew", "c")] == [(flag.name, value) for flag, value in parsed.occurrences]
    assert ("a,b", "c") == parsed.texts("crew")
    assert parsed.given("crew")
    assert not parsed.given("planet")


# The texts were read off the Go program, for the same mistakes.
@table(
    ("words", "text"),
    [
        (["trip", "fly", "a"], "accepts 2 arg(s), received 1"),
        (["trip", "land", "a", "b"], "accepts between 0 and 1 arg(s), received 2"),
        (["trip", "park"], "requires at least 1 arg(s), only received 0"),
        (["trip", "fly", "--bogus"], "unknown flag: --bogus"),
        (["trip", "fly", "--help", "--bogus"], "unknown flag: --bogus"),
        (["trip", "fly", "-x", "a", "b"], "unknown shorthand flag: 'x' in -x"),
        (["trip", "fly", "-nx"], "unknown shorthand flag: 'x' in -x"),
        (["trip", "fly", "-éx"], "unknown shorthand flag: 'Ã' in -éx"),
        (["trip", "fly", "-'"], "unknown shorthand flag: '\\'' in -'"),
        (["trip", "fly", "--planet"], "flag needs an argument: --planet"),
        (["trip", "fly", "-np"], "flag needs an argument: 'p' in -p"),
        (["trip", "fly", "--=x"], "bad flag syntax: --=x"),
        (["trip", "fly", "---x"], "bad flag syntax: ---x"),
        (["trip", "fly", "--dry"], "unknown flag: --dry\n\nDid you mean this?\n\t--dry-run\n"),
        (["trip", "fly", "--plante=x"], "unknown flag: --plante\n\nDid you mean this?\n\t--planet\n"),
        (
            ["trip", "fly", "--fuel", "x"],
            'invalid argument "x" for "--fuel" flag: strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            ["trip", "fly", "-n=maybe"],
            'invalid argument "maybe" for "-n, --dry-run" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        ),
        (["trip", "fly", "--even", "7"], 'invalid argument "7" for "--even" flag: odd'),
        (["--help", "trip", "fly"], 'unknown command "fly" for "ship"'),
        (["tripp"], 'unknown command "tripp" for "ship"\n\nDid you mean this?\n\ttrip\n'),
        (["vers"], 'unknown command "vers" for "ship"\n\nDid you mean this?\n\tversion\n'),
        (["x" * 5000], f'unknown command "{"x" * 5000}" for "ship"'),
    ],
)
def test_a_mistake_is_named_as_cobra_names_it(words: list[str], text: str) -> None:
    assert text == refusal(*words)


def test_a_word_a_group_does_not_know_is_left_for_its_help() -> None:
    parsed = parse(ROOT, ["trip", "flie"])

    assert ["flie"] == parsed.args
    assert 'unknown command "flie" for "ship trip"\n\nDid you mean this?\n\tfly\n' == unknown_command(parsed.chain, "flie")


def test_a_command_is_found_behind_flags_with_values() -> None:
    chain, rest = find(ROOT, ["--log", "trip", "trip", "--", "fly"])

    assert "trip" == chain[-1].name
    assert ["--log", "trip", "--", "fly"] == rest


def test_help_is_a_flag_of_every_command() -> None:
    assert fly("-h").switch("help")
    assert parse(ROOT, ["-h", "trip"]).switch("help")
    assert not fly("a", "b").switch("help")


def test_an_empty_line_is_the_program_itself() -> None:
    assert ROOT is parse(ROOT, []).command


def test_flags_that_have_to_be_given_are_missed_in_cobras_words() -> None:
    flags = (Flag("config", "string", "A file", required=True), Flag("other", "string", "Another", required=True))
    root = Command("tool", "does things", children=(Command("once", "do it", flags=flags, run="x:y"),))
    check_required(parse(root, ["once", "--config", "", "--other=x"]))
    with pytest.raises(UsageError, match=r'^required flag\(s\) "other" not set$'):
        check_required(parse(root, ["once", "--config=a"]))
    with pytest.raises(UsageError, match=r'^required flag\(s\) "config", "other" not set$'):
        check_required(parse(root, ["once"]))
