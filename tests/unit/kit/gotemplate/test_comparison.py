from __future__ import annotations

import pytest

from regclient.kit.gotemplate.comparison import eq, ge, gt, le, lt, ne
from regclient.kit.gotemplate.values import Failure, Named, Struct, nil_pointer
from tests.tables import table

POINT = Struct("main.Point", {"X": 1})


@table(
    ("first", "second"),
    [
        (1, 1),
        (1, Named(1, "uint8")),
        ("a", Named("a", "main.Name")),
        (1.5, 1.5),
        (True, True),
        (None, None),
        (None, nil_pointer("main.T")),
        (Named(None, "[]string"), None),
        (POINT, Struct("main.Point", {"X": 1})),
    ],
)
def test_equal_values_of_like_kinds_are_equal(first: object, second: object) -> None:
    assert eq(first, second)
    assert not ne(first, second)


@table(
    ("first", "second"),
    [
        (1, 2),
        ("a", "b"),
        (1, None),
        (None, ""),
        (POINT, None),
        (POINT, Struct("main.Other", {"X": 1})),
        (POINT, Struct("main.Point", {"X": 2})),
    ],
)
def test_other_values_differ(first: object, second: object) -> None:
    assert ne(first, second)


def test_eq_looks_for_any_of_the_others() -> None:
    assert eq(3, 1, 2, 3)
    assert not eq(3, 1, 2)


def test_pointers_are_equal_to_themselves_only() -> None:
    pointer = Struct("main.Point", {"X": 1}, pointer=True)
    assert eq(pointer, pointer)
    assert not eq(pointer, Struct("main.Point", {"X": 1}, pointer=True))


@table(
    ("first", "second", "message"),
    [
        (1, "1", "incompatible types for comparison: int and string"),
        (1, 1.0, "incompatible types for comparison: int and float64"),
        (True, 1, "incompatible types for comparison: bool and int"),
        (POINT, 1, "incompatible types for comparison: main.Point and int"),
        ([1], [1], r"non-comparable type \[1\]: \[\]interface {}"),
    ],
)
def test_unlike_values_do_not_compare(first: object, second: object, message: str) -> None:
    with pytest.raises(Failure, match=message):
        eq(first, second)


def test_eq_needs_something_to_compare_with() -> None:
    with pytest.raises(Failure, match="missing argument for comparison"):
        eq(1)


@table(("low", "high"), [(1, 2), ("Z", "a"), (1.5, 2.5), (Named(-1, "int8"), Named(1, "uint64"))])
def test_ordered_values_have_an_order(low: object, high: object) -> None:
    assert [True, True, False, False] == [lt(low, high), le(low, high), gt(low, high), ge(low, high)]
    assert [False, True, False, True] == [lt(low, low), le(low, low), gt(low, low), ge(low, low)]


@table(
    ("first", "second", "message"),
    [
        (True, False, "invalid type for comparison"),
        (None, 1, "invalid type for comparison"),
        ([1], [2], "invalid type for comparison"),
        (1, "a", "incompatible types for comparison: int and string"),
    ],
)
def test_other_values_have_no_order(first: object, second: object, message: str) -> None:
    with pytest.raises(Failure, match=message):
        lt(first, second)
