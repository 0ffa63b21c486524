"""Which proxy a connection goes through: the well-known variables, read as Go's ``httpproxy`` reads them.

https://pkg.go.dev/golang.org/x/net/http/httpproxy is the reference. The variables arrive as a mapping: looking at the
environment is the front door's business.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from regclient.errors import InvalidConfig, Unsupported
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL, parse_url

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    _Address: TypeAlias = IPv4Address | IPv6Address


class Proxy(NamedTuple):
    """A proxy spoken to in plain HTTP; ``authorization`` is the value of ``Proxy-Authorization``, or empty."""

    host: str
    port: int
    authorization: Secret = Secret()

    def __str__(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"


def parse_proxy(text: str) -> Proxy | None:
    """Read the value of a proxy variable: an address, with or without ``http://`` and ``user:password@``; None when empty.

    Raises:
        InvalidConfig: it is not an address. The text is not repeated, it may hold a password.
        Unsupported: a proxy that speaks TLS or SOCKS.
    """
    if not text:
        return None
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "http", text
    if scheme.lower() != "http":
        raise Unsupported(f"proxies of the kind {scheme.lower()[:20]!r} are not supported, only http")
    login, at, place = rest.partition("/")[0].rpartition("@")
    try:
        url = parse_url(f"http://{place}/")
    except InvalidConfig:
        raise InvalidConfig("***", "a proxy needs the form [http://][user:password@]host[:port]") from None
    return Proxy(url.host, url.port, _basic(login) if at else Secret())


class ProxyRules(NamedTuple):
    """Which proxy plain and protected addresses use, and which hosts are reached without one."""

    http: Proxy | None = None
    https: Proxy | None = None
    exempt: tuple[str, ...] = ()
    refuse_http: bool = False

    def proxy_for(self, url: URL) -> Proxy | None:
        """Return the proxy for an address, None for a direct connection.

        Raises:
            Unsupported: ``HTTP_PROXY`` in a CGI program could have been set by a stranger's ``Proxy:`` header.
        """
        proxy = self.https if url.scheme == "https" else self.http
        if proxy is None or not self._applies_to(url):
            return None
        if self.refuse_http and url.scheme == "http":
            raise Unsupported("HTTP_PROXY is not used in a CGI program (https://httpoxy.org)")
        return proxy

    def _applies_to(self, url: URL) -> bool:
        host = url.host.rstrip(".").lower()
        if host == "localhost":
            return False
        address = _address_of(host)
        if address is not None and address.is_loopback:
            return False
        return not any(_exempts(entry, host, url.port, address) for entry in self.exempt)


DIRECT = ProxyRules()


def rules_from(variables: Mapping[str, str]) -> ProxyRules:
    """Make the rules from ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` (or lower case, which comes second).

    Raises:
        InvalidConfig, Unsupported: a variable holds something else than the address of an HTTP proxy.
    """

    def value(name: str) -> str:
        return variables.get(name, "") or variables.get(name.lower(), "")

    exempt = tuple(entry.strip().lower() for entry in value("NO_PROXY").split(",") if entry.strip())
    cgi = bool(variables.get("REQUEST_METHOD"))
    return ProxyRules(parse_proxy(value("HTTP_PROXY")), parse_proxy(value("HTTPS_PROXY")), exempt, refuse_http=cgi)


def _exempts(entry: str, host: str, port: int, address: _Address | None) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return address is not None and _in_network(address, entry)
    name, wanted_port = _split_port(entry)
    if wanted_port and wanted_port != str(port):
        return False
    if (literal := _address_of(name)) is not None:
        return literal == address
    if address is not None:
        return False
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith("." + name)


def _split_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, port = entry[1:].partition("]")
        return name, port.removeprefix(":")
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""


def _in_network(address: _Address, text: str) -> bool:
    from ipaddress import ip_network  # noqa: PLC0415 - a door: hardly anybody exempts networks from a proxy

    try:
        return address in ip_network(text, strict=False)
    except ValueError:
        return False


def _address_of(host: str) -> _Address | None:
    from ipaddress import ip_address  # noqa: PLC0415 - a door: without a proxy nobody asks

    try:
        return ip_address(host)
    except ValueError:
        return None


def _basic(login: str) -> Secret:
    user, _, password = login.partition(":")
    text = f"{_unquoted(user)}:{_unquoted(password)}"
    return Secret("Basic " + binascii.b2a_base64(text.encode("utf-8", "surrogateescape"), newline=False).decode("ascii"))


def _unquoted(text: str) -> str:
    head, *parts = text.encode("utf-8", "surrogateescape").split(b"%")
    decoded = [head]
    for part in parts:
        try:
            decoded.append(bytes.fromhex(part[:2].decode("ascii")) + part[2:])
        except ValueError:
            decoded.append(b"%" + part)
    return b"".join(decoded).decode("utf-8", "surrogateescape")
