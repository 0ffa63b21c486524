from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.transport.links import Link, next_link, parse_links
from tests.tables import table


@table(
    ("value", "expected"),
    [
        ('</v2/_catalog?n=2>; rel="next"', [Link("/v2/_catalog?n=2", {"rel": "next"})]),
        ("</a>;rel=next", [Link("/a", {"rel": "next"})]),
        ("/a?b=c; rel=next", [Link("/a?b=c", {"rel": "next"})]),
        ('<a>; rel="prev", <b>; rel="next"', [Link("a", {"rel": "prev"}), Link("b", {"rel": "next"})]),
        ('<a,b>; title="x, y; \\"z\\""; rel=next', [Link("a,b", {"title": 'x, y; "z"', "rel": "next"})]),
        ('<a>; rel="next"; rel="prev"', [Link("a", {"rel": "next"})]),
        ("<a>; title*=UTF-8''x; crossorigin; rel=next", [Link("a", {"title*": "UTF-8''x", "crossorigin": "", "rel": "next"})]),
        ("<a>;; rel=next ,", [Link("a", {"rel": "next"})]),
        ("", []),
        ("<>", [Link("", {})]),
    ],
)
def test_links_are_read(value: str, expected: list[Link]) -> None:
    assert tuple(expected) == parse_links((value,))


@table("value", ["<a", '<a>; rel="next', "<a> b", '"a"; rel=next', "<a>; =x"])
def test_malformed_links_are_refused(value: str) -> None:
    with pytest.raises(InvalidConfig):
        parse_links((value,))


def test_the_next_page_is_found_among_several_headers() -> None:
    headers = {"Link": ("<a>; rel=first", '<b?n=1>; rel="prev NEXT"')}

    assert "https://r.example/v2/x/tags/b?n=1" == next_link(headers, "https://r.example/v2/x/tags/list?n=1")


def test_the_last_page_has_no_next() -> None:
    assert "" == next_link({}, "https://r.example/")
    assert "" == next_link({"Link": ("<a>; rel=prev",)}, "https://r.example/")


def test_a_signed_next_page_keeps_its_bytes() -> None:
    assert "https://r.example/p?last=a%2Fb&x=%7e" == next_link(
        {"Link": ("</p?last=a%2Fb&x=%7e>; rel=next",)}, "https://r.example/"
    )
