"""What comes from a script's process is a value or is refused, whatever it is; what goes there comes back the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regclient.regbot.sandbox.wire import Garbled, decode, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | st.floats(allow_nan=False), inner, max_size=4),
    max_leaves=20,
)
PIECES = st.lists(st.sampled_from([b"~", b"+", b"-", b"#1\n", b"$1\n", b"$2\na", b"[2\n", b"{1\n", b"@a\n", b"?f\n", b"x"]))


@given(VALUES)
def test_values_come_back_the_same(value: object) -> None:
    assert value == decode(encode(value))


@given(st.binary(max_size=200) | PIECES.map(b"".join))
def test_anything_else_is_refused(message: bytes) -> None:
    try:
        value = decode(message)
    except Garbled:
        return
    assert decode(message) == value
