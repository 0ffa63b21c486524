from __future__ import annotations

import json

import pytest

from regclient.errors import DigestMismatch, InvalidManifest, UnsupportedMediaType
from regclient.model.digest import Digest
from regclient.model.manifest import Schema1Manifest, parse_manifest
from regclient.model.schema1 import signed_payload
from tests.tables import table
from tests.vectors.model.read import document_of, vectors

LAYER = Digest.of(b"layer")
PLAIN = json.dumps(
    {
        "schemaVersion": 1,
        "name": "a/b",
        "tag": "t",
        "architecture": "amd64",
        "fsLayers": [{"blobSum": str(LAYER)}, {"blobSum": str(LAYER)}],
        "history": [{"v1Compatibility": '{"id":"<1>"}'}],
    }
).encode()
SIGNED = next(document_of(case) for case in vectors("parse") if case["name"] == "signed")


def test_a_plain_document_is_read() -> None:
    found = parse_manifest(PLAIN)

    assert isinstance(found, Schema1Manifest)
    assert ("a/b", "t", "amd64", 1) == (found.name, found.tag, found.architecture, found.schema_version)
    assert ((LAYER, LAYER), ('{"id":"<1>"}',)) == (found.fs_layers, found.history)
    assert Digest.of(PLAIN) == found.digest
    assert not found.signed


def test_a_signed_document_is_named_by_what_was_signed() -> None:
    found = parse_manifest(SIGNED)
    payload = signed_payload(SIGNED)

    assert isinstance(found, Schema1Manifest)
    assert found.signed
    assert SIGNED == found.raw
    assert b"signatures" not in payload
    assert (Digest.of(payload), len(payload)) == (found.digest, found.descriptor.size)


def test_what_was_not_signed_is_not_believed() -> None:
    forged = SIGNED.replace(b'"signatures"', b'"name": "evil/name",\n   "signatures"')
    found = parse_manifest(forged)

    assert isinstance(found, Schema1Manifest)
    assert "a/b" == found.name


def test_signed_content_that_changed_has_another_digest() -> None:
    with pytest.raises(DigestMismatch):
        parse_manifest(SIGNED.replace(b'"amd64"', b'"arm64"'), expect=parse_manifest(SIGNED).digest)


@table("protected", ["W10", "bm90IGpzb24", "eyJmb3JtYXRMZW5ndGgiOi0xfQ", "eyJmb3JtYXRMZW5ndGgiOiJ4In0", "%%%", "", 7])
def test_signatures_that_say_nothing_useful_are_refused(protected: object) -> None:
    raw = json.dumps({"schemaVersion": 1, "signatures": [{"protected": protected}]}).encode()

    with pytest.raises(InvalidManifest):
        signed_payload(raw)


def test_layers_have_neither_type_nor_size() -> None:
    found = parse_manifest(PLAIN)
    assert isinstance(found, Schema1Manifest)

    assert [("", LAYER, 0)] * 2 == [(layer.media_type, layer.digest, layer.size) for layer in found.layers]


def test_nothing_of_it_can_be_set() -> None:
    with pytest.raises(UnsupportedMediaType):
        parse_manifest(PLAIN).with_annotation("a", "b")


def test_it_can_be_shown_as_go_writes_it() -> None:
    assert (
        r'{"schemaVersion":1,"name":"a/b","tag":"t","architecture":"amd64",'
        f'"fsLayers":[{{"blobSum":"{LAYER}"}},{{"blobSum":"{LAYER}"}}],'
        r'"history":[{"v1Compatibility":"{\"id\":\"\u003c1\u003e\"}"}]}' == parse_manifest(PLAIN).written()
    )


def test_a_layer_without_a_digest_is_refused() -> None:
    with pytest.raises(InvalidManifest):
        parse_manifest(b'{"schemaVersion":1,"fsLayers":[{}]}')
