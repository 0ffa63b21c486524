"""JSON of others is read so that it can be written again."""

from __future__ import annotations

import pytest

from regclient.settings.jsontext import read_json
from tests.tables import table


@table(
    ("document", "value"),
    [
        ('{"a": [1, "x"]}', {"a": [1, "x"]}),
        (b'"\xc3\xa9"', "é"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"a\ud800b"', "a�b"),
        (r'{"\udfff": ["\UD800", 1]}'.replace(r"\U", r"\u"), {"�": ["�", 1]}),
        (rb'"\ud800"', "�"),
        ('"\\\\ud800"', "\\ud800"),
    ],
)
def test_what_is_read_is_text(document: str | bytes, value: object) -> None:
    assert value == read_json(document)


@table("document", ["", "{", "NaN", "[Infinity]", '{"a": -Infinity}', "1" * 5000, b"\xff"])
def test_what_is_no_json_is_refused(document: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the parser's own
        read_json(document)


def test_a_document_without_end_is_refused() -> None:
    with pytest.raises(RecursionError):
        read_json("[" * 200_000)
