from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig, Unsupported
from regclient.transport.addresses import parse_url
from regclient.transport.proxies import Proxy, parse_proxy, rules_from
from tests.tables import table


@table(
    ("text", "shown"),
    [
        ("http://proxy:3128", "proxy:3128"),
        ("proxy:3128/", "proxy:3128"),
        ("http://proxy", "proxy:80"),
        ("[::1]:8080", "::1:8080"),
    ],
)
def test_a_proxy_is_an_address(text: str, shown: str) -> None:
    assert shown == str(parse_proxy(text))


def test_the_login_of_a_proxy_is_unquoted_and_kept_secret() -> None:
    proxy = parse_proxy("http://us%40er:p%3Aw%zz@proxy:3128")

    assert isinstance(proxy, Proxy)
    assert "Basic dXNAZXI6cDp3JXp6" == proxy.authorization.reveal()
    assert "dXNAZXI6" not in repr(proxy)


def test_no_text_is_no_proxy() -> None:
    assert parse_proxy("") is None


@table("text", ["socks5://proxy:1080", "https://proxy:443"])
def test_proxies_of_other_kinds_are_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        parse_proxy(text)


def test_a_bad_proxy_is_refused_without_its_password() -> None:
    with pytest.raises(InvalidConfig) as caught:
        parse_proxy("http://user:hunter2@:::")

    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


PROXIES = {"HTTP_PROXY": "http://plain:1", "https_proxy": "http://tls:2"}


def test_the_scheme_picks_the_variable() -> None:
    rules = rules_from(PROXIES)

    assert "plain:1" == str(rules.proxy_for(parse_url("http://r.example/")))
    assert "tls:2" == str(rules.proxy_for(parse_url("https://r.example/")))


def test_upper_case_comes_first() -> None:
    rules = rules_from({"HTTP_PROXY": "http://upper:1", "http_proxy": "http://lower:1"})

    assert "upper:1" == str(rules.proxy_for(parse_url("http://r.example/")))


@table("url", ["http://localhost/", "http://127.0.0.1:5000/", "http://[::1]/", "http://127.3.2.1/"])
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert rules_from(PROXIES).proxy_for(parse_url(url)) is None


@table(
    ("entry", "host", "direct"),
    [
        ("*", "anything.example", True),
        ("example.com", "example.com", True),
        ("example.com", "a.example.com", True),
        ("example.com", "badexample.com", False),
        (".example.com", "example.com", False),
        (".example.com", "a.example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "example.com", False),
        ("EXAMPLE.com", "Example.COM", True),
        ("example.com:443", "example.com", True),
        ("example.com:5000", "example.com", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "ten.example", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1:443", "192.0.2.1", True),
        ("192.0.2.1:80", "192.0.2.1", False),
        ("fd00::/8", "[fd00::1]", True),
        ("[fd00::1]:443", "[fd00::1]", True),
        ("nonsense/33", "10.1.2.3", False),
        ("a.example, ,b.example", "b.example", True),
        ("0.2.1", "192.0.2.1", False),
    ],
)
def test_no_proxy_names_the_exceptions(entry: str, host: str, *, direct: bool) -> None:
    rules = rules_from({**PROXIES, "NO_PROXY": entry})

    assert direct == (rules.proxy_for(parse_url(f"https://{host}/")) is None)


def test_a_cgi_program_does_not_trust_http_proxy() -> None:
    rules = rules_from({**PROXIES, "REQUEST_METHOD": "GET"})

    with pytest.raises(Unsupported, match="httpoxy"):
        rules.proxy_for(parse_url("http://r.example/"))
    assert "tls:2" == str(rules.proxy_for(parse_url("https://r.example/")))
