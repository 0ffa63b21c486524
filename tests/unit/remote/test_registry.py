"""A registry as a whole."""

from __future__ import annotations

import pytest

from regclient.errors import Denied, InvalidManifest, InvalidReference, RepositoryNotFound, UnsupportedMediaType
from regclient.remote.registry import RemoteRegistry
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table


def registry(*script: tuple[str, Answer]) -> RemoteRegistry:
    return RemoteRegistry("registry.example", ScriptedTransport(*script))


def test_a_ping_gives_the_headers() -> None:
    assert ("registry/2.0",) == registry(
        ("GET ", Answer(200, {"Docker-Distribution-Api-Version": "registry/2.0"}))
    ).ping().headers["Docker-Distribution-Api-Version"]


@table(("status", "kind"), [(401, Denied), (404, RepositoryNotFound)])
def test_a_ping_that_fails_says_how(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"registry.example"):
        registry(("GET ", Answer(status))).ping()


@table("media_type", ["application/json", "text/plain; charset=utf-8", ""])
def test_one_page_of_the_catalog_is_listed(media_type: str) -> None:
    body = b'{"repositories":["a","b/c"]}'
    headers = {"Content-Type": media_type, "Link": '</v2/_catalog?last=b>; rel="next"'}
    listed = registry(("GET _catalog?n=2&last=0", Answer(200, headers, body))).repositories(limit=2, last="0")

    assert (("a", "b/c"), body) == (listed.repositories, listed.raw)
    assert "Link" in listed.headers


@table("limit", [0, -1])
def test_a_limit_below_one_is_none(limit: int) -> None:
    assert () == registry(("GET _catalog?last=0", Answer(200, {}, b"{}"))).repositories(limit=limit, last="0").repositories


def test_a_catalog_is_asked_for_outside_any_repository() -> None:
    transport = ScriptedTransport(("GET _catalog", Answer(200, {}, b"{}")))

    assert () == RemoteRegistry("registry.example", transport).repositories().repositories
    assert ("", False) == (transport.sent[0].request.repository, transport.sent[0].request.mirrors)


@table(
    ("answer", "kind"),
    [
        (Answer(404), RepositoryNotFound),
        (Answer(200, {"Content-Type": "text/html"}, b"<html>"), UnsupportedMediaType),
        (Answer(200, {}, b"[]"), InvalidManifest),
        (Answer(200, {}, b'{"repositories":[1]}'), InvalidManifest),
    ],
)
def test_what_is_no_catalog_is_refused(answer: Answer, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        registry(("GET _catalog", answer)).repositories()


@table("host", ["registry.example/team", "", "ocidir://x/y:1@", "ocidir://x", "registry example"])
def test_more_than_a_host_is_no_registry(host: str) -> None:
    with pytest.raises(InvalidReference):
        RemoteRegistry(host, ScriptedTransport())
