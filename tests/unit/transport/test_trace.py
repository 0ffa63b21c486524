from __future__ import annotations

from regclient.transport.trace import ExchangeRecord, masked, masked_headers, unlogged


def test_logins_are_masked_but_their_kind_shows() -> None:
    headers = masked(
        [
            ("authorization", "Bearer hunter2"),
            ("Proxy-Authorization", "Basic aHVudGVyMg=="),
            ("Set-Cookie", "s=hunter2"),
            ("Accept", "a/b"),
        ]
    )

    assert {
        "Authorization": ("Bearer ***",),
        "Proxy-Authorization": ("Basic ***",),
        "Set-Cookie": ("***",),
        "Accept": ("a/b",),
    } == headers


def test_signed_queries_are_masked() -> None:
    headers = masked_headers(
        {"Location": ("https://cdn/x?sig=hunter2", "/plain"), "Link": ('<https://r/x?sig=hunter2>; rel="next"',)}
    )

    assert {"Location": ("https://cdn/x?***", "/plain"), "Link": ('<https://r/x?***>; rel="next"',)} == headers


def test_nobody_needs_to_listen() -> None:
    unlogged(ExchangeRecord("r", "GET", "http://r/", {}))


def test_a_login_in_an_address_is_masked() -> None:
    found = masked([("Location", "https://ann:p@ss@x.example/a@b?sig=1"), ("Link", '<//ann:pw@x.example/n>; rel="next"')])

    assert ("https://***@x.example/a@b?***",) == found["Location"]
    assert ('<//***@x.example/n>; rel="next"',) == found["Link"]
