from __future__ import annotations

import io

import pytest

from regclient.errors import RedirectRefused
from regclient.kit.secret import Secret
from regclient.model.headers import Headers
from regclient.transport.addresses import URL, parse_url
from regclient.transport.bodies import Cargo
from regclient.transport.courier import Courier, Letter
from regclient.transport.exchange import Answer, Broken, Exchange, Identity, Trouble
from regclient.transport.messages import Body
from regclient.transport.options import WireOptions
from regclient.transport.proxies import Proxy, rules_from
from regclient.transport.trace import ExchangeRecord
from regclient.transport.warnings import Warnings
from tests.tables import table

NAMES = {"cdn.example": ["203.0.113.1"], "trap.example": ["127.0.0.1"]}
IDENTITY = Identity(roots=("root",), certificate="cert", key=Secret("key"))


class Canned:
    """An answer with nothing but a head."""

    def __init__(self, status: int, headers: Headers) -> None:
        self.status = status
        self.headers = headers
        self.closed = False

    def read(self, size: int = -1, /) -> bytes:
        return b""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        return 0

    def close(self) -> None:
        self.closed = True


class Setup:
    """A courier over an engine that answers each address from a table."""

    def __init__(self, answers: dict[str, tuple[int, str]], options: WireOptions | None = None) -> None:
        self.answers = answers
        self.exchanges: list[Exchange] = []
        self.bodies: list[bytes] = []
        self.records: list[ExchangeRecord] = []
        self.warned: list[object] = []
        options = options or WireOptions(log=self.records.append)
        self.courier = Courier(lambda: self, options, Warnings(self.warned.append), lambda host: NAMES.get(host, []))

    def exchange(self, exchange: Exchange) -> Answer:
        self.exchanges.append(exchange)
        body = exchange.body
        self.bodies.append(body.stream.read(body.size) if isinstance(body, Body) else body or b"")
        status, location = self.answers.get(str(exchange.url), (200, ""))
        if not status:
            raise Broken(Trouble.CUT, "it broke")
        return Canned(status, {"Location": (location,)} if location else {})

    def close(self) -> None:
        return None

    def carry(
        self, url: str = "https://r.example/a", method: str = "GET", *, follow: bool = True, **more: object
    ) -> tuple[str, int]:
        letter = Letter("r.example", method, parse_url(url), (("Accept", "x/y"),), IDENTITY, follow=follow)
        delivery = self.courier.carry(letter, Cargo(more.get("body")), more.get("login", no_login))  # type: ignore[arg-type]
        return str(delivery.url), delivery.answer.status

    def urls(self) -> list[str]:
        return [f"{one.method} {one.url}" for one in self.exchanges]


def no_login(url: URL) -> Secret:
    return Secret()


@table("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    setup = Setup(
        {
            "https://r.example/a": (status, "https://cdn.example/b?sig=a%2Fb&X=%7e"),
            "https://cdn.example/b?sig=a%2Fb&X=%7e": (status, "c"),
        }
    )

    assert ("https://cdn.example/c", 200) == setup.carry()
    assert ["GET https://r.example/a", "GET https://cdn.example/b?sig=a%2Fb&X=%7e", "GET https://cdn.example/c"] == setup.urls()
    assert (("Accept", "x/y"),) == setup.exchanges[2].headers


def test_a_login_is_looked_up_for_each_hop() -> None:
    setup = Setup({"https://r.example/a": (307, "/b"), "https://r.example/b": (307, "https://cdn.example/c")})

    setup.carry(login=lambda url: Secret("Bearer t" if url.host == "r.example" else ""))

    assert [True, True, False] == [("Authorization", "Bearer t") in one.headers for one in setup.exchanges]


def test_the_client_certificate_stays_with_the_registry() -> None:
    setup = Setup({"https://r.example/a": (307, "/b"), "https://r.example/b": (307, "https://cdn.example/c")})

    setup.carry()

    assert ["cert", "cert", ""] == [one.identity.certificate for one in setup.exchanges]
    assert ("root",) == setup.exchanges[2].identity.roots


@table("target", ["http://cdn.example/", "https://trap.example/", "https://169.254.169.254/", "gopher://x/"])
def test_dangerous_redirects_are_refused(target: str) -> None:
    setup = Setup({"https://r.example/a": (302, target)})

    with pytest.raises(RedirectRefused):
        setup.carry()
    assert 1 == len(setup.exchanges)


def test_a_circle_of_redirects_ends() -> None:
    setup = Setup({"https://r.example/a": (302, "/b"), "https://r.example/b": (302, "/a")})

    with pytest.raises(RedirectRefused, match="more than 10"):
        setup.carry()
    assert 11 == len(setup.exchanges)


def test_bodies_go_along_where_the_method_does() -> None:
    setup = Setup({"https://r.example/a": (307, "/b"), "https://r.example/b": (303, "/c")})

    setup.carry(method="PUT", body=Body(io.BytesIO(b"abc"), 3))

    assert ["PUT https://r.example/a", "PUT https://r.example/b", "GET https://r.example/c"] == setup.urls()
    assert [b"abc", b"abc", b""] == setup.bodies


def test_a_body_that_cannot_be_sent_twice_stops_at_the_redirect() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    setup = Setup({"https://r.example/a": (307, "/b")})

    assert ("https://r.example/a", 307) == setup.carry(method="PUT", body=Body(Pipe(b"abc"), 3))


def test_what_must_not_travel_on_is_not_redirected() -> None:
    setup = Setup({"https://r.example/a": (307, "https://trap.example/")})

    assert ("https://r.example/a", 307) == setup.carry(method="POST", body=b"refresh_token=x", follow=False)


def test_proxies_are_the_hosts_own_or_by_the_rules() -> None:
    options = WireOptions(proxies=rules_from({"HTTPS_PROXY": "http://rules:1"}))
    setup = Setup({"https://r.example/a": (307, "https://trap.example/")}, options)
    assert ("https://trap.example/", 200) == setup.carry()
    assert ["rules:1", "rules:1"] == [str(one.proxy) for one in setup.exchanges]

    letter = Letter("r.example", "GET", parse_url("https://r.example/"), (), IDENTITY, Proxy("own", 2))
    setup.courier.carry(letter, Cargo(None), no_login)
    assert "own:2" == str(setup.exchanges[-1].proxy)


def test_exchanges_are_recorded_with_their_fate() -> None:
    setup = Setup({"https://r.example/a": (302, "/b?sig=hunter2"), "https://r.example/b?sig=hunter2": (0, "")})

    with pytest.raises(Broken):
        setup.carry(login=lambda url: Secret("Bearer hunter2"))

    assert [(302, ""), (0, "it broke")] == [(record.status, record.error) for record in setup.records]
    assert ["https://r.example/a", "https://r.example/b"] == [record.url for record in setup.records]
    assert "hunter2" not in repr(setup.records)
