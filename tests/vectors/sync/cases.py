"""What the recorder asks Go's regsync: which of these tags it selects by each range and each pattern."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
TAGS = (_HERE / "tags.txt").read_text("utf-8").splitlines()
PATTERNS = (_HERE / "patterns.txt").read_text("utf-8").splitlines()
_ODD_RANGES = (
    "  ",
    ">= 1.0",
    ">=1 <2",
    "1 || 2",
    ">1,<2",
    "!=1",
    "==1",
    "~>1",
    "1.x",
    "*",
    "1 - 2",
    ">=v1",
    " >=1 ",
    "=>1",
    "><1",
    ">1 foo",
    "\t>=1\n<2",
    "1\u00a02",
    ">=1+build",
    "^0",
    "^0.0",
    "~1",
    "~0",
    "^v1.2",
    "~1.2.3-rc1",
    "^1.2.3-rc1",
    "^0.2.3-x",
    "=v1.2",
    "~1.2.3.4",
    "^1.2.3.4",
    "^0.0.0.1",
)
RANGES = list(
    dict.fromkeys(
        [operator + tag for tag in TAGS if tag[0] in "v0123456789" for operator in ("<", ">", "=", "<=", ">=", "^", "~", "")]
        + list(_ODD_RANGES)
    )
)
