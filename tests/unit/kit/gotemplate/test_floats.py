from __future__ import annotations

from regclient.kit.gotemplate.floats import append_float
from tests.tables import table


@table(
    ("value", "verb", "precision", "text"),
    [
        (0.0, "g", -1, "0"),
        (-0.0, "g", -1, "-0"),
        (1e6, "g", -1, "1e+06"),
        (123456.0, "g", -1, "123456"),
        (1e-4, "g", -1, "0.0001"),
        (1e-5, "g", -1, "1e-05"),
        (0.1, "f", -1, "0.1"),
        (1e21, "f", -1, "1000000000000000000000"),
        (1.5, "e", -1, "1.5e+00"),
        (1.25, "f", 1, "1.2"),
        (1.5, "G", 3, "1.5"),
        (1e10, "G", 3, "1E+10"),
        (1.0, "b", -1, "4503599627370496p-52"),
        (5e-324, "b", -1, "1p-1074"),
        (1.0, "x", -1, "0x1p+00"),
        (1.999, "x", 0, "0x1p+01"),
        (0.0, "x", 2, "0x0.00p+00"),
        (3.0, "X", 2, "0X1.80P+01"),
        (5e-324, "x", -1, "0x1p-1074"),
        (float("inf"), "g", -1, "+Inf"),
        (float("-inf"), "g", -1, "-Inf"),
        (float("nan"), "g", -1, "NaN"),
    ],
)
def test_numbers_are_written_as_go_does(value: float, verb: str, precision: int, text: str) -> None:
    assert text == append_float(value, verb, precision)
