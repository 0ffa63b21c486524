from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import ClassVar

import pytest

from regclient.kit.dataclass import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Ours:
    """A value with a field of each kind."""

    KIND: ClassVar[str] = "not a field"
    name: str
    size: int = 0
    notes: dict[str, str] = field(default_factory=dict, compare=False)
    secret: str = field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    KIND: ClassVar[str] = "not a field"
    name: str
    size: int = 0
    notes: dict[str, str] = dataclasses.field(default_factory=dict, compare=False)
    secret: str = dataclasses.field(default="", repr=False)


@dataclass(slots=True)
class Counter:
    count: int = 0


@dataclass(slots=True, eq=False)
class Thing:
    count: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Version:
    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    raw: bytes = b""
    length: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.raw))


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    name: str
    raw: bytes = b"default"


@dataclass(frozen=True, slots=True)
class Explicit:
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Explicit) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())

    def __repr__(self) -> str:
        return "shown by itself"


@dataclass(frozen=True, slots=True)
class HalfExplicit:  # noqa: PLW1641 - the hash is given
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HalfExplicit) and len(self.name) == len(other.name)


def test_a_value_is_made_and_shown_as_by_the_standard_library() -> None:
    for arguments, named in ((("a",), {}), (("a", 1, {"b": "c"}, "d"), {}), ((), {"size": 2, "name": "x"})):
        ours, theirs = Ours(*arguments, **named), Theirs(*arguments, **named)  # type: ignore[arg-type]

        assert repr(theirs).replace("Theirs", "Ours") == repr(ours)
        assert dataclasses.asdict(theirs) == dataclasses.asdict(ours)
    assert Ours("a").notes is not Ours("a").notes


def test_wrong_arguments_are_refused_with_the_name_of_the_class() -> None:
    with pytest.raises(TypeError, match=r"Ours\.__init__"):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Derived\.__init__"):
        Derived("positional")  # type: ignore[call-arg, arg-type]


def test_equality_and_hash_are_those_of_the_compared_fields_and_of_the_class() -> None:
    assert Ours("a") == Ours("a", notes={"x": "y"})
    assert hash(Ours("a")) == hash(Ours("a", notes={"x": "y"}))
    assert Ours("a") != Ours("b")
    assert Ours("a") != Theirs("a")  # type: ignore[comparison-overlap]
    assert Nothing() == Nothing()
    assert 1 == len({Nothing(), Nothing()})
    assert Counter(1) == Counter(1)
    assert Thing(1) != Thing(1)
    assert isinstance(hash(Thing(1)), int)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter(1))


def test_what_a_class_defines_itself_stays() -> None:
    assert Explicit("A") == Explicit("a")
    assert hash(Explicit("A")) == hash(Explicit("a"))
    assert "shown by itself" == repr(Explicit("A"))
    assert HalfExplicit("ab") == HalfExplicit("cd")
    assert hash(HalfExplicit("ab")) == hash(HalfExplicit("ab"))


def test_a_frozen_value_refuses_changes_and_others_take_them() -> None:
    value = Ours("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="'name' of Ours"):
        value.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.name
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.other = "b"  # type: ignore[attr-defined]
    counter = Counter()
    counter.count += 1
    assert Counter(1) == counter
    assert not hasattr(value, "__dict__")
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined]


def test_ordered_values_compare_field_by_field_with_their_own_class_only() -> None:
    assert [Version(1, 2), Version(1, 10), Version(2, 0)] == sorted([Version(2, 0), Version(1, 10), Version(1, 2)])
    assert (True, True, False, False) == (
        Version(1, 2) < Version(1, 3),
        Version(1, 2) <= Version(1, 2),
        Version(1, 2) > Version(1, 2),
        Version(1, 2) >= Version(1, 3),
    )
    with pytest.raises(TypeError):
        _ = Version(1, 2) < (1, 3)  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Ours("a") < Ours("b")  # type: ignore[operator]


def test_fields_of_a_base_come_first_and_its_post_init_is_called() -> None:
    assert "Derived(raw=b'default', length=7, name='n')" == repr(Derived(name="n"))
    assert ("name", "size", "notes", "secret") == Ours.__match_args__
    assert () == Derived.__match_args__
    assert Derived(name="n") != Base(raw=b"default")


def test_replace_makes_a_new_value() -> None:
    value = Ours("a", 1, {"k": "v"}, "s")

    assert Ours("a", 2, {"k": "v"}, "s") == replace(value, size=2)
    assert replace(value, size=2).notes is value.notes
    assert 3 == len(replace(Derived(name="n"), raw=b"abc").raw)
    with pytest.raises(TypeError, match="unknown"):
        replace(value, unknown=1)  # type: ignore[call-arg]


def test_the_standard_library_takes_it_for_a_dataclass() -> None:
    assert dataclasses.is_dataclass(Ours)
    assert [one.name for one in dataclasses.fields(Theirs)] == [one.name for one in dataclasses.fields(Ours)]
    for ours, theirs in zip(dataclasses.fields(Ours), dataclasses.fields(Theirs), strict=True):
        for word in ("default", "default_factory", "repr", "compare", "kw_only", "type"):
            assert getattr(theirs, word) == getattr(ours, word)
    assert Ours("b", 1) == dataclasses.replace(Ours("a", 1), name="b")
    assert [True, True] == [one.kw_only for one in dataclasses.fields(Base)]


def test_a_standard_dataclass_may_be_derived_from_it() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class More(Version):
        patch: int = 0

    assert "test_a_standard_dataclass_may_be_derived_from_it.<locals>.More(major=1, minor=2, patch=3)" == repr(More(1, 2, 3))


def test_its_signature_is_that_of_its_fields() -> None:
    assert str(inspect.signature(Theirs)) == str(inspect.signature(Ours))
    assert "(*, raw: 'bytes' = b'default', length: 'int' = 0, name: 'str') -> None" == str(inspect.signature(Derived))


def test_it_survives_copying_and_pickling() -> None:
    value = Ours("a", 1, {"k": "v"}, "s")

    for found in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert value == found
        assert {"k": "v"} == found.notes


def test_a_default_that_all_values_would_share_is_refused() -> None:
    with pytest.raises(ValueError, match="notes"):

        @dataclass(frozen=True, slots=True)
        class Wrong:
            notes: list[str] = []  # noqa: RUF012
