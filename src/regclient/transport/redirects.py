"""Which redirects are followed, and with what; the same rules hold for the addresses of token services.

A registry chooses where we connect next, so it must not be able to point a client at the machine it runs on, at a cloud's
metadata address, or from a protected connection at an open one (CVE-2020-15157 and its kin).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from regclient.errors import InvalidConfig, RedirectRefused
from regclient.model.headers import Headers, first
from regclient.transport.addresses import URL, shown_address

MOST_HOPS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Resolver = Callable[[str], Iterable[str]]
"""Finds the IP addresses of a host name, none when it does not resolve."""


def system_resolver(host: str) -> Iterable[str]:
    """Ask the system."""
    import socket  # noqa: PLC0415 - loaded with the engine, not before

    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def check_redirect(source: URL, target: URL, resolve: Resolver) -> None:
    """Refuse to go from one address to another that a stranger should not be able to send us to.

    Raises:
        RedirectRefused: from https to http, or to a local address from one that is not.
    """
    if source.scheme == "https" and target.scheme != "https":
        raise RedirectRefused(source.authority, f"refused to follow it from https to {target.shown()}")
    if source.host == target.host:
        return
    if not is_local(source.host, resolve) and is_local(target.host, resolve):
        raise RedirectRefused(source.authority, f"refused to follow it to the local address {target.shown()}")


def is_local(host: str, resolve: Resolver) -> bool:
    """Whether a host is, or resolves to, a loopback, link-local or unspecified address; private networks are not local."""
    try:
        return _is_local_address(host)
    except ValueError:
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return any(_is_local_address(address) for address in resolve(host))


def next_hop(url: URL, status: int, headers: Headers) -> URL | None:
    """Return where a redirect leads, None when the answer is not one.

    Raises:
        RedirectRefused: the ``Location`` is not an address.
    """
    if status not in _REDIRECTS or not (location := first(headers, "Location")):
        return None
    try:
        return url.join(location)
    except InvalidConfig:
        raise RedirectRefused(url.authority, f"it leads to {shown_address(location[:200])}, which is no address") from None


def method_after(method: str, status: int) -> str:
    """Return the method for the next hop: only 303 changes it (RFC 9110 15.4.4), so that uploads arrive as what they are."""
    return "GET" if status == 303 and method != "HEAD" else method


def _is_local_address(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - a door: most answers lead nowhere else

    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    link_local_multicast = address.is_multicast and (
        address in ipaddress.ip_network("224.0.0.0/24")
        if isinstance(address, ipaddress.IPv4Address)
        else address.packed[1] & 0x0F == 2
    )
    return address.is_loopback or address.is_link_local or address.is_unspecified or link_local_multicast
