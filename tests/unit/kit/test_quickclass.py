from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from typing import ClassVar

import pytest

from regclient.kit.dataclass import dataclass, field, replace
from regclient.kit.quickclass import fields_of


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    KIND: ClassVar[str] = "point"
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("negative")


@dataclass(frozen=True, slots=True)
class Marked(Point):
    """A place with a mark."""

    mark: str = "!"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Something that has an order."""

    major: int
    minor: int = 0


@dataclass(slots=True, kw_only=True)
class Counter:
    """Something that changes, made by name only."""

    count: int
    step: int = 1


@dataclass(slots=True, eq=False)
class Thing:
    """Something that equals only itself."""

    name: str = ""


@dataclass()
class Open:
    """Something with a dictionary."""

    name: str = "a"
    parts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Empty:
    """Something without fields."""


def test_an_instance_has_its_fields_and_defaults() -> None:
    assert (1, 2, [], "") == (Point(1).x, Point(1).y, Point(1).tags, Point(1).note)
    assert (3, 4) == (Point(3, 4).x, Point(y=4, x=3).y)
    assert Point(1).tags is not Point(1).tags
    assert "point" == Point.KIND
    assert "Point(x=1, y=2, tags=[])" == repr(Point(1))


def test_an_instance_is_checked_when_it_is_made_and_when_it_is_changed() -> None:
    with pytest.raises(ValueError, match="negative"):
        Point(-1)
    with pytest.raises(ValueError, match="negative"):
        replace(Point(1), x=-1)
    assert Point(5, 2) == replace(Point(1), x=5)


@pytest.mark.parametrize("arguments", [(), (1, 2, [], "", 5)])
def test_a_wrong_call_is_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Point(1, z=3)  # type: ignore[call-arg]


def test_a_frozen_instance_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises((AttributeError, TypeError)):
        point.other = 1  # type: ignore[attr-defined]


def test_equality_and_hash_are_those_of_the_compared_fields() -> None:
    assert Version(1, 2) == Version(1, 2)
    assert hash(Version(1, 2)) == hash(Version(1, 2))
    assert Version(1) != Version(2)
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Marked(1)
    assert Version(1).__eq__((1, 0)) is NotImplemented
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert Thing() != Thing()
    assert len({Thing(), Thing()}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter(count=1))


def test_values_are_ordered_field_by_field() -> None:
    assert [Version(1), Version(1, 5), Version(2)] == sorted([Version(2), Version(1, 5), Version(1)])
    assert Version(1) < Version(2) <= Version(2) > Version(1) >= Version(1)
    with pytest.raises(TypeError):
        assert Version(1) < 3  # type: ignore[operator]


def test_a_class_takes_over_the_fields_of_its_base() -> None:
    assert ["x", "y", "tags", "note", "mark"] == list(fields_of(Marked))
    assert "Marked(x=1, y=2, tags=[], mark='?')" == repr(Marked(1, mark="?"))
    assert not hasattr(Marked(1), "__dict__")


def test_fields_by_name_only_are_that() -> None:
    counter = Counter(count=1)
    counter.count += counter.step

    assert 2 == counter.count
    with pytest.raises(TypeError):
        Counter(1)  # type: ignore[call-arg]


def test_without_slots_defaults_stay_on_the_class() -> None:
    thing = Open()
    thing.parts.append("x")

    assert ("a", [], ["x"]) == (Open.name, Open().parts, thing.parts)


def test_a_required_field_after_an_optional_one_is_a_mistake() -> None:
    @dataclass(slots=True)
    class Wrong:
        """Not in order."""

        a: int = 1
        b: int  # type: ignore[misc]

    with pytest.raises(TypeError, match="without a default"):
        Wrong(1, 2)


def test_values_match_patterns() -> None:
    match Point(1, 5):
        case Point(1, y):
            assert 5 == y
        case _:
            pytest.fail("no match")


def test_values_can_be_copied_and_pickled() -> None:
    for value in (Point(1, 3, ["a"]), Marked(2, mark="?"), Open("b")):
        assert value == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == copy.copy(value)


def test_the_standard_library_knows_the_classes() -> None:
    assert dataclasses.is_dataclass(Point)
    assert ["x", "y", "tags", "note"] == [found.name for found in dataclasses.fields(Point)]
    assert Point(9) == dataclasses.replace(Point(1), x=9)
    assert {"major": 1, "minor": 0} == dataclasses.asdict(Version(1))
    assert ["count", "step"] == list(inspect.signature(Counter).parameters)


def test_importing_it_does_not_import_the_standard_one() -> None:
    code = "import sys, regclient.kit.dataclass; print('dataclasses' in sys.modules, 'inspect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"})

    assert "False False\n" == done.stdout
