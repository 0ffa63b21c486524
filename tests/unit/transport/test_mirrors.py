from __future__ import annotations

from regclient.hosts import TLS, HostBook, HostSettings
from regclient.transport.hostline import origin_of
from regclient.transport.messages import Request
from regclient.transport.mirrors import Candidate, address_of, candidates_for, in_order
from tests.tables import table


def names(request: Request, book: HostBook) -> list[str]:
    found = candidates_for(request, book.resolve(request.host), book.resolve)
    return [one.settings.name for one in in_order(found, lambda settings: 0.0)]


READ = Request("up.example", "GET", "manifests/latest", "a/b", mirrors=True)


def test_mirrors_come_in_the_order_of_the_settings_and_the_upstream_last() -> None:
    book = HostBook([HostSettings("up.example", mirrors=("m1.example", "m2.example", "m3.example"))])

    assert ["m1.example", "m2.example", "m3.example", "up.example"] == names(READ, book)


def test_a_mirror_may_be_named_by_an_address() -> None:
    mirrors = ("http://m1.example", "https://m2.example/", "http://up.example")
    book = HostBook([HostSettings("up.example", mirrors=mirrors), HostSettings("m1.example", user="me")])

    assert ["m1.example", "m2.example", "up.example"] == names(READ, book)
    assert "me" == book.resolve("http://m1.example").user


def test_smaller_priorities_come_first() -> None:
    book = HostBook(
        [
            HostSettings("up.example", mirrors=("late.example", "first.example", "same.example"), priority=5),
            HostSettings("late.example", priority=9),
            HostSettings("first.example", priority=1),
            HostSettings("same.example", priority=5),
        ]
    )

    assert ["first.example", "same.example", "up.example", "late.example"] == names(READ, book)


def test_hosts_that_failed_of_late_come_last() -> None:
    found = [Candidate(HostSettings("a"), upstream=False), Candidate(HostSettings("b"), upstream=False)]
    found.append(Candidate(HostSettings("c"), upstream=True))
    resting = {"a": 5.0, "b": 3.0, "c": 0.0}

    assert ["c", "b", "a"] == [one.settings.name for one in in_order(found, lambda settings: resting[settings.name])]


def test_mirrors_are_asked_only_where_they_may_answer() -> None:
    book = HostBook([HostSettings("up.example", mirrors=("m1.example", "up.example"))])

    assert ["up.example"] == names(Request("up.example", "PUT", "manifests/x", "a"), book)
    assert ["up.example"] == names(Request("up.example", "GET", url="https://up.example/next", mirrors=True), book)
    assert ["m1.example", "up.example"] == names(READ, book)


BOOK = HostBook(
    [
        HostSettings("plain.example:5000", tls=TLS.DISABLED),
        HostSettings("prefixed.example", path_prefix="/mirror/hub/"),
        HostSettings("other.example", hostname="real.example:8443"),
    ]
)


@table(
    ("host", "path", "repository", "expected"),
    [
        ("docker.io", "manifests/latest", "library/alpine", "https://registry-1.docker.io/v2/library/alpine/manifests/latest"),
        ("plain.example:5000", "tags/list", "a", "http://plain.example:5000/v2/a/tags/list"),
        ("prefixed.example", "tags/list", "a", "https://prefixed.example/v2/mirror/hub/a/tags/list"),
        ("prefixed.example", "_catalog", "", "https://prefixed.example/v2/_catalog"),
        ("prefixed.example", "", "", "https://prefixed.example/v2/mirror/hub/"),
        ("other.example", "", "", "https://real.example:8443/v2/"),
        ("other.example", "blobs/sha256:ab", "a", "https://real.example:8443/v2/a/blobs/sha256:ab"),
        ("other.example", "blobs/uploads/", "a", "https://real.example:8443/v2/a/blobs/uploads/"),
    ],
)
def test_addresses_are_made_of_hostname_prefix_repository_and_path(
    host: str, path: str, repository: str, expected: str
) -> None:
    upstream = BOOK.resolve(host)
    request = Request(host, "GET", path, repository)

    assert expected == str(address_of(request, Candidate(upstream, upstream=True), upstream, origin_of(upstream)))


def test_queries_are_quoted() -> None:
    upstream = BOOK.resolve("docker.io")
    request = Request("docker.io", "GET", "tags/list", "a", query=(("last", "a b&c"), ("n", "5")))

    assert "https://registry-1.docker.io/v2/a/tags/list?last=a%20b%26c&n=5" == str(
        address_of(request, Candidate(upstream, upstream=True), upstream, origin_of(upstream))
    )


def test_only_a_mirror_is_told_whose_content_is_meant() -> None:
    upstream, mirror = BOOK.resolve("docker.io"), BOOK.resolve("prefixed.example")

    assert str(address_of(READ, Candidate(mirror, upstream=False), upstream, origin_of(mirror))).endswith(
        "?ns=registry-1.docker.io"
    )
    assert "ns=" not in str(address_of(READ, Candidate(upstream, upstream=True), upstream, origin_of(upstream)))


def test_an_address_the_registry_gave_replaces_host_and_path() -> None:
    upstream = BOOK.resolve("prefixed.example")
    request = Request("prefixed.example", "PUT", url="https://up.example/x?_state=a%2Fb", query=(("digest", "sha256:ab"),))

    assert "https://up.example/x?_state=a%2Fb&digest=sha256%3Aab" == str(
        address_of(request, Candidate(upstream, upstream=True), upstream, origin_of(upstream))
    )
