"""The page about regsync's configuration file, and its JSON Schema, from the tables that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from regclient.jobs.configfile import schema_of
from regclient.jobs.creds import HOST
from regclient.jobs.kinds import Key, Kind, ListOf, MapOf, Record
from regclient.regsync.form import FORM, TITLE

_KINDS = {
    "boolean": "true or false",
    "integer": "number",
    "number": "number",
    "string": "text",
}


def schema() -> str:
    """Return the JSON Schema of the file."""
    return json.dumps(schema_of(FORM, TITLE), indent=2) + "\n"


def page() -> str:
    """Return the page: every key, what its value is and what it is for."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The configuration file of regsync"
    yield ""
    yield "Made from the tables that read the file (`make docs`). Keys that are not here are ignored with a warning; those that"
    yield "begin with `x-` are yours. `regsync schema` prints the [JSON Schema](regsync.schema.json), for editors."
    yield "`(template)` marks Go templates; [the differences](../differences.md) say where we read a file otherwise than Go."
    for title, record in (("creds", HOST), ("defaults", FORM.defaults), ("sync", FORM.entry)):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| key | value | what it is for |"
        yield "|---|---|---|"
        yield from _rows(record.keys, "")


def _rows(keys: tuple[Key, ...], before: str) -> Iterator[str]:
    for key in keys:
        yield f"| `{before}{key.name}` | {_value(key.kind)} | {key.help} |"
        inner = key.kind.kind if isinstance(key.kind, ListOf) else key.kind
        if isinstance(inner, Record):
            yield from _rows(inner.keys, f"{before}{key.name}{'[]' if isinstance(key.kind, ListOf) else ''}.")


def _value(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return "list" if isinstance(kind.kind, Record) else f"list of {_value(kind.kind)}"
    if isinstance(kind, MapOf):
        return f"mapping to {_value(kind.kind)}"
    if isinstance(kind, Record):
        return "mapping"
    described = kind.schema()
    if "enum" in described:
        words = described["enum"]
        assert isinstance(words, list)
        return ", ".join(f"`{word}`" for word in words if word)
    if "examples" in described:
        return "duration"
    types = described["type"]
    assert isinstance(types, list)
    return _KINDS[types[0]]
