from __future__ import annotations

import pytest

from regclient.errors import RedirectRefused
from regclient.transport.addresses import parse_url
from regclient.transport.redirects import check_redirect, is_local, method_after, next_hop, system_resolver
from tests.tables import table

NAMES = {"trap.example": ["203.0.113.1", "127.0.0.1"], "inner.example": ["10.0.0.5"], "outer.example": ["203.0.113.9"]}


def resolve(host: str) -> list[str]:
    return NAMES.get(host, [])


@table(
    ("source", "target", "allowed"),
    [
        ("http://outer.example/", "https://outer.example/", True),
        ("https://outer.example/", "http://outer.example/", False),
        ("https://outer.example/", "https://cdn.example/", True),
        ("http://10.1.1.1/", "http://127.0.0.1/", False),
        ("http://127.0.0.1/", "http://10.1.1.1/", True),
        ("http://127.0.0.1:1/", "http://127.0.0.2:2/", True),
        ("https://outer.example/", "https://inner.example/", True),
        ("https://outer.example/", "https://192.168.0.1/", True),
        ("https://outer.example/", "https://trap.example/", False),
        ("https://outer.example/", "https://169.254.169.254/latest/meta-data", False),
        ("https://outer.example/", "https://[fe80::1]/", False),
        ("https://outer.example/", "https://[::]/", False),
        ("https://outer.example/", "https://[::ffff:127.0.0.1]/", False),
        ("https://outer.example/", "https://0.0.0.0/", False),
        ("https://outer.example/", "https://224.0.0.7/", False),
        ("https://outer.example/", "https://[ff02::1]/", False),
        ("https://outer.example/", "https://239.1.1.1/", True),
        ("https://outer.example/", "https://localhost/", False),
        ("https://outer.example/", "https://unknown.example/", True),
    ],
)
def test_redirects_do_not_lead_to_this_machine_or_out_of_protection(source: str, target: str, *, allowed: bool) -> None:
    if allowed:
        check_redirect(parse_url(source), parse_url(target), resolve)
        return
    with pytest.raises(RedirectRefused):
        check_redirect(parse_url(source), parse_url(target), resolve)


def test_a_refusal_does_not_show_the_signature() -> None:
    with pytest.raises(RedirectRefused) as caught:
        check_redirect(parse_url("https://a.example/"), parse_url("http://b.example/x?sig=hunter2"), resolve)

    assert "hunter2" not in str(caught.value)


def test_the_next_hop_is_resolved_against_this_one() -> None:
    url = parse_url("https://r.example/v2/a/blobs/x")

    assert "https://r.example/v2/a/b?c=%2F" == str(next_hop(url, 307, {"Location": ("../b?c=%2F",)}))
    assert next_hop(url, 200, {"Location": ("/b",)}) is None
    assert next_hop(url, 302, {}) is None
    assert next_hop(url, 304, {"Location": ("/b",)}) is None


def test_a_location_that_is_no_address_is_refused() -> None:
    with pytest.raises(RedirectRefused):
        next_hop(parse_url("https://r.example/"), 302, {"Location": ("gopher://x",)})


@table(
    ("method", "status", "after"),
    [
        ("GET", 302, "GET"),
        ("HEAD", 303, "HEAD"),
        ("PUT", 303, "GET"),
        ("PUT", 301, "PUT"),
        ("POST", 307, "POST"),
        ("PATCH", 308, "PATCH"),
    ],
)
def test_only_303_changes_the_method(method: str, status: int, after: str) -> None:
    assert after == method_after(method, status)


def test_the_system_knows_this_machine() -> None:
    assert is_local("127.0.0.1", system_resolver)
    assert [] != list(system_resolver("127.0.0.1"))
    assert [] == list(system_resolver("a..b"))
    assert [] == list(system_resolver("x" * 300))
