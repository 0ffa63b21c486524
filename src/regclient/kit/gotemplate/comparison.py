"""``eq ne lt le gt ge``: Go compares values of basic kinds only, and only like with like."""

from __future__ import annotations

from regclient.kit.gotemplate.printing import sprint
from regclient.kit.gotemplate.values import Failure, Struct, is_nil, kind_of, plain, type_of

_BASIC = frozenset({"bool", "int", "uint", "float", "complex", "string"})
_ORDERED = frozenset({"int", "uint", "float", "string"})
_INTEGERS = frozenset({"int", "uint"})
_INCOMPATIBLE = "incompatible types for comparison"
_NO_ORDER = "invalid type for comparison"


def eq(first: object, *others: object) -> bool:
    """Whether the first value equals any of the others.

    Raises:
        Failure: there is none to compare with, or the types do not compare.
    """
    if not others:
        raise Failure("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def ne(first: object, second: object) -> bool:
    """Whether two values differ."""
    return not eq(first, second)


def lt(first: object, second: object) -> bool:
    """Whether the first value is less than the second.

    Raises:
        Failure: the values have no order, or are of different kinds.
    """
    kinds = kind_of(first), kind_of(second)
    if not _BASIC.issuperset(kinds):
        raise Failure(_NO_ORDER)
    if kinds[0] != kinds[1] and not _INTEGERS.issuperset(kinds):
        raise Failure(f"{_INCOMPATIBLE}: {type_of(first)} and {type_of(second)}")
    if kinds[0] not in _ORDERED:
        raise Failure(_NO_ORDER)
    less: bool = plain(first) < plain(second)  # type: ignore[operator]
    return less


def le(first: object, second: object) -> bool:
    """Whether the first value is less than the second or equal."""
    return lt(first, second) or eq(first, second)


def gt(first: object, second: object) -> bool:
    """Whether the first value is greater than the second."""
    return not le(first, second)


def ge(first: object, second: object) -> bool:
    """Whether the first value is greater than the second or equal."""
    return not lt(first, second)


def _equal(first: object, second: object) -> bool:
    kinds = kind_of(first), kind_of(second)
    if _BASIC.issuperset(kinds):
        if kinds[0] != kinds[1] and not _INTEGERS.issuperset(kinds):
            raise Failure(f"{_INCOMPATIBLE}: {type_of(first)} and {type_of(second)}")
        return plain(first) == plain(second)
    if first is not None and second is not None and not _BASIC.isdisjoint(kinds):
        raise Failure(f"{_INCOMPATIBLE}: {type_of(first)} and {type_of(second)}")
    if is_nil(first) or is_nil(second):
        return is_nil(first) and is_nil(second)
    return _same(first, second)


def _same(first: object, second: object) -> bool:
    if not isinstance(first, Struct) or not isinstance(second, Struct):
        raise Failure(f"non-comparable type {sprint([second])}: {type_of(second)}")
    if first.pointer or second.pointer or first.type_name != second.type_name:
        return first is second
    return all(_equal(value, second.fields.get(name)) for name, value in first.fields.items())
