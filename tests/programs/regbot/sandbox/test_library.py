"""The table of functions, and the modules made of it."""

from __future__ import annotations

from regclient.regbot.sandbox.library import MODULES, NOUNS, find, modules

EXPECTED = {
    "blob": ("get head put", "get head put"),
    "image": ("config copy exportTar importTar manifest manifestHead manifestList ratelimitWait", ""),
    "imageconfig": ("__tostring", "export"),
    "manifest": (
        "__tostring descriptor get getList head put",
        "config delete descriptor export get head put ratelimit ratelimitWait",
    ),
    "reference": ("__tostring close new", "close digest tag"),
    "repo": ("ls", ""),
    "tag": ("delete ls", ""),
}
"""What the Go program has."""


def test_scripts_see_the_modules_and_methods_of_the_go_program() -> None:
    described = {}
    for name, module in modules().items():
        assert isinstance(module, dict)
        described[name] = (" ".join(sorted(module["functions"])), " ".join(sorted(module["methods"])))

    assert EXPECTED == described
    assert MODULES == tuple(EXPECTED)


def test_every_name_a_script_calls_leads_to_a_function() -> None:
    tables = [table for module in modules().values() if isinstance(module, dict) for table in module.values()]

    assert [] == [name for table in tables for name in table.values() if find(name) is None]
    assert find("no.such") is None
    assert NOUNS
