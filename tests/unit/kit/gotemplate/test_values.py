from __future__ import annotations

from regclient.kit.gotemplate.values import (
    NO_VALUE,
    Function,
    Named,
    Struct,
    checked,
    element_type,
    function_of,
    is_nil,
    key_type,
    kind_of,
    nil_pointer,
    plain,
    stringer_of,
    strings,
    truth_of,
    type_of,
    zero_of,
)
from tests.tables import table

POINT = Struct("main.Point", {"X": 1})


@table(
    ("value", "kind", "name"),
    [
        (None, "nil", "<nil>"),
        (NO_VALUE, "invalid", "<nil>"),
        (True, "bool", "bool"),
        (1, "int", "int"),
        (1.5, "float", "float64"),
        (1j, "complex", "complex128"),
        ("a", "string", "string"),
        (b"a", "slice", "[]uint8"),
        ((1,), "slice", "[]interface {}"),
        ({}, "map", "map[string]interface {}"),
        (len, "func", "func()"),
        (POINT, "struct", "main.Point"),
        (Struct("main.Point", {}, pointer=True), "pointer", "*main.Point"),
        (Named(1, "uint64"), "uint", "uint64"),
        (Named(1, "main.Flags", kind="uint"), "uint", "main.Flags"),
        (Named("a", "main.Name"), "string", "main.Name"),
        (nil_pointer("main.Point"), "pointer", "*main.Point"),
        (Named(None, "[]string"), "slice", "[]string"),
        (Named(None, "map[string]int"), "map", "map[string]int"),
    ],
)
def test_every_value_has_a_go_kind_and_type(value: object, kind: str, name: str) -> None:
    assert (kind, name) == (kind_of(value), type_of(value))


class Subclassed(dict[str, int]):
    """A mapping that is not exactly a dict."""


def test_subclasses_have_the_kind_of_their_base() -> None:
    assert kind_of(Subclassed()) == "map"


def test_unknown_objects_are_shown_as_pointers() -> None:
    assert type_of(object()) == "*object"


@table("value", [None, NO_VALUE, False, 0, 0.0, "", [], {}, b"", nil_pointer("x"), Named(0, "int64")])
def test_empty_values_are_false(value: object) -> None:
    assert not truth_of(value)


@table("value", [True, 1, "0", [0], {"a": 0}, Struct("t", {}), len, Named("x", "t")])
def test_other_values_are_true(value: object) -> None:
    assert truth_of(value)


def test_nil_is_nil_typed_or_not() -> None:
    assert [True, True, True, False] == [is_nil(None), is_nil(NO_VALUE), is_nil(nil_pointer("t")), is_nil(0)]


@table(
    ("name", "element"), [("[]string", "string"), ("map[string][]int", "[]int"), ("map[[2]int]string", "string"), ("int", "")]
)
def test_the_element_type_is_read_from_the_name(name: str, element: str) -> None:
    assert element == element_type(name)


def test_the_key_type_of_a_map_is_known() -> None:
    assert ["int", "string", "string", "int"] == [
        key_type(value) for value in (Named({}, "map[int]string"), {}, {"a": 1}, {1: 1})
    ]


def test_a_missing_key_gives_the_zero_value_of_the_element_type() -> None:
    assert zero_of(strings({})) == ""
    assert zero_of({}) is None
    assert type_of(zero_of(Named({}, "map[string]*main.Point"))) == "*main.Point"
    assert zero_of(Named({}, "map[string]main.Point")) is NO_VALUE


def test_an_argument_fits_its_parameter_or_is_named() -> None:
    assert ["", "", ""] == [checked(1, "any"), checked("a", "string"), checked(None, "[]string")]
    assert checked(Named("a", "main.Name"), "string") == "wrong type for value; expected string; got main.Name"
    assert checked(None, "string") == "wrong type for value; expected string; got interface {}"


def test_a_bare_callable_is_described_by_its_code() -> None:
    def two(first: object, second: object = None) -> object:
        return first or second

    class Holder:
        def method(self, only: object) -> object:
            return only

    assert (("any", "any"), 1) == (function_of(two).parameters, function_of(two).required)
    assert ("any",) == function_of(Holder().method).parameters
    assert function_of(lambda *values: values).variadic
    assert function_of(print).variadic


def test_a_function_is_its_own_description() -> None:
    known = Function(len, ("any",))
    assert known is function_of(known)
    assert known("abc") == 3


def test_named_values_have_a_plain_one_under_them() -> None:
    assert [1, "a"] == [plain(Named(1, "int64")), plain("a")]


def test_only_views_have_a_text_of_their_own() -> None:
    shown = Named(1, "main.Color", text=lambda: "red")
    text = stringer_of(shown)
    assert text is not None
    assert text() == "red"
    assert stringer_of("red") is None


def test_the_missing_value_prints_as_such() -> None:
    assert repr(NO_VALUE) == "<no value>"


def test_the_keys_of_a_map_whose_type_has_a_name_tell_their_type() -> None:
    assert "string" == key_type(Named({"Etag": ["x"]}, "http.Header"))
    assert "string" == key_type(Named({}, "http.Header"))
    assert "int" == key_type(Named({1: "x"}, "map[int]string"))
