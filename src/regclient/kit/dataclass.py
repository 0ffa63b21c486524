"""Value classes without what they cost at start-up: as much of :mod:`dataclasses` as we use.

Importing the standard module, and letting it write and compile the methods of every class before anybody calls one, took more
than half of the time of a small command. Here the constructor is written when it is first asked for, and the other methods are
the same few functions for all classes. To everybody else such a class is a dataclass like any other: ``replace``, ``fields``
and ``asdict`` of the standard library take it, and type checkers see the standard decorator.
"""

from __future__ import annotations

from operator import attrgetter, ge, gt, le, lt

TYPE_CHECKING = False
if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Callable, Iterator
    from dataclasses import dataclass, field, replace
    from typing import Any, TypeVar

    T = TypeVar("T")
    Namespace = dict[str, Any]

__all__ = ["dataclass", "field", "replace"]


class _Sign:
    """A default that stands for something else."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


_MISSING, _MADE = _Sign("<missing>"), _Sign("<factory>")


class _Field:
    """What is known of one field: its name, how its value is found when none is given, and what it counts for."""

    __slots__ = ("compare", "default", "factory", "kw_only", "name", "repr", "text")

    def __init__(self, default: object, factory: object, *, repr: bool, compare: bool) -> None:  # noqa: A002 - the standard's
        self.name = self.text = ""
        self.kw_only = False
        self.default = default
        self.factory = factory
        self.repr = repr
        self.compare = compare


def _field(
    *,
    default: object = _MISSING,
    default_factory: object = _MISSING,
    repr: bool = True,  # noqa: A002 - the name the standard library has for it
    compare: bool = True,
) -> _Field:
    return _Field(default, default_factory, repr=repr, compare=compare)


def _dataclass(
    *, slots: bool, frozen: bool = False, eq: bool = True, order: bool = False, kw_only: bool = False
) -> Callable[[type[T]], type[T]]:
    assert slots, "every value class here has slots"
    return lambda given: _made(given, frozen=frozen, eq=eq, order=order, kw_only=kw_only)


def _replace(value: T, /, **changes: object) -> T:
    kind = value.__class__
    for name in kind.__our_fields__:  # type: ignore[attr-defined] # every class made here has it
        if name not in changes:
            changes[name] = getattr(value, name)
    return kind(**changes)


def _made(given: type[T], *, frozen: bool, eq: bool, order: bool, kw_only: bool) -> Any:
    """Return the class once more, with slots for its fields and the methods of a value."""
    own = list(_own_fields(given, kw_only=kw_only))
    found: dict[str, _Field] = {}
    for base in reversed(given.__mro__[1:]):
        found.update(base.__dict__.get("__our_fields__", {}))
    inherited = set(found)
    found.update((one.name, one) for one in own)
    namespace = {name: value for name, value in given.__dict__.items() if name not in _NOT_TAKEN and name not in found}
    namespace["__slots__"] = tuple(one.name for one in own if one.name not in inherited)
    namespace["__our_fields__"] = found
    compared = [one.name for one in found.values() if one.compare]
    # A getter in C is no function, so it is not bound when it is found on an instance. Values without fields are all equal.
    namespace["__our_values__"] = attrgetter(*(compared or ["__class__"]))
    namespace["__dataclass_fields__"], namespace["__dataclass_params__"] = _Standard("fields"), _Standard("params")
    namespace.setdefault("__match_args__", tuple(one.name for one in found.values() if not one.kw_only))
    for name, method in _methods(frozen=frozen, eq=eq, order=order).items():
        # The interpreter puts None for the hash of a class that says when two are equal.
        if namespace.get(name) is None:
            namespace[name] = method
    made: Any = type(given)(given.__name__, given.__bases__, namespace)  # type: ignore[misc] # its metaclass, whichever
    made.__qualname__ = given.__qualname__
    return made


_NOT_TAKEN = frozenset({"__dict__", "__weakref__"})


def _own_fields(given: type, *, kw_only: bool) -> Iterator[_Field]:
    for name, text in given.__annotations__.items():
        if text.startswith("ClassVar"):
            continue
        default = given.__dict__.get(name, _MISSING)
        one = default if isinstance(default, _Field) else _Field(default, _MISSING, repr=True, compare=True)
        if one.default.__class__.__hash__ is None:
            raise ValueError(f"all {given.__name__} would share the default of {name}: give a default_factory")
        one.name, one.text, one.kw_only = name, text, kw_only
        yield one


def _methods(*, frozen: bool, eq: bool, order: bool) -> Namespace:
    methods: Namespace = {"__init__": _Constructor(frozen=frozen), "__repr__": _shown, "__replace__": _replace}
    if eq:
        methods.update(__eq__=_is_equal, __hash__=_hashed if frozen else None)
    if order:
        methods.update((f"__{compare.__name__}__", _comparing(compare)) for compare in (lt, le, gt, ge))
    if frozen:
        methods.update(__setattr__=_refuse_change, __delattr__=_refuse_change)
        methods.update(__getstate__=_state, __setstate__=_restore)
    return methods


def _shown(self: Any) -> str:
    parts = (f"{one.name}={getattr(self, one.name)!r}" for one in self.__our_fields__.values() if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(parts)})"


def _is_equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__our_values__(self) == other.__our_values__(other)


def _hashed(self: Any) -> int:
    return hash(self.__our_values__(self))


def _comparing(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def answer(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compare(self.__our_values__(self), other.__our_values__(other))

    return answer


def _refuse_change(self: object, name: str, value: object = None) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - a door: nobody gets here in earnest

    del value
    raise FrozenInstanceError(f"cannot change field {name!r} of {self.__class__.__name__}")


def _state(self: Any) -> list[object]:
    return [getattr(self, name) for name in self.__our_fields__]


def _restore(self: Any, state: list[object]) -> None:
    for name, value in zip(self.__our_fields__, state, strict=True):
        object.__setattr__(self, name, value)


class _Constructor:
    """``__init__`` until it is first asked for: then it is written, as the standard library would, and stands here instead."""

    def __init__(self, *, frozen: bool) -> None:
        self._frozen = frozen

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, instance: object, owner: type) -> object:
        made = self._write()
        self._owner.__init__ = made  # type: ignore[misc]
        return made if instance is None else made.__get__(instance, owner)

    def _write(self) -> Any:
        kind = self._owner
        found: dict[str, _Field] = kind.__our_fields__  # type: ignore[attr-defined]
        known: Namespace = {"_MADE": _MADE}
        parameters, lines = ["self"], []
        for one in sorted(found.values(), key=lambda one: one.kw_only):
            if one.kw_only and "*" not in parameters:
                parameters.append("*")
            parameters.append(one.name + _default(one, known))
            lines.append(self._assignment(one, known))
        if hasattr(kind, "__post_init__"):
            lines.append("self.__post_init__()")
        text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
        exec(text, known)  # noqa: S102 - made of names that the compiler took for such, as the standard library does
        made = known["__init__"]
        made.__qualname__ = f"{kind.__qualname__}.__init__"
        made.__annotations__ = {one.name: one.text for one in found.values()} | {"return": None}
        return made

    def _assignment(self, one: _Field, known: Namespace) -> str:
        value = one.name
        if one.factory is not _MISSING:
            known[f"_make_{one.name}"] = one.factory
            value = f"_make_{one.name}() if {one.name} is _MADE else {one.name}"
        if not self._frozen:
            return f"self.{one.name} = {value}"
        known[f"_set_{one.name}"] = getattr(self._owner, one.name).__set__
        return f"_set_{one.name}(self, {value})"


def _default(one: _Field, known: Namespace) -> str:
    if one.factory is not _MISSING:
        return "=_MADE"
    if one.default is _MISSING:
        return ""
    known[f"_default_{one.name}"] = one.default
    return f"=_default_{one.name}"


class _Standard:
    """What the standard library looks for in a dataclass, made when it does."""

    def __init__(self, which: str) -> None:
        self._name = f"__dataclass_{which}__"

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, instance: object, owner: type) -> object:
        import dataclasses  # noqa: PLC0415 - a door: what this module is for

        kind = self._owner
        described = [(one.name, one.text, _described(one)) for one in kind.__our_fields__.values()]  # type: ignore[attr-defined]
        frozen = kind.__setattr__ is _refuse_change
        twin = dataclasses.make_dataclass(kind.__name__, described, frozen=frozen)
        found: object = getattr(twin, self._name)
        setattr(kind, self._name, found)
        return found


def _described(one: _Field) -> dataclasses.Field[Any]:
    import dataclasses  # noqa: PLC0415 - as above

    options: Namespace = {"repr": one.repr, "compare": one.compare, "kw_only": one.kw_only}
    if one.default is not _MISSING:
        options["default"] = one.default
    if one.factory is not _MISSING:
        options["default_factory"] = one.factory
    found: dataclasses.Field[Any] = dataclasses.field(**options)
    return found


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _field, _replace
