"""JSON text as Go's ``encoding/json`` writes it.

What we change must have the bytes, and so the digest, that the Go programs would give it: compact, map keys sorted, and the
characters that matter to HTML escaped.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterable, Mapping

_ESCAPED = "[<>&\u2028\u2029\ud800-\udfff]"
_quote = json.JSONEncoder(ensure_ascii=False).encode


def encode_text(text: str) -> str:
    """Encode a string; a surrogate, which no UTF-8 can hold, becomes the escape of U+FFFD."""
    return re.sub(_ESCAPED, _escape, _quote(text))


def encode_bytes(data: bytes) -> str:
    """Encode bytes the way Go does a ``[]byte``: as base64 text."""
    return f'"{binascii.b2a_base64(data, newline=False).decode("ascii")}"'


def encode_list(items: Iterable[str]) -> str:
    """Join items that are encoded already."""
    return f"[{','.join(items)}]"


def encode_map(members: Mapping[str, str]) -> str:
    """Encode a map whose values are encoded already, keys in the order of their bytes."""
    ordered = sorted(members.items(), key=_by_bytes)
    return "{" + ",".join(f"{encode_text(key)}:{value}" for key, value in ordered) + "}"


def encode_texts(items: Iterable[str]) -> str:
    """Encode a list of strings."""
    return encode_list(map(encode_text, items))


def encode_annotations(annotations: Mapping[str, str]) -> str:
    """Encode a map of strings to strings."""
    return encode_map({key: encode_text(value) for key, value in annotations.items()})


def encode(value: object) -> str:
    """Encode plain values: None, bool, int, float, str, lists and mappings of them.

    Used where no document gave us the text; numbers that came from one keep theirs elsewhere.
    """
    if isinstance(value, str):
        return encode_text(value)
    if isinstance(value, Mapping):
        return encode_map({str(key): encode(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return encode_list(map(encode, value))
    return json.dumps(value)


def _by_bytes(member: tuple[str, str]) -> bytes:
    return member[0].encode("utf-8", "surrogatepass")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"
