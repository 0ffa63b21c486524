"""Tags, the catalog and referrers, page by page."""

from __future__ import annotations

import re

from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.model.index import IndexManifest
from regclient.model.referrers import fallback_tag
from regclient.server.exchange import Policy
from tests.fakes import images
from tests.fakes.asking import Answer, Asker
from tests.tables import table


def with_tags(*tags: str, policy: Policy | None = None) -> Asker:
    asker = Asker(policy)
    for tag in tags:
        images.image(asker.store.create("a"), tag, layers=0)
    return asker


def next_of(answer: Answer) -> str:
    match = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
    return match[1] if match else ""


def test_the_base_says_that_the_api_is_spoken() -> None:
    answer = Asker().ask("GET", "")

    assert (200, b"{}") == (answer.status, answer.body)
    assert "registry/2.0" == answer.headers["Docker-Distribution-Api-Version"]


def test_tags_are_listed_as_go_sorts_them() -> None:
    answer = with_tags("b", "a", "B", "_", "10", "9").ask("GET", "a/tags/list")

    assert {"name": "a", "tags": ["10", "9", "B", "_", "a", "b"]} == answer.json
    assert "application/json" == answer.headers["Content-Type"]
    assert "Link" not in answer.headers


def test_tags_of_a_repository_without_any_are_an_empty_list() -> None:
    asker = Asker()
    images.blob(asker.store.create("a"), b"x")

    assert {"name": "a", "tags": []} == asker.ask("GET", "a/tags/list").json
    assert (404, "NAME_UNKNOWN") == (asker.ask("GET", "b/tags/list").status, asker.ask("GET", "b/tags/list").code)


def test_tags_come_in_pages() -> None:
    asker = with_tags("a", "b", "c")

    first = asker.ask("GET", "a/tags/list?n=2")
    assert (["a", "b"], "/v2/a/tags/list?n=2&last=b") == (first.json["tags"], next_of(first))
    second = asker.ask("GET", next_of(first))
    assert (["c"], "") == (second.json["tags"], next_of(second))


@table(
    ("query", "expected"),
    [
        ("?n=0", []),
        ("?n=", ["a", "b", "c"]),
        ("?n=3", ["a", "b", "c"]),
        ("?last=a", ["b", "c"]),
        ("?last=bb", ["c"]),
        ("?last=z", []),
        ("?n=99999999", ["a", "b", "c"]),
    ],
)
def test_a_page_that_is_the_last_has_no_link(query: str, expected: list[str]) -> None:
    answer = with_tags("a", "b", "c").ask("GET", f"a/tags/list{query}")

    assert expected == answer.json["tags"]
    assert "Link" not in answer.headers


@table("text", ["-1", "x", "1.5", "²", "9" * 19])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert 400 == with_tags("a").ask("GET", f"a/tags/list?n={text}").status


def test_the_registry_can_make_pages_smaller() -> None:
    asker = with_tags("a", "b", "c", policy=Policy(page=1))

    seen, address = [], "a/tags/list?n=2"
    while address:
        answer = asker.ask("GET", address)
        seen.append(answer.json["tags"])
        address = next_of(answer)

    assert [["a"], ["b"], ["c"]] == seen


def test_tags_that_keep_referrers_are_not_listed_and_can_be_read() -> None:
    asker = with_tags("a")
    repository = asker.store.create("a")
    tag = fallback_tag(Digest.of(b"x"))
    repository.put_manifest(IndexManifest.build(), tag)

    assert ["a"] == asker.ask("GET", "a/tags/list").json["tags"]
    assert 200 == asker.ask("GET", f"a/manifests/{tag}").status
    assert 202 == asker.ask("DELETE", f"a/manifests/{tag}").status


def test_tags_that_only_look_like_those_are_listed() -> None:
    asker = with_tags("a")
    repository = asker.store.create("a")
    names = [fallback_tag(Digest.of(b"x")), f"{fallback_tag(Digest.of(b'y'))}.sig", "sha256-abc"]
    images.image(repository, names[0])
    for name in names[1:]:
        images.index(repository, name)

    assert sorted(["a", *names]) == asker.ask("GET", "a/tags/list").json["tags"]


def test_the_catalog_lists_repositories_in_pages() -> None:
    asker = Asker()
    for name in ("b/c", "a", "b"):
        images.blob(asker.store.create(name), b"x")

    assert {"repositories": ["a", "b", "b/c"]} == asker.ask("GET", "_catalog").json
    first = asker.ask("GET", "_catalog?n=2")
    assert (["a", "b"], "/v2/_catalog?n=2&last=b") == (first.json["repositories"], next_of(first))
    assert ["b/c"] == asker.ask("GET", next_of(first)).json["repositories"]


def referred(policy: Policy | None = None) -> tuple[Asker, str, list[str]]:
    asker = Asker(policy)
    repository = asker.store.create("a")
    subject = images.image(repository)
    attached = [
        images.artifact(repository, subject, content=b"1", annotations={"k": "v"}),
        images.artifact(repository, subject, content=b"2", artifact_type="application/x+y"),
        images.artifact(repository, subject, content=b"3"),
    ]
    return asker, f"a/referrers/{subject.digest}", [str(each.digest) for each in attached]


def digests(answer: Answer) -> list[str]:
    listed = answer.json["manifests"]
    assert isinstance(listed, list)
    return [entry["digest"] for entry in listed]


def test_referrers_are_an_index_of_descriptors() -> None:
    asker, address, expected = referred()

    answer = asker.ask("GET", address)

    assert mediatype.OCI_INDEX == answer.headers["Content-Type"]
    assert sorted(expected) == sorted(digests(answer))
    assert "OCI-Filters-Applied" not in answer.headers
    listed = answer.json["manifests"]
    assert isinstance(listed, list)
    entry = next(entry for entry in listed if entry["digest"] == expected[0])
    assert (images.SBOM, {"k": "v"}) == (entry["artifactType"], entry["annotations"])


def test_referrers_are_filtered_by_type() -> None:
    asker, address, expected = referred()

    answer = asker.ask("GET", f"{address}?artifactType=application/x%2By")

    assert [expected[1]] == digests(answer)
    assert "artifactType" == answer.headers["OCI-Filters-Applied"]


def test_referrers_come_in_pages_that_keep_the_filter() -> None:
    asker, address, expected = referred(Policy(page=1))

    seen: list[str] = []
    following = f"{address}?artifactType={images.SBOM}"
    while following:
        answer = asker.ask("GET", following)
        assert 1 == len(digests(answer))
        seen += digests(answer)
        following = next_of(answer)

    assert sorted([expected[0], expected[2]]) == sorted(seen)


def test_without_the_api_clients_keep_their_lists_in_tags() -> None:
    asker, address, _ = referred(Policy(referrers=False))
    repository = asker.store.create("a")
    tag = fallback_tag(Digest.of(b"x"))
    repository.put_manifest(IndexManifest.build(), tag)
    attached = images.artifact(Asker().store.create("x"), repository.get_manifest("latest"))

    assert 404 == asker.ask("GET", address).status
    assert ["latest", tag] == asker.ask("GET", "a/tags/list").json["tags"]
    assert "OCI-Subject" not in asker.ask("PUT", "a/manifests/x", attached.raw).headers


@table("name", ["a", "b"])
def test_nothing_refers_to_what_is_not_there(name: str) -> None:
    answer = referred()[0].ask("GET", f"{name}/referrers/{Digest.of(b'x')}")

    assert (200, []) == (answer.status, answer.json["manifests"])


def test_the_subject_must_be_a_digest() -> None:
    assert (400, "DIGEST_INVALID") == (Asker().ask("GET", "a/referrers/x").status, Asker().ask("GET", "a/referrers/x").code)
