"""Names and values as people type them: one ``key=value`` to a text, or the little language ``key=value,other="a, b"``."""

from __future__ import annotations

from collections.abc import Iterable

from regclient.errors import ParseError


def parse_pairs(texts: Iterable[str]) -> dict[str, str]:
    """Read ``key=value`` texts; a key alone has an empty value, and the last of several equal keys wins.

    Raises:
        ParseError: a key is missing, as when the variable that should hold it is not set.
    """
    pairs = dict(text.partition("=")[::2] for text in texts)
    if "" in pairs:
        raise ParseError(f"={pairs['']}", "there is no name before the equals sign")
    return pairs


def parse_key_values(text: str) -> dict[str, str]:
    """Split ``k=v,k2=v2``: a backslash keeps the next character, double quotes keep what they enclose.

    A key without ``=`` has an empty value, empty keys are skipped, and the last of several equal keys wins.

    Raises:
        ParseError: the text ends inside quotes or after a lone backslash.
    """
    pairs: dict[str, str] = {}
    key: str | None = None
    current: list[str] = []
    quoted = escaped = False
    for character in text:
        if escaped or (quoted and character not in '"\\'):
            current.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "=" and key is None:
            key, current = "".join(current), []
        elif character == ",":
            _keep(pairs, key, "".join(current))
            key, current = None, []
        else:
            current.append(character)
    if quoted or escaped:
        raise ParseError(text, "it ends inside quotes" if quoted else "it ends after a backslash")
    _keep(pairs, key, "".join(current))
    return pairs


def _keep(pairs: dict[str, str], key: str | None, text: str) -> None:
    name, value = (text, "") if key is None else (key, text)
    if name:
        pairs[name] = value
