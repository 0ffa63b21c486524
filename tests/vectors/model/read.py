"""Reads what main.go recorded, for the tests of the model."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import TypedDict


class Vector(TypedDict, total=False):
    """One question to Go's library and its answer; ``failed`` ones have no output."""

    name: str
    op: str
    texts: list[str]
    mediaType: str
    document: str
    arg: object
    output: object
    failed: bool


def vectors(*operations: str) -> list[Vector]:
    """Return the recorded cases of some operations."""
    return [case for case in _recorded() if case["op"] in operations]


def document_of(case: Vector) -> bytes:
    """Return the document a case is about."""
    return base64.b64decode(case.get("document", ""))


def output_bytes(case: Vector) -> bytes:
    """Return the document Go wrote."""
    output = case["output"]
    assert isinstance(output, str)
    return base64.b64decode(output)


@cache
def _recorded() -> list[Vector]:
    found = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
    assert found["regclient"] == "v0.11.5"
    cases: list[Vector] = found["cases"]
    return cases
