from __future__ import annotations

from regclient.kit.gotemplate.printing import Printer, printable, sorted_items, sprint, sprintln
from regclient.kit.gotemplate.values import NO_VALUE, Function, Named, Struct, nil_pointer
from tests.tables import table

POINT = Struct("main.Point", {"X": 1, "Y": "b"})
SHOUT = Struct("main.Shout", {"X": 1}, text=lambda: "hey")


@table(
    ("value", "text"),
    [
        (None, "<nil>"),
        (True, "true"),
        (1.0, "1"),
        ("a", "a"),
        (b"ab", "[97 98]"),
        ([1, "a", None, [2]], "[1 a <nil> [2]]"),
        ({"b": 1, "a": {"c": None}}, "map[a:map[c:<nil>] b:1]"),
        (POINT, "{1 b}"),
        (Struct("main.Point", {"X": 1}, pointer=True), "&{1}"),
        (SHOUT, "hey"),
        ([SHOUT], "[hey]"),
        (Named(3, "main.Color", text=lambda: "red"), "red"),
        (nil_pointer("main.T"), "<nil>"),
        (Named(None, "[]string"), "[]"),
        (Named({2: "b", 10: "a"}, "map[int]string"), "map[2:b 10:a]"),
    ],
)
def test_values_print_as_go_prints_them(value: object, text: str) -> None:
    assert text == sprint([value])


def test_nested_pointers_print_an_address() -> None:
    assert sprint([[Struct("main.P", {}, pointer=True)]]).startswith("[0x")


def test_functions_print_an_address() -> None:
    assert sprint([Function(len, ("any",))]).startswith("0x")


def test_print_spaces_only_between_two_that_are_no_text() -> None:
    assert sprint(["a", 1, 2, "b", "c", 3]) == "a1 2bc3"


def test_println_spaces_all() -> None:
    assert sprintln(["a", 1, "b"]) == "a 1 b\n"


def test_a_verb_that_does_not_fit_says_so() -> None:
    assert Printer().argument([1, "a"], "d") == "[1 %!d(string=a)]"
    assert Printer().argument(None, "d") == "%!d(<nil>)"


def test_keys_are_sorted_by_their_bytes_or_numbers() -> None:
    assert [("A", 1), ("a", 2), ("é", 3)] == sorted_items({"é": 3, "a": 2, "A": 1})
    assert [(-1, "a"), (9, "b"), (10, "c")] == sorted_items({10: "c", 9: "b", -1: "a"})


def test_keys_of_mixed_types_are_sorted_somehow() -> None:
    assert {1, "a"} == {key for key, _value in sorted_items({"a": 1, 1: 2})}


def test_what_is_no_map_has_no_items() -> None:
    assert [] == sorted_items(None)


def test_nothing_is_printable_as_no_value() -> None:
    assert ["<no value>", "<no value>", "a"] == [printable(None), printable(NO_VALUE), printable("a")]
