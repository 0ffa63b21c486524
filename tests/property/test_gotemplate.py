"""Laws of the template engine: whatever the template, it gives text or one of two errors, and it ends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.errors import InvalidTemplate, ParseError, TemplateFailed
from regclient.kit.civil import Zone, date_of, day_number
from regclient.kit.duration import format_duration, parse_duration
from regclient.kit.gotemplate.extras import PURE, json_functions
from regclient.kit.gotemplate.formatting import sprintf
from regclient.kit.gotemplate.jsontext import compact, encode, indent
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.text import from_utf8, quote, unquote, utf8
from regclient.kit.gotemplate.timeview import duration_value, time_functions, time_value
from regclient.kit.gotemplate.values import Method, Named, Struct, nil_pointer, strings
from regclient.kit.gotime import RFC3339_NANO, GoTime
from regclient.kit.units import align

FUNCTIONS: dict[str, Method] = {**PURE, **json_functions(), **time_functions(lambda: 0)}
DATA: dict[str, object] = {
    "s": "text",
    "i": 3,
    "f": 1.5,
    "l": [1, "a", None, [b"x"]],
    "m": strings({"a": "b"}),
    "p": Struct("main.P", {"X": 1, "Y": nil_pointer("main.P")}, pointer=True),
    "t": time_value(GoTime(0)),
    "d": duration_value(1),
    "n": None,
    "u": Named(7, "uint8"),
}
PIECES = """
{{ }} {{- -}} {{/* */}} if else end range with template define block break continue . $ $x := = | , ( ) nil true false
1 -1 0x1F 1.5 'a' "a" "%v%5d%!" `b` "\\xff" .s .i .f .l .m .p .p.X .p.Y .t .d .n .u .t.Unix $x.s text time.Now
and or not eq ne lt le gt ge len index slice print printf println html js urlquery call
default join json jsonPretty lower upper split trimSpace time {{end}} {{else}}
"""
PHRASES = [" ", "\n", "{{range .l}}", "{{if .s}}", '{{define "a"}}', '{{template "a" .}}', "{{$x := .}}"]
WORDS = st.sampled_from([*PIECES.split(), *PHRASES])
TEMPLATES = st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=30).map("".join) | st.text(max_size=60)
CALLS = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: "{{" + " ".join(words) + "}}")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(TEMPLATES | CALLS)
def test_a_template_gives_text_or_one_of_two_errors(text: str) -> None:
    try:
        output = parse(text, functions=FUNCTIONS).render(DATA, functions=FUNCTIONS, max_steps=5_000)
    except (InvalidTemplate, TemplateFailed):
        return
    assert isinstance(utf8(output), bytes)


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_braces_is_its_own_output(text: str) -> None:
    assert text == parse(text).render(None)


@given(st.binary(max_size=40))
def test_a_quoted_text_means_itself(data: bytes) -> None:
    text = from_utf8(data)
    assert data == utf8(unquote(quote(text)))
    assert data == utf8(parse("{{" + quote(text, ascii_only=True) + "}}").render(None))


@given(st.text(alphabet="%+-# 0123456789.*[]dvsqxXeEfgGbcotTUpw\u00e9", max_size=12), st.lists(VALUES, max_size=3))
def test_any_format_gives_text(template: str, operands: list[object]) -> None:
    if len([character for character in template if character.isdigit()]) < 6:
        assert isinstance(sprintf(template, operands), str)


@given(VALUES)
def test_any_value_is_printed(value: object) -> None:
    parse("{{.}}{{print .}}{{printf `%v %+v %#v %T %s %d %q %x` . . . . . . . .}}").render(value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=6))
def test_layout_of_json_does_not_change_it(value: object) -> None:
    document = encode(value)
    assert document == compact(indent(document))


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1))
def test_durations_are_read_back(nanoseconds: int) -> None:
    assert nanoseconds == parse_duration(format_duration(nanoseconds))


@given(st.text(alphabet="0123456789.+-hmsnuµ", max_size=16))
def test_any_text_is_a_duration_or_an_error(text: str) -> None:
    try:
        assert parse_duration(format_duration(parse_duration(text))) == parse_duration(text)
    except ParseError:
        return


@given(st.integers(min_value=-(10**8), max_value=10**8))
def test_dates_and_days_agree(days: int) -> None:
    assert days == day_number(*date_of(days))


@given(
    st.integers(min_value=-62_000_000_000, max_value=250_000_000_000), st.integers(0, 999_999_999), st.integers(-86_000, 86_000)
)
def test_times_are_read_back(seconds: int, nanosecond: int, offset: int) -> None:
    time = GoTime(seconds, nanosecond, Zone(offset - offset % 60, ""))
    assert time == GoTime.parse(RFC3339_NANO, time.format(RFC3339_NANO))


@given(
    st.lists(st.sampled_from(["2006", "Jan", "_2", "15", "04", "PM", ".000", "MST", "-0700", "Z07:00", "002", " ", "x"])).map(
        "".join
    ),
    st.text(alphabet="0123456789 :-+.,ZTJanUTCPM", max_size=30),
)
def test_any_text_is_a_time_or_an_error(layout: str, text: str) -> None:
    try:
        GoTime.parse(layout, text)
    except ParseError:
        return


@given(st.text(alphabet="ab\t\n", max_size=60))
def test_aligned_text_has_no_tabs_and_the_same_words(text: str) -> None:
    aligned = align(text)
    assert "\t" not in aligned
    assert text.replace("\t", "") == aligned.replace(" ", "")
