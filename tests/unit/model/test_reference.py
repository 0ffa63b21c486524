from __future__ import annotations

import pytest

from regclient.errors import InvalidDigest, InvalidReference, Unsupported
from regclient.model.digest import Digest
from regclient.model.reference import Reference, parse_host
from tests.tables import table
from tests.vectors.model.read import Vector, vectors

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


def facts(reference: Reference) -> list[object]:
    return [
        *(reference.scheme, reference.registry, reference.repository, reference.tag, reference.digest, reference.path),
        *(reference.name, reference.is_set, reference.is_set_repository),
    ]


def text_of(case: Vector) -> str:
    return repr(case["texts"][0][:40])


@table("case", vectors("reference"))
def test_references_parse_as_in_go(case: Vector) -> None:
    text = case["texts"][0]
    if case.get("failed"):
        with pytest.raises(InvalidReference):
            Reference.parse(text)
    else:
        assert case["output"] == facts(Reference.parse(text))


@table("case", vectors("host"))
def test_hosts_parse_as_in_go(case: Vector) -> None:
    text = case["texts"][0]
    if case.get("failed"):
        with pytest.raises(InvalidReference):
            parse_host(text)
    else:
        host = parse_host(text)
        assert case["output"] == [host.scheme, host.registry, host.path]


@table("case", vectors("toregistry"))
def test_layouts_become_local_repositories_as_in_go(case: Vector) -> None:
    assert case["output"] == Reference.parse(case["texts"][0]).to_registry().name


@table("case", [case for case in vectors("reference") if not case.get("failed")])
def test_the_common_name_parses_to_the_same_reference(case: Vector) -> None:
    reference = Reference.parse(case["texts"][0])

    if reference.name:
        assert reference == Reference.parse(reference.name)


def test_the_error_says_when_only_case_is_wrong() -> None:
    with pytest.raises(InvalidReference, match="must be lower case"):
        Reference.parse("docker.io/Upper/Case/Repo:tag")
    with pytest.raises(InvalidReference) as caught:
        Reference.parse("a..b")
    assert "" == caught.value.reason


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(InvalidReference, match="unknown scheme 'http'"):
        Reference.parse("http://example.com/x")


def test_a_tag_replaces_the_digest_and_a_digest_the_tag() -> None:
    both = Reference.parse(f"example.com/a:1@{DIGEST}")

    assert "example.com/a:2" == both.with_tag("2").name
    assert f"example.com/a@{DIGEST}" == both.with_digest(Digest.parse(DIGEST)).name
    assert f"example.com/a:1@{DIGEST}" == Reference.parse("example.com/a:1").add_digest(DIGEST).name
    assert "example.com/a" == both.repository_only().name


def test_a_change_renews_the_original_text() -> None:
    reference = Reference.parse("alpine")

    assert "alpine" == reference.original
    assert "docker.io/library/alpine:3" == reference.with_tag("3").original


def test_how_it_was_written_does_not_count() -> None:
    assert Reference.parse("alpine") == Reference.parse("docker.io/library/alpine:latest")
    assert 1 == len({Reference.parse("alpine"), Reference.parse("index.docker.io/library/alpine")})


def test_the_target_is_the_digest_before_the_tag() -> None:
    assert Digest.parse(DIGEST) == Reference.parse(f"example.com/a:1@{DIGEST}").target
    assert "1" == Reference.parse("example.com/a:1").target
    assert None is Reference.parse("example.com/a:1").repository_only().target


def test_a_layout_named_by_tag_and_digest_gets_the_tag_and_a_registry_the_digest() -> None:
    digest = Digest.parse(DIGEST)

    assert ("1", digest) == Reference.parse(f"ocidir://a:1@{DIGEST}").place
    assert (digest, None) == Reference.parse(f"ocidir://a@{DIGEST}").place
    assert (digest, None) == Reference.parse(f"example.com/a:1@{DIGEST}").place
    assert ("1", None) == Reference.parse("example.com/a:1").place
    assert ("latest", None) == Reference.parse("ocidir://a").place
    assert (None, None) == Reference.parse("example.com/a").repository_only().place


def test_a_layout_is_read_at_latest_when_nothing_is_said() -> None:
    assert "latest" == Reference.parse("ocidir://a").target
    assert "" == Reference.parse("ocidir://a").tag


@table(("digest", "error"), [("md5:" + "0" * 32, Unsupported), ("sha256:" + "0" * 32, InvalidDigest)])
def test_the_digest_is_checked_when_it_is_used(digest: str, error: type[Exception]) -> None:
    reference = Reference.parse(f"x@{digest}")

    with pytest.raises(error):
        _ = reference.target


@table(
    ("one", "other", "registry", "repository"),
    [
        ("a.b/x:1", "a.b/x:2", True, True),
        ("a.b/x", "a.b/y", True, False),
        ("a.b/x", "a.c/x", False, False),
        ("ocidir://a:1", f"ocidir://a@{DIGEST}", True, True),
        ("ocidir://a", "ocidir://b", False, False),
        ("ocidir://a", "ocifile://a", False, False),
        ("localhost/a", "ocidir://a", False, False),
    ],
)
def test_same_place_or_not(one: str, other: str, *, registry: bool, repository: bool) -> None:
    left, right = Reference.parse(one), Reference.parse(other)

    assert registry == left.same_registry(right)
    assert repository == left.same_repository(right)


def test_what_is_no_layout_stays_when_made_a_registry_reference() -> None:
    reference = Reference.parse("example.com/a:1")

    assert reference is reference.to_registry()


def test_a_long_hostile_text_is_refused_quickly() -> None:
    for text in ("a-" * 20_000, "a." * 20_000 + "/", "[" + "1:" * 20_000, "x:" + "a" * 40_000, "a__" * 20_000 + "!"):
        with pytest.raises(InvalidReference):
            Reference.parse(text)
