"""JSON from files and programs that others wrote: what is read is always text that can be written again.

Python's reader takes more than JSON allows (``NaN``) and more than UTF-8 can say (half of a surrogate pair).
"""

from __future__ import annotations

REPLACEMENT = "\ufffd"


def read_json(text: str | bytes) -> object:
    """Parse a document; half a surrogate pair becomes the replacement character, as in the Go programs.

    Raises:
        ValueError: it is not JSON. The message tells the place, never what stands there.
        RecursionError: it is nested too deeply.
    """
    import json  # noqa: PLC0415 - a door: many machines have no such file

    value: object = json.loads(text, parse_constant=_refuse)
    lower = text.lower()
    may_have_halves = b"\\ud" in lower if isinstance(lower, bytes) else "\\ud" in lower
    return _whole(value) if may_have_halves else value


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number")


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value
