"""The Python counterparts of the tagged values, types and functions of ``main.go``."""

from __future__ import annotations

from collections.abc import Callable

from regclient.kit.gotemplate import extras
from regclient.kit.gotemplate.timeview import duration_value
from regclient.kit.gotemplate.values import Failure, Function, Method, Named, Struct, nil_pointer


def decode(value: object, sample: object = None) -> object:
    """Return the value that a case's JSON describes; ``sample`` is the data that many cases share."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("@") == "sample":
        return decode(sample)
    if "@" in value:
        return _tagged(str(value["@"]), value.get("v"))
    return {key: decode(item) for key, item in value.items()}


def _tagged(kind: str, value: object) -> object:
    if kind in _SPECIAL:
        return _SPECIAL[kind](value)
    if kind == "float64":
        return float(str(value))
    if kind == "[]byte":
        return str(value).encode()
    if kind == "map[int]string" and isinstance(value, dict):
        return Named({int(key): item for key, item in value.items()}, kind)
    return Named(value, kind)


def _color(value: object) -> Named:
    return Named(value, "main.Color", text=lambda: f"color({value})", methods={"String": lambda: f"color({value})"})


def _digest(value: object) -> Named:
    text = str(value)
    return Named(
        text,
        "main.Digest",
        text=lambda: text,
        methods={"String": lambda: text, "Algorithm": lambda: text.partition(":")[0], "Validate": _invalid},
    )


def _invalid() -> object:
    return Named("not valid", "*errors.errorString", text=lambda: "not valid", kind="pointer")


def _point(x: int, y: int, *, pointer: bool = False) -> Struct:
    return Struct("main.Point", {"X": x, "Y": y}, pointer=pointer)


def _number_point(value: object, *, pointer: bool = False) -> Struct:
    number = int(str(value))
    return _point(number, number + 1, pointer=pointer)


def _temp(value: object, *, pointer: bool = False) -> Struct:
    degrees = float(str(value))
    return Struct(
        "main.Temp",
        {"Degrees": degrees},
        text=lambda: f"{degrees:.1f}°",
        pointer=pointer,
        methods={"String": lambda: f"{degrees:.1f}°"},
    )


def _pet(value: object, *, pointer: bool) -> Struct:
    fields: dict[str, object] = {
        "Name": value,
        "Tags": Named(["x", "y z"], "[]string"),
        "Any": 7,
        "Nil": None,
        "Shade": _color(3),
        "Counts": Named({"b": 2, "a": 1}, "map[string]int"),
        "Home": _point(1, 2),
    }
    return Struct("main.Pet", fields, pointer=pointer)


def _person(value: object, *, pointer: bool = False) -> Struct:
    boss = _made_person("Ada", 70, {}, pointer=True)
    fields: dict[str, object] = {
        "Tags": Named(["x", "y z"], "[]string"),
        "Labels": Named({"b": "2", "a": "1"}, "map[string]string"),
        "Boss": boss,
        "Any": 7,
        "Shade": _color(3),
        "Where": _point(1, 2, pointer=True),
    }
    return _made_person(str(value), 41, fields, pointer=pointer)


def _made_person(name: str, age: int, others: dict[str, object], *, pointer: bool) -> Struct:
    fields: dict[str, object] = {
        "Name": name,
        "Age": age,
        "Tags": Named(None, "[]string"),
        "Labels": Named(None, "map[string]string"),
        "Boss": nil_pointer("main.Person"),
        "Any": None,
        "Shade": _color(0),
        "Where": nil_pointer("main.Point"),
        **others,
    }
    methods: dict[str, Method] = {
        "Greet": Function(lambda word: f"{word} {name}", ("string",)),
        "Fail": _fail,
        "Add": Function(lambda a, b: a + b, ("int", "int")),
        "Join": Function(lambda sep, *parts: str(sep).join(parts), ("string", "string"), variadic=True),
        "IsOld": lambda: age > 60,
        "Self": lambda: Struct("main.Person", fields, methods=methods, pointer=True),
    }
    return Struct("main.Person", fields, methods=methods, pointer=pointer)


def _fail() -> object:
    raise Failure("this always fails")


def _failing() -> object:
    raise Failure("made to fail")


def _function_failed() -> object:
    raise Failure("function failed")


_SPECIAL: dict[str, Callable[[object], object]] = {
    "Color": _color,
    "Name": lambda value: Named(value, "main.Name"),
    "Digest": _digest,
    "Duration": lambda value: duration_value(int(str(value))),
    "complex128": lambda value: complex(*value) if isinstance(value, list) else 0j,
    "Person": _person,
    "*Person": lambda value: _person(value, pointer=True),
    "nil *Person": lambda _value: nil_pointer("main.Person"),
    "Pet": lambda value: _pet(value, pointer=False),
    "*Pet": lambda value: _pet(value, pointer=True),
    "Point": _number_point,
    "*Point": lambda value: _number_point(value, pointer=True),
    "Temp": _temp,
    "*Temp": lambda value: _temp(value, pointer=True),
    "nil *Temp": lambda _value: Named(None, "*main.Temp", text=lambda: "<nil>"),
    "nil []string": lambda _value: Named(None, "[]string"),
    "nil map[string]string": lambda _value: Named(None, "map[string]string"),
    "[]Point": lambda _value: Named([_point(1, 2), _point(3, 4)], "[]main.Point"),
    "func upper": lambda _value: Function(str.upper, ("string",)),
    "func add": lambda _value: Function(lambda a, b: a + b, ("int", "int")),
    "func fail": lambda _value: Function(_function_failed, ()),
    "nil": lambda _value: None,
}
FUNCTIONS: dict[str, Method] = {
    "same": lambda value: value,
    "wantString": Function(lambda value: f"s:{value}", ("string",)),
    "wantInt": Function(lambda value: value, ("int",)),
    "wantFloat": Function(lambda value: value, ("float64",)),
    "wantBool": Function(lambda value: value, ("bool",)),
    "wantMap": Function(lambda value: len(value or ()), ("map[string]interface {}",)),
    "total": Function(lambda *values: sum(values), ("int",), variadic=True),
    "nothing": lambda: "nothing",
    "null": lambda: None,
    "fails": _failing,
    **extras.PURE,
    **extras.json_functions(),
}
