"""Values on their way: what is written is read, and what is no value is refused."""

from __future__ import annotations

import pytest

from regclient.regbot.sandbox.wire import (
    Foreign,
    Garbled,
    Made,
    Object,
    Record,
    Value,
    decode,
    encode,
    items_of,
    type_name,
)
from tests.tables import table


def test_what_lua_writes_is_read() -> None:
    assert 100_000 == len(list(decode(b"[100000\n" + b"~" * 100_000)))  # type: ignore[call-overload]
    assert [None, True, False, 1.5, "a\nb", {"k": 2.0, 1.0: "x"}] == decode(b"[6\n~+-#1.5\n$3\na\nb{2\n$1\nk#2\n#1\n$1\nx")
    assert Object("tag", {"a": "b"}) == decode(b"@tag\n{1\n$1\na$1\nb")
    assert Foreign("function") == decode(b"?function\n")
    assert "\udcff" == decode(b"$1\n\xff")
    assert {} == decode(b"{1\n+#1\n"), "a key that is neither a string nor a number is of no use"


def test_what_goes_to_lua_is_written() -> None:
    assert b"[3\n~+#7\n" == encode([None, True, 7])
    assert b"[2\n#1\n#255\n" == encode(b"\x01\xff")
    assert b"{1\n$1\na$1\n\xff" == encode({"a": "\udcff"})
    assert b"<2\n$4\nSize$4\nsize#3\n$3\nSet~-" == encode(Record((("Size", "size", 3), ("Set", "", False))))
    assert b"@blob\n{0\n~" == encode(Made("blob", {}))


@table(
    "message",
    [
        b"",
        b"[",
        b"[1\n",
        b"[-1\n",
        b"[99\n~",
        b"$5\nabc",
        b"$x\n",
        b"#\n",
        b"#one\n",
        b"~~",
        b"!1\n",
        b"<0\n",
        b"@tag\n~",
        b"@tag\n#1\n",
        b"?" + b"x" * 100,
        b"{1\n$1\na",
        b"\xff\xff\n",
        b"[1\n" * 70 + b"~",
        b"[250000\n" + b"~" * 250_000,
    ],
)
def test_what_is_no_value_is_refused(message: bytes) -> None:
    with pytest.raises(Garbled):
        decode(message)


def test_types_have_the_names_of_lua() -> None:
    values: list[Value] = [None, True, 1.0, "x", {}, Object("tag", {}), Foreign("thread")]

    assert ["nil", "boolean", "number", "string", "table", "userdata", "thread"] == [type_name(value) for value in values]


def test_a_list_with_a_gap_lacks_what_is_gone_and_nothing_behind_it() -> None:
    assert ["a", "b", "d"] == items_of({4.0: "d", 2.0: "b", 1.0: "a", 3.0: None})
    assert ["b", "z"] == items_of({1e300: "z", 2.0: "b"})


def test_what_is_at_no_place_of_a_list_is_not_in_it() -> None:
    assert ["a"] == items_of({1.0: "a", 0.0: "zero", -1.0: "less", 1.5: "half", float("inf"): "end", "n": "name", "1": "text"})
