"""The templates whose output Go decides; ``scripts/record-gotemplate`` runs them and writes ``vectors.json``."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

Case = tuple[str, object]


DATA: dict[str, object] = {
    "s": "text",
    "empty": "",
    "i": 5,
    "zero": 0,
    "f": {"@": "float64", "v": 2.5},
    "t": True,
    "no": False,
    "nil": None,
    "list": [1, "two", None, [3, 4], {"k": "v"}],
    "none": [],
    "map": {"b": 2, "a": {"deep": {"er": "x"}}, "n": None},
    "hollow": {},
    "sm": {"@": "map[string]string", "v": {"y": "2", "x": "1"}},
    "im": {"@": "map[int]string", "v": {"10": "ten", "9": "nine", "-1": "minus"}},
    "si": {"@": "map[string]int", "v": {"z": 26}},
    "ss": {"@": "[]string", "v": ["p", "q"]},
    "is": {"@": "[]int", "v": [3, 1, 2]},
    "bytes": {"@": "[]byte", "v": "ab€"},
    "p": {"@": "*Person", "v": "Bob"},
    "pv": {"@": "Person", "v": "Bob"},
    "pet": {"@": "Pet", "v": "Rex"},
    "petp": {"@": "*Pet", "v": "Rex"},
    "np": {"@": "nil *Person"},
    "pt": {"@": "Point", "v": 1},
    "ptp": {"@": "*Point", "v": 1},
    "pts": {"@": "[]Point"},
    "temp": {"@": "Temp", "v": 36.6},
    "tempp": {"@": "*Temp", "v": 36.6},
    "ntemp": {"@": "nil *Temp"},
    "color": {"@": "Color", "v": 2},
    "name": {"@": "Name", "v": "nom"},
    "digest": {"@": "Digest", "v": "sha256:abc"},
    "dur": {"@": "Duration", "v": 90000000000},
    "i64": {"@": "int64", "v": 64},
    "i8": {"@": "int8", "v": -8},
    "u": {"@": "uint", "v": 7},
    "u8": {"@": "uint8", "v": 200},
    "u64": {"@": "uint64", "v": 18446744073709551615},
    "c": {"@": "complex128", "v": [1, -2]},
    "nss": {"@": "nil []string"},
    "nsm": {"@": "nil map[string]string"},
    "up": {"@": "func upper"},
    "add": {"@": "func add"},
    "bad": {"@": "func fail"},
    "with-dash": 1,
    "é": "accent",
}

# Each template of holes.txt is tried with each of these; addresses differ from run to run, so no nested pointers.
_ALONE = frozenset({"p", "pv", "up", "add", "bad", "with-dash", "é"})
NAMES = [*(name for name in DATA if name not in _ALONE), "missing"]
_ENDLESS = frozenset({"dur", "u64", "color"})
VERBS = "vTtdboOxXcqUeEfFgGsp"
FLAGS = ("", "+", "-", "#", " ", "0", "+#", "-0", "# ")
SIZES = ("", "6", ".2", "8.3", "012")
FORMATTED: tuple[object, ...] = (
    0,
    42,
    -7,
    {"@": "uint8", "v": 200},
    {"@": "float64", "v": 3.14159},
    {"@": "float64", "v": -0.0001},
    {"@": "float64", "v": 1e100},
    'héllo`"\n',
    "",
    True,
    None,
    {"@": "[]byte", "v": "hi"},
    [1, "a"],
    {"@": "Point", "v": 1},
)
OPERANDS: tuple[object, ...] = (
    [3, 12],
    ["abc", "é"],
    [{"@": "float64", "v": 1.5}, 2],
    [{"@": "float64", "v": -123456.789}, 10],
    [],
    [None, None],
    [65, 5, {"@": "float64", "v": 2.25}],
    [[1, [2, None]], {"a": {"@": "Color", "v": 1}, "b": "x"}],
    [{"@": "Pet", "v": "Rex"}, {"@": "*Point", "v": 3}],
    [{"@": "map[string]int", "v": {"k": 1}}, {"@": "[]string", "v": ["a", "b"]}],
    [True, {"@": "uint64", "v": 255}],
)
FLOATS = [
    "0",
    "1",
    "-1",
    "0.1",
    "0.5",
    "1.5",
    "2.5",
    "100",
    "1e5",
    "123456",
    "1234567",
    "12345678",
    "1e20",
    "1e21",
    "1e22",
    "1.7976931348623157e308",
    "5e-324",
    "2.2250738585072014e-308",
    "1e-4",
    "1e-5",
    "0.00012345",
    "3.0000000000000004",
    "123456789.123456789",
    "9999999",
    "0.999999",
]
FLOAT_FORMATS = (
    *("%v", "%g", "%e", "%f", "%E", "%G", "%.0f", "%.3g", "%.10g", "%.0e", "%#g", "%#.3g", "%#v", "%#f", "%#.0f", "%x", "%X"),
    *("%.3x", "%b", "%+v", "%08.2f", "%-12g", "% g", "%.1f", "%6.3v", "%#x", "%#.2e", "%F", "%+.1e", "% 012.4f", "%-012.4f"),
)


def cases() -> Iterator[Case]:
    """Yield templates with their data."""
    for template in _read("texts"):
        yield template, None
    for template in _read("fields"):
        yield template, {"@": "sample"}
    for hole in _read("holes"):
        for name in NAMES:
            if "range" in hole and name in _ENDLESS:
                continue
            data = {name: DATA[name]} if name in DATA else {}
            yield hole.replace(".X", "." + name), data
    yield from _formats()


def _formats() -> Iterator[Case]:
    for verb, value in itertools.product(VERBS, FORMATTED):
        if verb == "p" and isinstance(value, (list, dict)):
            continue
        formats = [f"%{flag}{size}{verb}" for flag, size in itertools.product(FLAGS, SIZES)]
        yield "".join('{{printf "' + item + '|" .x}}' for item in formats), {"x": value}
    for template in _read("formats"):
        for operands in OPERANDS:
            if template in {"%p", "%O", "%w"} or (template == "%v" and operands is OPERANDS[8]):
                continue
            given = "".join(f" (index . {place})" for place in range(len(operands) if isinstance(operands, list) else 0))
            yield f"{{{{printf `{template}|`{given}}}}}", operands
    for number in FLOATS:
        yield "".join(f'{{{{printf "{item}|" .}}}}' for item in FLOAT_FORMATS), {"@": "float64", "v": float(number)}


def _read(name: str) -> list[str]:
    """Read a file of templates, one a line, with an arrow for each line end inside."""
    text = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")
    return [line.replace("⏎", "\n") for line in text.split("\n")[:-1]]


if __name__ == "__main__":
    listed = [{"template": template, "data": data} for template, data in cases()]
    json.dump({"sample": DATA, "cases": listed}, sys.stdout)
