from __future__ import annotations

from regclient.kit.gotemplate import verbs
from regclient.kit.gotemplate.verbs import Spec
from tests.tables import table


def spec(flags: str = "", width: int | None = None, precision: int | None = None) -> Spec:
    made = Spec()
    names = {"+": "plus", "-": "minus", "#": "sharp", " ": "space", "0": "zero"}
    for flag in flags:
        setattr(made, names[flag], True)
    made.width, made.precision = width, precision
    return made


@table(
    ("made", "verb", "text"),
    [
        (spec(), "d", "-42"),
        (spec("0", 6), "d", "-00042"),
        (spec("-", 6), "d", "-42   "),
        (spec("", 8, 4), "d", "   -0042"),
        (spec("#"), "x", "-0x2a"),
        (spec("#"), "o", "-052"),
        (spec(), "O", "-0o52"),
        (spec("#"), "b", "-0b101010"),
        (spec(), "s", None),
    ],
)
def test_integers(made: Spec, verb: str, text: str | None) -> None:
    assert text == verbs.integer(made, -42, verb)


def test_characters_and_code_points() -> None:
    shown = [verbs.integer(spec(), 233, "c"), verbs.integer(spec("+"), 233, "q"), verbs.integer(spec("#"), 233, "U")]
    assert ["é", r"'\u00e9'", "U+00E9 'é'"] == shown


def test_zero_with_no_precision_is_blank() -> None:
    assert "   " == verbs.integer(spec("", 3, 0), 0, "d")


@table(
    ("made", "verb", "text"),
    [
        (spec(), "v", "1.5"),
        (spec("+"), "f", "+1.500000"),
        (spec("0", 8, 2), "f", "00001.50"),
        (spec(" "), "g", " 1.5"),
        (spec("#"), "g", "1.50000"),
        (spec("", 7), "G", "    1.5"),
        (spec(), "d", None),
    ],
)
def test_floats(made: Spec, verb: str, text: str | None) -> None:
    assert text == verbs.floating(made, 1.5, verb)


def test_numbers_that_are_not_finite_take_no_zeros() -> None:
    infinity = float("inf")
    assert ["  +Inf", " Inf", "+Inf", "  NaN"] == [
        verbs.floating(spec("0", 6), infinity, "f"),
        verbs.floating(spec(" "), infinity, "f"),
        verbs.floating(spec("+"), infinity, "f"),
        verbs.floating(spec("", 5), float("nan"), "f"),
    ]


def test_complex_numbers_have_two_parts() -> None:
    assert ["(1-2i)", None] == [verbs.complex_number(spec(), 1 - 2j, "v"), verbs.complex_number(spec(), 1j, "d")]


def test_truth() -> None:
    yes, no = True, False
    shown = [verbs.boolean(spec(), yes, "t"), verbs.boolean(spec("", 6), no, "v"), verbs.boolean(spec(), yes, "d")]
    assert ["true", " false", None] == shown


@table(
    ("made", "verb", "text"),
    [
        (spec(), "s", "a\té"),
        (spec("", None, 1), "s", "a"),
        (spec("", 5), "v", "  a\té"),
        (spec(), "q", r'"a\té"'),
        (spec("#"), "q", "`a\té`"),
        (spec("+"), "q", r'"a\t\u00e9"'),
        (spec(), "x", "6109c3a9"),
        (spec("# "), "X", "0X61 0X09 0XC3 0XA9"),
        (spec("#"), "x", "0x6109c3a9"),
        (spec(), "d", None),
    ],
)
def test_strings(made: Spec, verb: str, text: str | None) -> None:
    assert text == verbs.string(made, "a\té", verb)


def test_no_bytes_have_no_prefix() -> None:
    assert "" == verbs.hexadecimal(spec("#"), b"", "x")
