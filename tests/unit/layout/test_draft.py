"""A listing being changed."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from regclient.errors import InvalidManifest, Unsupported
from regclient.layout.draft import Draft
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


def put(before: Listing, manifest: Descriptor, tag: str | None) -> Listing:
    draft = Draft(before)
    draft.put(manifest, tag, NOON)
    return draft.listing()


def drop(before: Listing, name: str | Digest) -> Listing:
    draft = Draft(before)
    dropped = draft.drop_digest(name) if isinstance(name, Digest) else draft.drop_tag(name)
    assert dropped == (draft.listing() is not before)
    return draft.listing()


def test_a_new_tag_is_appended_with_the_time() -> None:
    found = put(listing(entry(FIRST, "v1")), SECOND, "v2")

    assert [("v1", "first"), ("v2", "second")] == shown(found)
    assert {REF_NAME: "v2", CREATED: "2020-01-01T12:00:00Z"} == dict(found.entries[1].descriptor.annotations)


def test_annotations_of_the_manifests_descriptor_are_replaced_and_the_rest_is_kept() -> None:
    found = put(EMPTY, SECOND.replace(annotations={"old": "x"}, artifact_type="application/x"), "v2")

    (stored,) = [item.descriptor for item in found.entries]
    assert ({REF_NAME, CREATED}, "application/x") == (set(stored.annotations), stored.artifact_type)


def test_a_tag_moves_in_its_place() -> None:
    found = put(listing(entry(FIRST, "v1"), entry(FIRST, "v2")), SECOND, "v1")

    assert [("v1", "second"), ("v2", "first")] == shown(found)


def test_a_tag_that_is_there_already_stays_as_it_is() -> None:
    before = listing(entry(FIRST, "v1"))

    assert put(before, FIRST, "v1") is before


def test_later_entries_of_a_tag_are_dropped() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v2"), entry(SECOND, "v1"))

    assert [("v1", "first"), ("v2", "second")] == shown(put(before, FIRST, "v1"))


def test_a_full_image_name_is_another_programs_and_stays() -> None:
    found = put(listing(entry(FIRST, "docker.io/app:v1")), SECOND, "v1")

    assert [("docker.io/app:v1", "first"), ("v1", "second")] == shown(found)


def test_an_untagged_manifest_is_appended_beside_tagged_ones() -> None:
    found = put(listing(entry(FIRST, "v1")), FIRST, None)

    assert [("v1", "first"), (None, "first")] == shown(found)
    assert [CREATED] == list(found.entries[1].descriptor.annotations)


def test_an_untagged_manifest_is_listed_once() -> None:
    before = listing(entry(FIRST), entry(SECOND), entry(FIRST, annotations={"a": "b"}))

    assert [(None, "first"), (None, "second")] == shown(put(before, FIRST, None))


def test_a_tag_is_removed_with_all_its_entries() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v1"), entry(SECOND, "app:v1"))

    assert [("app:v1", "second")] == shown(drop(before, "v1"))


def test_a_digest_is_removed_with_all_its_tags() -> None:
    before = listing(entry(FIRST, "v1"), entry(SECOND, "v2"), entry(FIRST))

    assert [("v2", "second")] == shown(drop(before, FIRST.digest))


def test_nothing_to_remove_changes_nothing() -> None:
    before = listing(entry(FIRST, "v1"))

    assert drop(before, "v2") is before
    assert drop(before, SECOND.digest) is before


def test_a_new_listing_is_written_as_go_does() -> None:
    expected = (
        '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":'
        f'"{OCI_MANIFEST}","digest":"{FIRST.digest}","size":5,"annotations":{{"org.opencontainers.image.created":'
        '"2020-01-01T12:00:00Z","org.opencontainers.image.ref.name":"v1"}}]}'
    )

    assert expected == put(EMPTY, FIRST, "v1").raw.decode()


def test_an_emptied_listing_has_an_empty_list() -> None:
    assert b'{"schemaVersion":2,"manifests":[]}' == drop(listing(entry(FIRST, "v1")), "v1").raw


def test_known_members_are_written_in_gos_order_and_escapes() -> None:
    raw = (
        f'{{"annotations": {{"b": "1", "a": "&"}}, "manifests": [{{"platform": {{"os": "linux", "architecture": "amd64"}},'
        f' "annotations": null, "digest": "{FIRST.digest}", "size": 5, "mediaType": "{OCI_MANIFEST}"}}], "schemaVersion": 2}}'
    )
    expected = (
        f'{{"schemaVersion":2,"manifests":[{{"mediaType":"{OCI_MANIFEST}","digest":"{FIRST.digest}","size":5,"platform":'
        '{"architecture":"amd64","os":"linux"}}],"annotations":{"a":"\\u0026","b":"1"}}'
    )

    changed = drop(put(Listing.parse(raw.encode()), SECOND, "x"), "x")

    assert expected == changed.raw.decode()


def test_members_nobody_knows_survive_a_change() -> None:
    before = listing(entry(FIRST, "v1", **{"x-entry": {"b": 1, "a": [1.50]}}), **{"x-top": "kept"})

    changed = put(before, SECOND, "v2").raw

    assert b'"x-entry":{"b": 1, "a": [1.5]}' in changed
    assert b'"x-top":"kept"' in changed


def test_an_entry_that_cannot_be_understood_survives_a_change_and_hides_no_other() -> None:
    broken = {"mediaType": "text/plain", "digest": "md5:d41d8cd98f00b204e9800998ecf8427e", "size": -1}
    before = listing(broken, entry(FIRST, "v1"))

    changed = Listing.parse(put(before, SECOND, "v2").raw)

    assert [(None, broken["digest"]), ("v1", "first"), ("v2", "second")] == shown(changed)
    with pytest.raises((InvalidManifest, Unsupported)):
        _ = changed.entries[0].descriptor


def test_a_changed_listing_can_be_changed_again() -> None:
    found = EMPTY
    for tag in ("a", "b", "c"):
        found = put(found, FIRST, tag)
    found = drop(found, "b")

    assert shown(Listing.parse(found.raw)) == shown(found) == [("a", "first"), ("c", "first")]


@table("name", ["v1", "v2", "app:v1", "v3", FIRST.digest, SECOND.digest])
def test_a_draft_finds_what_its_listing_would(name: str | Digest) -> None:
    draft = Draft(listing(entry(SECOND, "docker.io/app:v3"), entry(FIRST, "v1"), entry(SECOND, "v1"), entry(FIRST, "app:v1")))
    before = digest_of(draft.find(name))

    assert digest_of(draft.listing().find(name)) == before
    draft.put(SECOND, "v1", NOON)
    draft.put(FIRST, "v2", NOON)
    draft.drop_tag("app:v1")
    assert digest_of(draft.listing().find(name)) == digest_of(draft.find(name))


def test_changes_that_undo_each_other_leave_the_listing_it_was_made_of() -> None:
    before = listing(entry(FIRST, "v1"))
    draft = Draft(before)

    draft.put(SECOND, "v2", NOON)
    draft.drop_tag("v2")

    assert before is draft.listing()


def test_a_tag_that_comes_again_is_last() -> None:
    draft = Draft(listing(entry(FIRST, "v1"), entry(FIRST, "v2")))

    draft.drop_tag("v1")
    draft.put(SECOND, "v1", NOON)

    assert [("v2", "first"), ("v1", "second")] == shown(draft.listing())
