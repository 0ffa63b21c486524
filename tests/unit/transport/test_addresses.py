from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.transport.addresses import parse_url, shown_address
from tests.tables import table


@table(
    ("text", "shown"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/a", "https://example.com/a"),
        ("http://example.com:8080/a?b=c#d", "http://example.com:8080/a?b=c"),
        ("http://[::1]:5000/v2/", "http://[::1]:5000/v2/"),
        ("https://user:pass@example.com/", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
    ],
)
def test_an_address_is_taken_apart_and_put_together(text: str, shown: str) -> None:
    assert shown == str(parse_url(text))


@table("text", ["", "example.com", "ftp://x/", "https://", "https://a b/", "http://x:99999/", "https:/x", "//x/y"])
def test_what_is_not_an_http_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidConfig):
        parse_url(text)


def test_an_endless_address_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="too long"):
        parse_url("https://x/" + "a" * 70_000)


SIGNED = "https://cdn.example/blob?X-Sig=a%2Fb%2fc+d=&e=~'(!)&empty&k=%7E"


def test_a_signed_query_is_never_quoted_again() -> None:
    assert SIGNED == str(parse_url(SIGNED))
    assert SIGNED == str(parse_url("https://registry.example/v2/").join(SIGNED))


def test_only_bytes_that_cannot_be_sent_are_quoted() -> None:
    assert "/a%20b/%C3%A9?c=%22d" == parse_url("https://x/a b/\u00c3\u00a9?c=%22d").target
    assert "/%E2%82%AC" == parse_url("https://x/€").target
    assert "/a%0D%0AHost:%20evil" == parse_url("https://x/a\r\nHost: evil").target


@table(
    ("location", "expected"),
    [
        ("/v2/a/blobs/uploads/1?_state=x", "https://r.example/v2/a/blobs/uploads/1?_state=x"),
        ("next?page=2", "https://r.example/v2/a/tags/next?page=2"),
        ("?last=b&n=1", "https://r.example/v2/a/tags/list?last=b&n=1"),
        ("../x/./y/..", "https://r.example/v2/a/x/"),
        ("../../../../z", "https://r.example/z"),
        ("//other.example/p", "https://other.example/p"),
        ("http://other.example/p", "http://other.example/p"),
        ("", "https://r.example/v2/a/tags/list?n=1"),
        ("#part", "https://r.example/v2/a/tags/list?n=1"),
    ],
)
def test_relative_addresses_are_resolved_by_the_rules(location: str, expected: str) -> None:
    assert expected == str(parse_url("https://r.example/v2/a/tags/list?n=1").join(location))


def test_a_location_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidConfig):
        parse_url("https://r.example/").join("file:/etc/passwd")


def test_a_query_is_appended_to_what_is_there() -> None:
    assert "https://x/a?_state=1&digest=2" == str(parse_url("https://x/a?_state=1").with_query("digest=2"))
    assert "https://x/a?digest=2" == str(parse_url("https://x/a").with_query("digest=2"))
    assert "https://x/a" == str(parse_url("https://x/a").with_query(""))


def test_addresses_are_shown_without_query_and_login() -> None:
    assert "https://x/a" == parse_url("https://u:hunter2@x/a?sig=hunter2").shown()
    assert "ftp://x/a" == shown_address("ftp://u:hunter2@x/a?sig=hunter2")
    with pytest.raises(InvalidConfig) as caught:
        parse_url("ftp://u:hunter2@x/a?sig=hunter2")
    assert "hunter2" not in str(caught.value)
