"""``Link`` header fields (RFC 8288), by which registries say where the next page of a list is.

Some registries send the target without angle brackets; that is accepted. The target itself is passed on as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.model.headers import Headers
from regclient.transport.addresses import parse_url

_TARGET = re.compile(r"\s*(?:<([^<>]*)>|([^\s<>;,\"]+))\s*")
_PARAM = re.compile(r";\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\",;]*)))?\s*)?", re.DOTALL)
_COMMAS = re.compile(r"[\s,]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Link(NamedTuple):
    """One link: its target, as written, and its parameters under lower-case names."""

    target: str
    params: Mapping[str, str]

    @property
    def relations(self) -> frozenset[str]:
        """The relation types of ``rel``, which compare without regard to case."""
        return frozenset(self.params.get("rel", "").lower().split())


def parse_links(values: tuple[str, ...]) -> tuple[Link, ...]:
    """Read every link of the values of a ``Link`` field; of a repeated parameter the first counts.

    Raises:
        InvalidConfig: a value does not follow the grammar.
    """
    return tuple(link for value in values for link in _links_of(value))


def next_link(headers: Headers, url: str) -> str:
    """Return the absolute address of the next page, given the headers of this one and its address; empty at the last page.

    Raises:
        InvalidConfig: the header or the address in it cannot be read.
    """
    values = headers.get("Link", ())
    for link in parse_links(values):
        if "next" in link.relations:
            return str(parse_url(url).join(link.target))
    return ""


def _links_of(value: str) -> Iterator[Link]:
    position = _past(_COMMAS, value, 0)
    while position < len(value):
        target = _TARGET.match(value, position)
        if target is None:
            raise InvalidConfig(value.partition("?")[0], "malformed Link header")
        position = target.end()
        params: dict[str, str] = {}
        while param := _PARAM.match(value, position):
            position = param.end()
            if param[1]:
                text = _ESCAPE.sub(r"\1", param[2]) if param[2] is not None else param[3] or ""
                params.setdefault(param[1].lower(), text)
        if position < len(value) and value[position] != ",":
            raise InvalidConfig(value.partition("?")[0], "malformed Link header")
        yield Link(target[1] if target[1] is not None else target[2], params)
        position = _past(_COMMAS, value, position)


def _past(pattern: re.Pattern[str], value: str, position: int) -> int:
    match = pattern.match(value, position)
    return match.end() if match else position
