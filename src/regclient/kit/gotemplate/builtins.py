"""The functions every Go template has.

``and`` and ``or`` are here for their names only: the evaluator runs them itself, because they stop at the first answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from regclient.kit.gotemplate import comparison, escaping
from regclient.kit.gotemplate.formatting import sprintf
from regclient.kit.gotemplate.printing import sprint, sprintln
from regclient.kit.gotemplate.text import from_utf8, utf8
from regclient.kit.gotemplate.values import (
    Failure,
    Function,
    Method,
    Named,
    checked,
    function_of,
    is_nil,
    key_type,
    kind_of,
    plain,
    truth_of,
    type_of,
    zero_of,
)


def _short_circuit(*values: object) -> object:
    return values[-1]


def _not(value: object) -> bool:
    return not truth_of(value)


def _len(value: object) -> int:
    under = plain(value)
    if isinstance(under, str):
        return len(utf8(under))
    if isinstance(under, (bytes, list, tuple, Mapping)):
        return len(under)
    if kind_of(value) in {"slice", "map"}:
        return 0
    raise Failure("len of nil pointer" if under is None else f"len of type {_target(value)}")


def _index(item: object, *keys: object) -> object:
    if item is None:
        raise Failure("index of untyped nil")
    for key in keys:
        if is_nil(item) and kind_of(item) not in {"map", "slice"}:
            raise Failure("index of nil pointer")
        item = _indexed(item, key)
    return item


def _indexed(item: object, key: object) -> object:
    kind, under = kind_of(item), plain(item)
    if kind == "map":
        return _looked_up(item, key)
    if kind not in {"slice", "string"}:
        raise Failure(f"can't index item of type {_target(item)}")
    sequence = _sequence(under)
    found = sequence[_place(key, len(sequence))]
    return Named(found, "uint8") if isinstance(sequence, bytes) else found


def _looked_up(item: object, key: object) -> object:
    wanted = key_type(item)
    if key is None and wanted != "interface {}":
        raise Failure(f"value is nil; should be of type {wanted}")
    if wanted not in {"interface {}", type_of(key)}:
        raise Failure(f"value has type {type_of(key)}; should be {wanted}")
    mapping = plain(item)
    if isinstance(mapping, Mapping) and plain(key) in mapping:
        return mapping[plain(key)]
    return zero_of(item)


def _target(value: object) -> str:
    return type_of(value).removeprefix("*")


def _sequence(under: object) -> bytes | list[object] | tuple[object, ...]:
    if isinstance(under, str):
        return utf8(under)
    return under if isinstance(under, (bytes, list, tuple)) else ()


def _place(key: object, limit: int) -> int:
    under = plain(key)
    if key is None:
        raise Failure("cannot index slice/array with nil")
    if isinstance(under, bool) or not isinstance(under, int):
        raise Failure(f"cannot index slice/array with type {type_of(key)}")
    if not 0 <= under < limit:
        raise Failure(f"index out of range: {under}")
    return under


def _slice(item: object, *bounds: object) -> object:
    if item is None:
        raise Failure("slice of untyped nil")
    if len(bounds) > 3:
        raise Failure(f"too many slice indexes: {len(bounds)}")
    kind, under = kind_of(item), plain(item)
    if kind == "string" and len(bounds) == 3:
        raise Failure("cannot 3-index slice a string")
    if kind == "pointer" and under is None:
        raise Failure("slice of nil pointer")
    if kind not in {"slice", "string"}:
        raise Failure(f"can't slice item of type {_target(item)}")
    sequence = _sequence(under)
    limit = len(sequence)
    places = [_place(bound, limit + 1) for bound in bounds]
    for low, high in pairwise(places):
        if low > high:
            raise Failure(f"invalid slice index: {low} > {high}")
    cut = sequence[(places or [0])[0] : places[1] if len(places) > 1 else limit]
    result = from_utf8(cut) if isinstance(under, str) and isinstance(cut, bytes) else cut
    return Named(result, item.type_name) if isinstance(item, Named) else result


def _print(*values: object) -> str:
    return sprint(values)


def _println(*values: object) -> str:
    return sprintln(values)


def _printf(template: str, *values: object) -> str:
    return sprintf(template, values)


def _call(name: str, function: object, *arguments: object) -> object:
    if function is None:
        raise Failure("call of nil")
    if not callable(function):
        raise Failure(f"non-function {name} of type {type_of(function)}")
    known = function_of(function)
    _check_call(known, name, arguments)
    return known.call(*arguments)


def _check_call(function: Function, name: str, arguments: tuple[object, ...]) -> None:
    count = len(arguments)
    if function.variadic and count < function.required:
        raise Failure(f"wrong number of args for {name}: got {count} want at least {function.required}")
    if not function.variadic and not function.required <= count <= len(function.parameters):
        raise Failure(f"wrong number of args for {name}: got {count} want {len(function.parameters)}")
    for place, argument in enumerate(arguments):
        wanted = function.type_at(place)
        if checked(argument, wanted):
            raise Failure(f"arg {place}: value has type {type_of(argument)}; should be {wanted}")


def _any(call: Method, least: int) -> Function:
    return Function(call, ("any",) * (least + 1), variadic=True)


BUILTINS: Mapping[str, Method] = {
    "and": _any(_short_circuit, 1),
    "call": _any(_call, 1),
    "html": _any(escaping.html, 0),
    "index": _any(_index, 1),
    "slice": _any(_slice, 1),
    "js": _any(escaping.js, 0),
    "len": Function(_len, ("any",)),
    "not": Function(_not, ("any",)),
    "or": _any(_short_circuit, 1),
    "print": _any(_print, 0),
    "printf": Function(_printf, ("string", "any"), variadic=True),
    "println": _any(_println, 0),
    "urlquery": _any(escaping.urlquery, 0),
    "eq": _any(comparison.eq, 1),
    "ge": Function(comparison.ge, ("any", "any")),
    "gt": Function(comparison.gt, ("any", "any")),
    "le": Function(comparison.le, ("any", "any")),
    "lt": Function(comparison.lt, ("any", "any")),
    "ne": Function(comparison.ne, ("any", "any")),
}
