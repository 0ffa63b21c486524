"""What ``index.json`` lists, as a value."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from regclient.errors import InvalidManifest, Unsupported
from regclient.layout.entries import CREATED, EMPTY, REF_NAME, Entry, Listing
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.mediatype import OCI_MANIFEST
from tests.tables import table

NOON = 1_577_880_000.0
FIRST = Descriptor.of(b"first", OCI_MANIFEST)
SECOND = Descriptor.of(b"second", OCI_MANIFEST)


def entry(descriptor: Descriptor, name: str | None = None, **members: object) -> dict[str, object]:
    value: dict[str, object] = {"mediaType": descriptor.media_type, "digest": str(descriptor.digest), "size": descriptor.size}
    return value | ({"annotations": {REF_NAME: name}} if name is not None else {}) | members


def listing(*entries: object, **members: object) -> Listing:
    return Listing.parse(json.dumps({"schemaVersion": 2, "manifests": list(entries), **members}).encode())


def shown(found: Listing) -> Sequence[tuple[str | None, str]]:
    """Return tag and content of each entry."""
    names = {str(FIRST.digest): "first", str(SECOND.digest): "second"}
    return [(item.tag, names.get(item.digest, item.digest)) for item in found.entries]


def digest_of(found: Entry | None) -> str | None:
    return found.digest if found else None


def test_a_manifest_is_found_by_its_tag_and_by_its_digest() -> None:
    found = listing(entry(FIRST, "v1"), entry(SECOND, "v2"))

    assert str(SECOND.digest) == digest_of(found.find("v2"))
    assert str(FIRST.digest) == digest_of(found.find(FIRST.digest))


def test_the_first_of_several_entries_is_found() -> None:
    assert str(FIRST.digest) == digest_of(listing(entry(FIRST, "v1"), entry(SECOND, "v1")).find("v1"))


def test_a_full_image_name_is_found_by_its_tag() -> None:
    assert str(FIRST.digest) == digest_of(listing(entry(FIRST, "docker.io/library/app:v1")).find("v1"))


def test_a_short_name_comes_before_a_full_one() -> None:
    found = listing(entry(FIRST, "docker.io/library/app:v1"), entry(SECOND, "v1"))

    assert str(SECOND.digest) == digest_of(found.find("v1"))


@table("name", ["v", "1", "app:v1", "v1x"])
def test_part_of_a_name_is_not_found(name: str) -> None:
    assert listing(entry(FIRST, "docker.io/library/app:v1"), entry(SECOND, "v2")).find(name) is None


def test_a_full_image_name_is_found_as_it_is() -> None:
    assert str(FIRST.digest) == digest_of(listing(entry(FIRST, "docker.io/app:v1")).find("docker.io/app:v1"))


def test_tags_are_sorted_and_listed_once_without_the_names_before_them() -> None:
    names = ["v2", "docker.io/library/app:v1", "v1", "v10", ""]

    assert ("v1", "v10", "v2") == listing(*(entry(FIRST, name) for name in names), entry(SECOND)).tags


def test_a_new_tag_is_appended_with_the_time() -> None:
    found = listing(entry(FIRST, "v1")).with_manifest(SECOND, "v2", NOON)

    assert [("v1", "first"), ("v2", "second")] == shown(found)
    assert {REF_NAME: "v2", CREATED: "2020-01-01T12:00:00Z"} == dict(found.entries[1].descriptor.annotations)


def test_annotations_of_the_manifests_descriptor_are_replaced_and_the_rest_is_kept() -> None:
    found = EMPTY.with_manifest(SECOND.replace(annotations={"old": "x"}, artifact_type="application/x"), "v2", NOON)

    (stored,) = [item.descriptor for item in found.entries]
    assert ({REF_NAME, CREATED}, "application/x") == (set(stored.annotations), stored.artifact_type)


def test_a_tag_moves_in_its_place() -> None:
    found = listing(entry(FIRST, "v1"), entry(FIRST, "v2")).with_manifest(SECOND, "v1", NOON)

    assert [("v1", "second"), ("v2", "first")] == shown(found)


def test_a_tag_that_is_there_already_stays_as_it_is() -> None:
    before = listing(entry(FIRST, "v1"))

    assert before.with_manifest(FIRST, "v1", NOON) is before


def test_later_entries_of_a_tag_are_dropped() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v2"), entry(SECOND, "v1"))

    assert [("v1", "first"), ("v2", "second")] == shown(before.with_manifest(FIRST, "v1", NOON))


def test_a_full_image_name_is_another_programs_and_stays() -> None:
    found = listing(entry(FIRST, "docker.io/app:v1")).with_manifest(SECOND, "v1", NOON)

    assert [("docker.io/app:v1", "first"), ("v1", "second")] == shown(found)


def test_an_untagged_manifest_is_appended_beside_tagged_ones() -> None:
    found = listing(entry(FIRST, "v1")).with_manifest(FIRST, None, NOON)

    assert [("v1", "first"), (None, "first")] == shown(found)
    assert [CREATED] == list(found.entries[1].descriptor.annotations)


def test_an_untagged_manifest_is_listed_once() -> None:
    before = listing(entry(FIRST), entry(SECOND), entry(FIRST, annotations={"a": "b"}))

    assert [(None, "first"), (None, "second")] == shown(before.with_manifest(FIRST, None, NOON))


def test_a_tag_is_removed_with_all_its_entries() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v1"), entry(SECOND, "app:v1"))

    assert [("app:v1", "second")] == shown(before.without_tag("v1"))


def test_a_digest_is_removed_with_all_its_tags() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v2"), entry(FIRST))

    assert [("v2", "second")] == shown(before.without_digest(FIRST.digest))


def test_nothing_to_remove_changes_nothing() -> None:
    before = listing(entry(FIRST, "v1"))

    assert before.without_tag("v2") is before
    assert before.without_digest(SECOND.digest) is before


def test_a_new_listing_is_written_as_go_does() -> None:
    expected = (
        '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":'
        f'"{OCI_MANIFEST}","digest":"{FIRST.digest}","size":5,"annotations":{{"org.opencontainers.image.created":'
        '"2020-01-01T12:00:00Z","org.opencontainers.image.ref.name":"v1"}}]}'
    )

    assert expected == EMPTY.with_manifest(FIRST, "v1", NOON).raw.decode()


def test_an_emptied_listing_has_an_empty_list() -> None:
    assert b'{"schemaVersion":2,"manifests":[]}' == listing(entry(FIRST, "v1")).without_tag("v1").raw


def test_known_members_are_written_in_gos_order_and_escapes() -> None:
    raw = (
        f'{{"annotations": {{"b": "1", "a": "&"}}, "manifests": [{{"platform": {{"os": "linux", "architecture": "amd64"}},'
        f' "annotations": null, "digest": "{FIRST.digest}", "size": 5, "mediaType": "{OCI_MANIFEST}"}}], "schemaVersion": 2}}'
    )
    expected = (
        f'{{"schemaVersion":2,"manifests":[{{"mediaType":"{OCI_MANIFEST}","digest":"{FIRST.digest}","size":5,"platform":'
        '{"architecture":"amd64","os":"linux"}}],"annotations":{"a":"\\u0026","b":"1"}}'
    )

    changed = Listing.parse(raw.encode()).with_manifest(SECOND, "x", NOON).without_tag("x")

    assert expected == changed.raw.decode()


def test_members_nobody_knows_survive_a_change() -> None:
    before = listing(entry(FIRST, "v1", **{"x-entry": {"b": 1, "a": [1.50]}}), **{"x-top": "kept"})

    changed = before.with_manifest(SECOND, "v2", NOON).raw

    assert b'"x-entry":{"b": 1, "a": [1.5]}' in changed
    assert b'"x-top":"kept"' in changed


def test_an_entry_that_cannot_be_understood_survives_a_change_and_hides_no_other() -> None:
    broken = {"mediaType": "text/plain", "digest": "md5:d41d8cd98f00b204e9800998ecf8427e", "size": -1}
    before = listing(broken, entry(FIRST, "v1"))

    changed = Listing.parse(before.with_manifest(SECOND, "v2", NOON).raw)

    assert [(None, broken["digest"]), ("v1", "first"), ("v2", "second")] == shown(changed)
    with pytest.raises((InvalidManifest, Unsupported)):
        _ = changed.entries[0].descriptor


def test_a_changed_listing_can_be_changed_again() -> None:
    found = EMPTY
    for tag in ("a", "b", "c"):
        found = found.with_manifest(FIRST, tag, NOON)
    found = found.without_tag("b")

    assert shown(Listing.parse(found.raw)) == shown(found) == [("a", "first"), ("c", "first")]


@table(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"manifests":{}}',
        b'{"manifests":["text"]}',
        b'{"manifests":[null]}',
        b'{"manifests":[{"annotations":["a"]}]}',
        b'{"manifests":' + b"[" * 100_000,
        b'{"manifests":[' + b'{"annotations":' * 5000 + b"{}" + b"}" * 5000 + b"]}",
        b"\xff\xfe",
    ],
)
def test_a_hostile_document_is_refused_with_an_error_of_ours(raw: bytes) -> None:
    with pytest.raises(InvalidManifest):
        Listing.parse(raw)


@table(
    "members",
    [
        {"digest": "sha256:../../etc/passwd"},
        {"digest": 7},
        {"digest": None},
        {"size": -5},
        {"size": "5"},
        {"size": 1e300},
        {"mediaType": {}},
        {"annotations": {REF_NAME: "v1", "x": 5}},
        {"platform": "linux"},
    ],
)
def test_a_hostile_entry_is_refused_when_it_is_asked_for(members: dict[str, object]) -> None:
    found = listing(entry(FIRST, "v1") | members).find("v1")

    assert found is not None
    with pytest.raises(InvalidManifest):
        _ = found.descriptor


def test_a_name_that_is_no_text_is_no_tag() -> None:
    assert () == listing(entry(FIRST, annotations={REF_NAME: 5})).tags


def test_ten_thousand_tags_are_each_found() -> None:
    many = listing(*(entry(FIRST, f"v{number}") for number in range(10_000)))

    assert all(many.find(f"v{number}") for number in range(10_000))
    assert many.find(Digest.of(b"missing")) is None
