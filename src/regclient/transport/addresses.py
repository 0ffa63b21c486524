"""Addresses as they are sent: split, joined and shown, and never quoted again.

Registries sign the queries of the addresses they hand out, and a signature covers the exact bytes. ``urllib.parse`` normalises
in places (and strips control characters silently), so addresses are taken apart here, by RFC 3986 5.2.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from regclient.errors import InvalidConfig

PORTS = {"http": 80, "https": 443}
_SPLIT = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.%A-Za-z]+\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?")
_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")
_LONGEST = 64 * 1024


class URL(NamedTuple):
    """An absolute http or https address: where to connect and the target to ask for, byte for byte as it was given."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """``host[:port]``, as the ``Host`` field has it: the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be equal for two addresses to be one server."""
        return self.scheme, self.host, self.port

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def shown(self) -> str:
        """The address without its query, which may hold a signature: for errors and logs."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def __str__(self) -> str:
        """The whole address: for the wire and for resolving relative ones, not for logs."""
        return f"{self.scheme}://{self.authority}{self.target}"

    def with_query(self, text: str) -> URL:
        """Append an already quoted query."""
        if not text:
            return self
        return URL(self.scheme, self.host, self.port, f"{self.target}{'&' if '?' in self.target else '?'}{text}")

    def join(self, location: str) -> URL:
        """Resolve a ``Location``, absolute or relative, against this address (RFC 3986 5.2).

        Raises:
            InvalidConfig: the result is not an http or https address.
        """
        match = _match(location)
        scheme, authority, path, query = match.groups("")
        if scheme and not authority:
            raise InvalidConfig(shown_address(location), "not an http or https address")
        if authority:
            return parse_url(location if scheme else f"{self.scheme}:{location}")
        if not path:
            return self._at(self.path + (query or self.target[len(self.path) :]))
        base = path if path.startswith("/") else self.path.rpartition("/")[0] + "/" + path
        return self._at(_without_dots(base) + query)

    def _at(self, target: str) -> URL:
        return URL(self.scheme, self.host, self.port, _sendable(target))


def parse_url(text: str) -> URL:
    """Read an absolute address; a login in it is dropped, never sent.

    Raises:
        InvalidConfig: it is not an http or https address.
    """
    scheme, authority, path, query = _match(text).groups("")
    scheme = scheme.lower()
    place = _AUTHORITY.fullmatch(authority.rpartition("@")[2])
    if scheme not in PORTS or place is None or int(place[2] or 0) > 65535:
        raise InvalidConfig(shown_address(text), "not an http or https address")
    return URL(scheme, place[1].strip("[]").lower(), int(place[2] or PORTS[scheme]), _sendable((path or "/") + query))


def shown_address(text: str) -> str:
    """Cut what may be secret from any text that should have been an address: its query and its login."""
    scheme, authority, path, _ = _match(text[:_LONGEST]).groups("")
    place = authority.rpartition("@")[2]
    return (f"{scheme}:" if scheme else "") + (f"//{place}" if place else "") + path


def _match(text: str) -> re.Match[str]:
    if len(text) > _LONGEST:
        raise InvalidConfig(text[:100].partition("?")[0], "the address is too long")
    match = _SPLIT.fullmatch(text)
    assert match is not None, "every text splits"
    return match


def _sendable(target: str) -> str:
    """Quote only the bytes that cannot stand in a request line; whatever is quoted already stays as it is."""
    if target.isascii() and target.isprintable() and " " not in target:
        return target
    # Header fields arrive as Latin-1 whatever they hold, so this gives their bytes back; our own text is UTF-8.
    encoding = "latin-1" if all(ord(character) < 256 for character in target) else "utf-8"
    return _UNSENDABLE.sub(lambda found: b"%%%02X" % found[0][0], target.encode(encoding)).decode("ascii")


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")[1:]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
            continue
        if last:
            kept.append("")
    return "/" + "/".join(kept)
