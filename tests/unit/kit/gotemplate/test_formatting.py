from __future__ import annotations

import pytest

from regclient.kit.gotemplate.formatting import sprintf
from regclient.kit.gotemplate.values import Failure, Named, nil_pointer
from tests.tables import table


@table(
    ("template", "operands", "text"),
    [
        ("plain", [], "plain"),
        ("%d%%", [5], "5%"),
        ("%[2]d %[1]d", [1, 2], "2 1"),
        ("%*d|%-*d|", [4, 1, 3, 2], "   1|2  |"),
        ("%.*f", [1, 2.25], "2.2"),
        ("%[2]*[1]d", [7, 3], "  7"),
        ("%v %+v %#v", [{"a": 1}] * 3, 'map[a:1] map[a:1] map[string]interface {}{"a":1}'),
        ("%T", [nil_pointer("main.T")], "*main.T"),
        ("%x", ["hi"], "6869"),
        ("%s", [b"hi"], "hi"),
        ("%6.2f|", [3.14159], "  3.14|"),
        ("%*d", [-4, 1], "1   "),
        ("%t", [True], "true"),
        ("%#v", [Named(7, "uint8")], "0x7"),
    ],
)
def test_formats(template: str, operands: list[object], text: str) -> None:
    assert text == sprintf(template, operands)


@table(
    ("template", "operands", "text"),
    [
        ("%d", [], "%!d(MISSING)"),
        ("%d", ["a"], "%!d(string=a)"),
        ("%z", [1], "%!z(int=1)"),
        ("%", [], "%!(NOVERB)"),
        ("a", [1, None], "a%!(EXTRA int=1, <nil>)"),
        ("%[3]d", [1], "%!d(BADINDEX)"),
        ("%[x]d", [1], "%!d(BADINDEX)"),
        ("%*d", ["a", 1], "%!(BADWIDTH)1"),
        ("%.*d", ["a", 1], "%!(BADPREC)1"),
        ("%.*d", [-1, 1], "%!(BADPREC)1"),
        ("%99999999d", [1], "%!(NOVERB)%!(EXTRA int=1)"),
        ("%s", [None], "%!s(<nil>)"),
    ],
)
def test_mistakes_show_in_the_text(template: str, operands: list[object], text: str) -> None:
    assert text == sprintf(template, operands)


def test_a_monstrous_result_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regclient.kit.gotemplate.formatting._MAX_OUTPUT", 1 << 20)
    with pytest.raises(Failure, match="printf writes more than"):
        sprintf("%9999999d" * 20, list(range(20)))
