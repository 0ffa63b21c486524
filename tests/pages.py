"""The documents as tests read them."""

from __future__ import annotations

import re

from tests.house.source import ROOT

_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def python_blocks(page: str) -> list[str]:
    """Return the Python of a page, such as ``docs/howto/asyncio.md``, a block each."""
    return _PYTHON.findall((ROOT / page).read_text(encoding="utf-8"))


def play(page: str) -> None:
    """Run the Python of a page in its order, as one program."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in python_blocks(page):
        exec(compile(block, page, "exec"), names)
