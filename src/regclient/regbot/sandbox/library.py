"""All functions of the API, and the modules that a script sees them in."""

from __future__ import annotations

from regclient.regbot.sandbox import basic, blob, image, listing, manifest, reference
from regclient.regbot.sandbox.calls import FUNCTIONS, Function
from regclient.regbot.sandbox.wire import Table, Value

__all__ = ["FUNCTIONS", "MODULES", "NOUNS", "find", "modules"]

NOUNS = (basic, blob, image, listing, manifest, reference)
"""The modules whose import fills the table."""
MODULES = ("blob", "image", "imageconfig", "manifest", "reference", "repo", "tag")


def modules() -> Table:
    """Describe the modules for a script's process: for each, words and methods with the name to call."""
    functions: dict[str, dict[Value, Value]] = {name: {} for name in MODULES}
    methods: dict[str, dict[Value, Value]] = {name: {} for name in MODULES}
    for found in FUNCTIONS.values():
        for name in found.names:
            module, mark, word = _split(name)
            if module in functions:
                (methods if mark == ":" else functions)[module][word] = found.name
    return {name: {"functions": functions[name], "methods": methods[name]} for name in MODULES}


def find(name: str) -> Function | None:
    """Return the function that a script calls by its first name."""
    return FUNCTIONS.get(name)


def _split(name: str) -> tuple[str, str, str]:
    mark = ":" if ":" in name else "."
    module, _, word = name.partition(mark)
    return module, mark, word
