"""Paths of the distribution API."""

from __future__ import annotations

import pytest

from regclient.server.fault import Fault
from regclient.server.route import Endpoint, Route, is_name, is_tag, parse_route
from tests.tables import table


@table(
    ("path", "expected"),
    [
        ("/v2", Route(Endpoint.BASE)),
        ("/v2/", Route(Endpoint.BASE)),
        ("/v2/_catalog", Route(Endpoint.CATALOG)),
        ("/v2/a/tags/list", Route(Endpoint.TAGS, "a")),
        ("/v2/a/b-c/d__e/tags/list", Route(Endpoint.TAGS, "a/b-c/d__e")),
        ("/v2/tags/list/tags/list", Route(Endpoint.TAGS, "tags/list")),
        ("/v2/a/manifests/latest", Route(Endpoint.MANIFEST, "a", "latest")),
        ("/v2/a/blobs/uploads/manifests/1", Route(Endpoint.MANIFEST, "a/blobs/uploads", "1")),
        ("/v2/a/blobs/sha256:x", Route(Endpoint.BLOB, "a", "sha256:x")),
        ("/v2/a/blobs/uploads", Route(Endpoint.UPLOADS, "a")),
        ("/v2/a/blobs/uploads/", Route(Endpoint.UPLOADS, "a")),
        ("/v2/a/blobs/uploads/1-2", Route(Endpoint.UPLOAD, "a", "1-2")),
        ("/v2/a/referrers/sha256:x", Route(Endpoint.REFERRERS, "a", "sha256:x")),
    ],
)
def test_every_endpoint_has_its_path(path: str, expected: Route) -> None:
    assert expected == parse_route(path)


@table("path", ["/", "/v1/", "v2/", "/v2/a", "/v2/a/b", "/v2/a/tags/x", "/v2/_catalog/x"])
def test_other_paths_are_not_served(path: str) -> None:
    with pytest.raises(Fault) as fault:
        parse_route(path)

    assert 404 == fault.value.status


@table(
    "name",
    ["", "A", "../a", "a/..", "a//b", "/a", "a/", ".a", "a.", "-a", "a..b", "a___b", "ä", "a" * 256, "a\n", "_a", "a/_b"],
)
def test_names_outside_the_grammar_are_refused(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(Fault) as fault:
        parse_route(f"/v2/{name}/manifests/latest")

    assert "NAME_INVALID" == fault.value.code


@table("name", ["a", "0", "a/b", "a.b", "a_b", "a__b", "a---b", "index.json", "a" * 255])
def test_names_inside_the_grammar_are_names(name: str) -> None:
    assert is_name(name)


def test_tags_follow_their_grammar() -> None:
    assert [True, True, False, False, False, False] == [
        is_tag("_A.b-9"),
        is_tag("a" * 128),
        is_tag("a" * 129),
        is_tag(""),
        is_tag(".a"),
        is_tag("a\n"),
    ]
