"""Dataclasses, as far as this project uses them, that cost next to nothing to import.

The standard ones compile up to eight functions for each class when its module is imported, whether or not the class is ever
used: for a program that starts, answers and ends, half its time. Here the methods are shared, and ``__init__`` is compiled when
the first instance is made. What is written, what type checkers see and what instances do is the same; ``dataclasses.fields``
and ``dataclasses.replace`` work on these classes as well.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Callable, Iterable, Mapping
    from inspect import Signature
    from typing import TypeVar

    T = TypeVar("T")


class _Missing:
    """The type of :data:`MISSING`."""

    __slots__ = ()


MISSING = _Missing()
"""No default."""


class Field:
    """What is known of one field of a class."""

    __slots__ = ("compare", "default", "factory", "keyword", "repr", "type")

    def __init__(self, default: object, factory: object, *, compare: bool = True, repr: bool = True) -> None:  # noqa: A002 - as in the standard library
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr
        self.keyword = False
        self.type: object = None

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is MISSING and self.factory is MISSING


def field(
    *,
    default: object = MISSING,
    default_factory: object = MISSING,
    compare: bool = True,
    repr: bool = True,  # noqa: A002 - as in the standard library
) -> Field:
    """Describe a field: its default or what makes it, and whether it counts in comparisons and shows in ``repr``."""
    return Field(default, default_factory, compare=compare, repr=repr)


def dataclass(
    *, frozen: bool = False, slots: bool = False, order: bool = False, eq: bool = True, kw_only: bool = False
) -> Callable[[type], type]:
    """Make a class with annotations a class of values; the options are those of the standard library."""

    def make(cls: type) -> type:
        fields = {**_inherited(cls), **_own(cls, keyword=kw_only)}
        body = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
        _strip(body, fields, _inherited(cls), slots=slots)
        _add_methods(body, fields, frozen=frozen, eq=eq, order=order)
        made: type = type(cls)(cls.__name__, cls.__bases__, body)
        made.__qualname__ = cls.__qualname__
        return made

    return make


def replace(value: T, /, **changes: object) -> T:
    """Return the value with some fields changed; it is checked again as a new one is."""
    return type(value)(**{**{name: getattr(value, name) for name in fields_of(value)}, **changes})


def fields_of(value: object) -> Mapping[str, Field]:
    """Return the fields of such a class or of one of its instances, by name."""
    found: Mapping[str, Field] = getattr(value, "__fields__", {})
    return found


def _inherited(cls: type) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for base in reversed(cls.__mro__[1:]):
        found.update(base.__dict__.get("__fields__", {}))
    return found


def _own(cls: type, *, keyword: bool) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for name, annotation in cls.__annotations__.items():
        if str(annotation).startswith(("ClassVar", "typing.ClassVar")):
            continue
        given = cls.__dict__.get(name, MISSING)
        known = given if isinstance(given, Field) else Field(given, MISSING)
        known.keyword, known.type = keyword, annotation
        found[name] = known
    return found


def _strip(body: dict[str, object], fields: Mapping[str, Field], inherited: Mapping[str, Field], *, slots: bool) -> None:
    """Take the defaults out of the class: with slots all of them, otherwise only what ``field`` said."""
    if slots:
        body["__slots__"] = tuple(name for name in fields if name not in inherited)
    for name, known in fields.items():
        if slots or isinstance(body.get(name), Field):
            body.pop(name, None)
            if not slots and known.default is not MISSING:
                body[name] = known.default


def _add_methods(body: dict[str, object], fields: Mapping[str, Field], *, frozen: bool, eq: bool, order: bool) -> None:
    compared = [name for name, known in fields.items() if known.compare]
    key: Callable[[object], object] = attrgetter(*compared) if compared else lambda _: ()
    hashes = "__hash__" in body and not (body["__hash__"] is None and "__eq__" in body)
    methods = {**_METHODS, **(_comparisons(key, order=order) if eq else {})}
    methods["__match_args__"] = tuple(name for name, known in fields.items() if not known.keyword)
    for name, method in methods.items():
        body.setdefault(name, method)
    body["__fields__"] = dict(fields)
    if eq and not hashes:
        body["__hash__"] = (lambda self: hash(key(self))) if frozen else None
    if frozen:
        body.update({"__setattr__": _refuse, "__delattr__": _refuse})


def _comparisons(key: Callable[[object], object], *, order: bool) -> dict[str, object]:
    def comparison(question: str) -> Callable[[object, object], object]:
        def compare(self: object, other: object) -> object:
            if other.__class__ is not self.__class__:
                return NotImplemented
            # In tuples, so that a value equals itself whatever its fields say.
            return getattr((key(self),), question)((key(other),))

        return compare

    return {question: comparison(question) for question in (_ORDER if order else _ORDER[:1])}


def _repr(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, known in fields_of(self).items() if known.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: object, name: str, *_: object) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - a door: a mistake may take its time

    raise FrozenInstanceError(f"cannot change field {name!r} of a {type(self).__qualname__}")


def _getstate(self: object) -> list[object]:
    return [getattr(self, name) for name in fields_of(self)]


def _setstate(self: object, state: Iterable[object]) -> None:
    for name, value in zip(fields_of(self), state, strict=True):
        object.__setattr__(self, name, value)


def _first_init(self: object, /, *args: object, **kwargs: object) -> None:
    """Compile the ``__init__`` of the class, which takes this one's place, and call it."""
    for cls in type(self).__mro__:
        if cls.__dict__.get("__init__") is _first_init:
            type.__setattr__(cls, "__init__", _compiled(cls))
            break
    type(self).__init__(self, *args, **kwargs)


def _compiled(cls: type) -> Callable[..., None]:
    fields = fields_of(cls)
    known: dict[str, object] = {"_set": object.__setattr__, "_missing": MISSING}
    places = [name for name, found in fields.items() if not found.keyword]
    if places != sorted(places, key=lambda name: not fields[name].required):
        raise TypeError(f"a field without a default follows one with a default in {cls.__qualname__}")
    parameters = ["self", *(_parameter(name, fields[name], known) for name in places)]
    keywords = [_parameter(name, found, known) for name, found in fields.items() if found.keyword]
    parameters += ["*", *keywords] if keywords else []
    store = "_set(self, {0!r}, {1})" if "__setattr__" in cls.__dict__ else "self.{0} = {1}"
    lines = [store.format(name, _value(name, found)) for name, found in fields.items()]
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    source = f"def __init__({', '.join(parameters)}):\n" + "".join(f"    {line}\n" for line in lines or ["pass"])
    exec(source, known)  # noqa: S102 - of names from our own annotations, as the standard library does
    made = known["__init__"]
    assert callable(made)
    return made


def _parameter(name: str, found: Field, known: dict[str, object]) -> str:
    if found.required:
        return name
    if found.factory is not MISSING:
        known[f"_make_{name}"] = found.factory
        return f"{name}=_missing"
    known[f"_default_{name}"] = found.default
    return f"{name}=_default_{name}"


def _value(name: str, found: Field) -> str:
    return name if found.factory is MISSING else f"_make_{name}() if {name} is _missing else {name}"


class _Standard:
    """Gives ``dataclasses`` what it wants to know of a class, when it asks."""

    def __get__(self, instance: object, owner: type) -> dict[str, object]:
        import dataclasses  # noqa: PLC0415 - what this module is there to avoid, until somebody asks

        standard = dataclasses.make_dataclass(
            owner.__name__, [(name, object, _standard_field(found)) for name, found in fields_of(owner).items()]
        )
        return {found.name: found for found in dataclasses.fields(standard)}


def _standard_field(found: Field) -> dataclasses.Field[object]:
    import dataclasses  # noqa: PLC0415 - as above

    made: dataclasses.Field[object] = dataclasses.field(compare=found.compare, repr=found.repr, kw_only=found.keyword)
    if found.factory is not MISSING:
        made.default_factory = found.factory  # type: ignore[assignment] # a callable, or the class would not work
    elif found.default is not MISSING:
        made.default = found.default
    return made


class _Signature:
    """Gives ``inspect.signature`` the parameters of a class, when it asks."""

    def __get__(self, instance: object, owner: type) -> Signature:
        from inspect import signature  # noqa: PLC0415 - as above

        of_init = signature(_compiled(owner))
        return of_init.replace(parameters=list(of_init.parameters.values())[1:])


_ORDER = ("__eq__", "__lt__", "__le__", "__gt__", "__ge__")
_METHODS: dict[str, object] = {
    "__dataclass_fields__": _Standard(),
    "__getstate__": _getstate,
    "__init__": _first_init,
    "__repr__": _repr,
    "__setstate__": _setstate,
    "__signature__": _Signature(),
}
