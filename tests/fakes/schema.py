"""As much of JSON Schema as the schemas of our files use: enough to see that a document fits, and where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

KINDS: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
Json = Mapping[str, object]


def faults_of(schema: Json, document: object) -> list[str]:
    """Return the places of a document that do not fit, such as ``$.sync[0].type``."""
    return list(_faults(schema, document, "$"))


def _faults(schema: Json, document: object, place: str) -> Iterator[str]:
    allowed = cast("list[object] | None", schema.get("enum"))
    least = schema.get("minimum")
    if (
        not _is_of(schema.get("type"), document)
        or (allowed is not None and document not in allowed)
        or (isinstance(least, int) and isinstance(document, int) and document < least)
    ):
        yield place
    elif isinstance(document, list) and "items" in schema:
        for index, item in enumerate(document):
            yield from _faults(cast("Json", schema["items"]), item, f"{place}[{index}]")
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from _member(schema, name, value, f"{place}.{name}")


def _is_of(kinds: object, document: object) -> bool:
    names = [kinds] if isinstance(kinds, str) else cast("list[str]", kinds or list(KINDS))
    return any(isinstance(document, KINDS[name]) and not (name != "boolean" and isinstance(document, bool)) for name in names)


def _member(schema: Json, name: str, value: object, place: str) -> Iterator[str]:
    properties = cast("Json", schema.get("properties", {}))
    patterns = cast("Json", schema.get("patternProperties", {}))
    if name in properties:
        yield from _faults(cast("Json", properties[name]), value, place)
    elif not any(re.search(pattern, name) for pattern in patterns):
        others = schema.get("additionalProperties", True)
        if others is False:
            yield place
        elif isinstance(others, dict):
            yield from _faults(others, value, place)
