"""What ``index.json`` lists, as a value."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from regclient.errors import InvalidManifest
from regclient.layout.entries import REF_NAME, Entry, Listing
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.mediatype import OCI_MANIFEST
from tests.tables import table

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
        [entry.text for entry in Listing.parse(raw).entries]  # how deep the reader goes differs from Python to Python


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


def test_each_of_a_thousand_tags_is_found() -> None:
    many = listing(*(entry(FIRST, f"v{number}") for number in range(1000)))

    assert all(many.find(f"v{number}") for number in range(1000))
    assert many.find(Digest.of(b"missing")) is None
