"""What a template may hold: plain Python values, and three small views for what Python has no name for in Go.

=====================  =====================================================================
Python                 Go
=====================  =====================================================================
``None``               a nil interface: false, prints as ``<nil>`` inside values, ``<no value>`` alone
``bool int float``     ``bool``, ``int``, ``float64`` (``complex``: ``complex128``)
``str``, ``bytes``     ``string``, ``[]uint8``
list, tuple            ``[]interface {}``
mapping                ``map[string]interface {}``
callable, `Function`   a function
`Struct`               a struct or a pointer to one: named fields in order, methods, a type name
`Named`                anything of another Go type: ``int64``, ``digest.Digest``, ``map[string]string``, nil pointers
=====================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from regclient.errors import RegistryClientError

Method = Callable[..., object]
NOTHING: Mapping[str, Method] = MappingProxyType({})


class Failure(RegistryClientError):
    """A function or method of a template cannot give a result; the engine reports it with the place in the template."""


class NoValue:
    """The type of :data:`NO_VALUE`: what a missing map key gives."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Print the way a template does."""
        return "<no value>"


NO_VALUE = NoValue()


class Struct:
    """A Go struct, or a pointer to one, under a template.

    ``fields`` are the exported Go names in order; the mapping may compute its values when asked. ``methods`` are called when a
    template names them, and may raise any error to fail the template. ``text`` is Go's ``String()``, used wherever the value
    is printed; ``document`` is its ``MarshalJSON()``, for ``json``. ``subject`` is the Python object behind the view.
    """

    __slots__ = ("document", "fields", "methods", "pointer", "subject", "text", "type_name")

    def __init__(  # noqa: PLR0913 - the facts of one Go type
        self,
        type_name: str,
        fields: Mapping[str, object],
        *,
        methods: Mapping[str, Method] = NOTHING,
        text: Callable[[], str] | None = None,
        document: Callable[[], str] | None = None,
        pointer: bool = False,
        subject: object = None,
    ) -> None:
        self.type_name = type_name
        self.fields = fields
        self.methods = methods
        self.text = text
        self.document = document
        self.pointer = pointer
        self.subject = subject


class Named:
    """A value of a Go type that plain Python does not tell: a sized integer, a named string, a typed map or slice, a nil.

    ``value`` is the plain value underneath. ``None`` makes a typed nil: a pointer when the type name starts with ``*``, else a
    nil slice or map. ``kind`` is only needed where the type name does not tell it, such as a named unsigned integer, and
    ``under`` where it hides a map's types.
    ``methods``, ``text`` and ``subject`` are as in :class:`Struct`.
    """

    __slots__ = ("kind", "methods", "subject", "text", "type_name", "under", "value")

    def __init__(  # noqa: PLR0913 - what Go knows of a value
        self,
        value: object,
        type_name: str,
        *,
        methods: Mapping[str, Method] = NOTHING,
        text: Callable[[], str] | None = None,
        kind: str = "",
        under: str = "",
        subject: object = None,
    ) -> None:
        self.value = value
        self.type_name = type_name
        self.under = under or type_name
        self.methods = methods
        self.text = text
        self.kind = kind or _named_kind(value, type_name)
        self.subject = subject


class Function:
    """A callable with the Go types of its parameters, so that a wrong call fails as Go's does and never reaches Python.

    ``parameters`` are Go type names; ``any`` takes everything. The last one repeats when ``variadic``. The callable gets the
    values as the template holds them. A bare callable is taken as a function of as many ``any`` as it has arguments.
    """

    __slots__ = ("call", "parameters", "required", "variadic")

    def __init__(self, call: Method, parameters: tuple[str, ...], *, variadic: bool = False, optional: int = 0) -> None:
        self.call = call
        self.parameters = parameters
        self.variadic = variadic
        self.required = len(parameters) - variadic - optional

    def __call__(self, *arguments: object) -> object:
        """Call it, unchecked."""
        return self.call(*arguments)

    def type_at(self, place: int) -> str:
        """Return the type that the argument at this place must have."""
        return self.parameters[min(place, len(self.parameters) - 1)] if self.parameters else "any"


def function_of(call: Method) -> Function:
    """Describe a bare callable by its code object: importing ``inspect`` would cost more than most templates take."""
    if isinstance(call, Function):
        return call
    bound = getattr(call, "__func__", None)
    code = getattr(bound or call, "__code__", None)
    if code is None:
        return Function(call, ("any",), variadic=True)
    count = code.co_argcount - (bound is not None)
    defaults = len(getattr(bound or call, "__defaults__", None) or ())
    variadic = bool(code.co_flags & 0x04)
    return Function(call, ("any",) * (count + variadic), variadic=variadic, optional=defaults)


def checked(value: object, wanted: str) -> str:
    """Return what is wrong with handing the value to a parameter of the type, nothing when it fits."""
    if wanted == "any" or type_of(value) == wanted or (value is None and wanted.startswith(_NILABLE)):
        return ""
    given = "interface {}" if value is None else type_of(value)
    return f"wrong type for value; expected {wanted}; got {given}"


def strings(mapping: Mapping[str, str]) -> Named:
    """View a mapping as Go's ``map[string]string``: ``index`` gives an empty string for a key it does not have."""
    return Named(mapping, "map[string]string")


def nil_pointer(type_name: str) -> Named:
    """Return a nil pointer to the named type (without the star): false, printed as ``<nil>``."""
    return Named(None, "*" + type_name)


def plain(value: object) -> object:
    """Return the plain Python value under a named one, the value itself otherwise."""
    return value.value if isinstance(value, Named) else value


def kind_of(value: object) -> str:
    """Return Go's kind, coarsely: bool int uint float complex string slice map struct pointer func nil invalid."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, Named):
        return value.kind
    if isinstance(value, Struct):
        return "pointer" if value.pointer else "struct"
    for base, name in _BASES:
        if isinstance(value, base):
            return name
    return "func" if callable(value) else "struct"


def type_of(value: object) -> str:
    """Return the Go type's name, as ``%T`` and error messages print it."""
    if isinstance(value, Named):
        return value.type_name
    if isinstance(value, Struct):
        return "*" + value.type_name if value.pointer else value.type_name
    if isinstance(value, bytes):
        return "[]uint8"
    kind = kind_of(value)
    return _TYPES[kind] if kind in _TYPES else f"*{type(value).__name__}"


def stringer_of(value: object) -> Callable[[], str] | None:
    """Return the value's ``String()`` when its type has one."""
    return value.text if isinstance(value, (Named, Struct)) else None


def is_nil(value: object) -> bool:
    """Whether the value is nil, typed or not, or missing."""
    return value is None or value is NO_VALUE or (isinstance(value, Named) and value.value is None)


def truth_of(value: object) -> bool:
    """Say what ``if`` makes of a value: false for zero, empty, nil and missing; true for every struct and function."""
    if isinstance(value, Named):
        value = value.value
    if value is NO_VALUE or value is None:
        return False
    if isinstance(value, (bool, int, float, complex, str, bytes, list, tuple, Mapping)):
        return bool(value)
    return True


def zero_of(value: object) -> object:
    """Return what ``index`` gives for a key that a map does not have: the zero value of its element type."""
    element = element_type(value.under if isinstance(value, Named) else type_of(value))
    if element in _ZEROS:
        return _ZEROS[element]
    return Named(None, element) if element[:1] in {"[", "*"} or element.startswith("map[") else NO_VALUE


def element_type(type_name: str) -> str:
    """Return the type of a slice's or map's elements from the name of its type."""
    depth = 0
    for position, character in enumerate(type_name):
        depth += (character == "[") - (character == "]")
        if character == "]" and depth == 0:
            return type_name[position + 1 :]
    return ""


def key_type(mapping: object) -> str:
    """Return the type of a map's keys; the first key of one whose type has a name, or none, tells."""
    if isinstance(mapping, Named) and mapping.under.startswith("map["):
        return mapping.under[4 : -len(element_type(mapping.under)) - 1]
    under = plain(mapping)
    first = next(iter(under), "") if isinstance(under, Mapping) else ""
    return type_of(first)


def _named_kind(value: object, type_name: str) -> str:
    if value is None:
        return "pointer" if type_name.startswith("*") else "map" if type_name.startswith("map[") else "slice"
    if type_name.startswith(("uint", "uintptr")) and isinstance(value, int):
        return "uint"
    return kind_of(value)


_NILABLE = ("map[", "[]", "*")
_KINDS: dict[type, str] = {
    type(None): "nil",
    NoValue: "invalid",
    bool: "bool",
    int: "int",
    float: "float",
    complex: "complex",
    str: "string",
    bytes: "slice",
    list: "slice",
    tuple: "slice",
    dict: "map",
    Function: "func",
}
_BASES: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "string"),
    (bytes, "slice"),
    (list, "slice"),
    (tuple, "slice"),
    (Mapping, "map"),
)
_TYPES = {
    "nil": "<nil>",
    "invalid": "<nil>",
    "bool": "bool",
    "int": "int",
    "float": "float64",
    "complex": "complex128",
    "string": "string",
    "slice": "[]interface {}",
    "map": "map[string]interface {}",
    "func": "func()",
}
_ZEROS: dict[str, object] = {
    "interface {}": None,
    "string": "",
    "bool": False,
    "int": 0,
    "int64": Named(0, "int64"),
    "float64": 0.0,
}
