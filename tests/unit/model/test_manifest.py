from __future__ import annotations

import json

import pytest

from regclient.errors import DigestMismatch, InvalidManifest, RegistryClientError, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.headers import headers_of
from regclient.model.manifest import (
    ArtifactManifest,
    ImageManifest,
    IndexManifest,
    Manifest,
    Schema1Manifest,
    convert,
    media_type_of,
    parse_manifest,
)
from regclient.model.platform import Platform
from tests.tables import table
from tests.vectors.model.read import Vector, document_of, output_bytes, vectors

IMAGE = ImageManifest.build(config=EMPTY, layers=[EMPTY])
OTHER = Digest.of(b"other")


def name_of(case: Vector) -> str:
    return f"{case['op']} {case['name']}"


def opened(case: Vector) -> Manifest:
    return parse_manifest(document_of(case), media_type=case.get("mediaType", ""))


def changed(case: Vector) -> Manifest:
    manifest = opened(case)
    arg = case.get("arg")
    match case["op"]:
        case "annotate":
            return manifest.with_annotation(*case["texts"])
        case "subject":
            return manifest.replace(subject=Descriptor.from_json(arg) if arg else None)
    assert isinstance(arg, list)
    entries = tuple(map(Descriptor.from_json, arg))
    if case["op"] == "manifests":
        return manifest.replace(manifests=entries)
    return manifest.replace(blobs=entries) if isinstance(manifest, ArtifactManifest) else manifest.replace(layers=entries)


@table("case", vectors("parse"))
def test_documents_are_read_as_in_go(case: Vector) -> None:
    if case.get("failed"):
        with pytest.raises(RegistryClientError):
            opened(case)
    else:
        found = opened(case).descriptor
        assert case["output"] == [found.media_type, str(found.digest), found.size]


@table("case", vectors("annotate", "subject", "layers", "manifests"))
def test_changed_documents_have_gos_bytes(case: Vector) -> None:
    takes_nothing_away = case["op"] == "subject" and case.get("arg") is None and "docker" in case["name"]
    if case.get("failed") and not takes_nothing_away:
        with pytest.raises(RegistryClientError):
            changed(case)
        return
    found = changed(case)
    # Go writes the document anew whenever it is told to set something; we keep the bytes unless something changes.
    expected = document_of(case) if found == opened(case) else output_bytes(case)

    assert expected == found.raw
    assert (Digest.of(expected), len(expected)) == (found.digest, found.descriptor.size)
    assert found == parse_manifest(found.raw, media_type=found.media_type)


@table("case", [case for case in vectors("parse") if not case.get("failed")])
def test_reading_keeps_the_bytes(case: Vector) -> None:
    manifest = opened(case)

    assert document_of(case) == manifest.raw
    assert manifest is manifest.replace()


def test_the_expected_digest_is_checked() -> None:
    assert IMAGE == parse_manifest(IMAGE.raw, expect=IMAGE.digest)
    for expect in (OTHER, IMAGE.descriptor.replace(digest=OTHER)):
        with pytest.raises(DigestMismatch):
            parse_manifest(IMAGE.raw, expect=expect)


@table("algorithm", ["sha256", "sha384", "sha512"])
def test_the_digest_has_the_algorithm_that_was_expected(algorithm: str) -> None:
    digest = Digest.of(IMAGE.raw, algorithm)

    assert digest == parse_manifest(IMAGE.raw, expect=digest).digest
    assert digest == parse_manifest(IMAGE.raw, algorithm=algorithm).digest
    assert algorithm == parse_manifest(IMAGE.raw, expect=digest).with_annotation("a", "b").digest.algorithm


def test_the_digest_header_is_checked_when_nothing_else_is_expected() -> None:
    wrong = headers_of([("docker-content-digest", str(OTHER))])
    broken = headers_of([("docker-content-digest", "sha256:nonsense")])

    with pytest.raises(DigestMismatch):
        parse_manifest(IMAGE.raw, headers=wrong)
    assert IMAGE.digest == parse_manifest(IMAGE.raw, headers=wrong, expect=IMAGE.digest).digest
    assert broken == parse_manifest(IMAGE.raw, headers=broken).headers


def test_a_size_that_was_expected_is_corrected() -> None:
    expect = IMAGE.descriptor.replace(size=1, platform=Platform("linux", "amd64"), annotations={"a": "b"})
    found = parse_manifest(IMAGE.raw, expect=expect).descriptor

    assert expect.replace(size=len(IMAGE.raw)) == found


def test_the_media_type_comes_from_who_knows_best() -> None:
    raw = json.dumps({"schemaVersion": 2, "manifests": [], "layers": [], "config": json.loads(EMPTY.to_json())}).encode()
    header = headers_of([("Content-Type", f"{mediatype.OCI_INDEX}; charset=utf-8")])
    expect = Descriptor(mediatype.DOCKER_MANIFEST, Digest.of(raw), len(raw))

    assert mediatype.OCI_INDEX == parse_manifest(raw, headers=header).media_type
    assert mediatype.DOCKER_MANIFEST == parse_manifest(raw, headers=header, expect=expect).media_type
    assert (
        mediatype.OCI_MANIFEST
        == parse_manifest(raw, headers=header, expect=expect, media_type=mediatype.OCI_MANIFEST).media_type
    )


@table("content_type", ["text/plain", "application/json", mediatype.OCI_CONFIG])
def test_an_unusable_content_type_is_not_second_guessed(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        parse_manifest(IMAGE.raw, headers=headers_of([("Content-Type", content_type)]))


def test_a_document_that_says_it_is_something_else_is_refused() -> None:
    with pytest.raises(InvalidManifest, match="expected"):
        parse_manifest(IMAGE.raw, media_type=mediatype.OCI_INDEX)


@table(
    ("kind", "media_type"),
    [
        (ImageManifest, mediatype.OCI_MANIFEST),
        (ImageManifest, mediatype.DOCKER_MANIFEST),
        (IndexManifest, mediatype.OCI_INDEX),
        (IndexManifest, mediatype.DOCKER_LIST),
        (ArtifactManifest, mediatype.OCI_ARTIFACT),
        (Schema1Manifest, mediatype.DOCKER_SCHEMA1),
    ],
)
def test_each_media_type_has_its_kind(kind: type[Manifest], media_type: str) -> None:
    raw = json.dumps({"config": json.loads(EMPTY.to_json())}).encode()

    assert kind is type(parse_manifest(raw, media_type=media_type))


def test_odd_entries_do_not_tell_a_type() -> None:
    assert mediatype.OCI_MANIFEST == media_type_of(b'{"layers":["x"]}')
    assert mediatype.OCI_INDEX == media_type_of(b'{"manifests":{"a":1}}')
    assert mediatype.OCI_INDEX == media_type_of(b'{"mediaType":7,"manifests":[{"mediaType":7}]}')
    assert "" == media_type_of(b"{}")
    assert mediatype.DOCKER_LIST == media_type_of(b'{"MANIFESTS":[{"MediaType":"application/vnd.docker.x"}]}')


@table("name", ["layers", "manifests", "fsLayers", "signatures", "history", "config", "x"])
def test_deep_nesting_breaks_nothing(name: str) -> None:
    for depth in (250, 5000):
        deep = '{"x":' * depth + "{}" + "}" * depth
        for value in (deep, f"[{deep}]"):
            for media_type in (*sorted(mediatype.MANIFESTS), ""):
                with pytest.raises((InvalidManifest, UnsupportedMediaType)):
                    parse_manifest(f'{{"schemaVersion":1,"{name}":{value}}}'.encode(), media_type=media_type)


def test_an_image_converts_to_docker_and_back() -> None:
    image = ImageManifest.build(config=EMPTY, layers=[EMPTY], annotations={"a": "b"}, subject=EMPTY, artifact_type="c/d")
    docker = convert(image, docker=True)

    assert isinstance(docker, ImageManifest)
    assert (mediatype.DOCKER_MANIFEST, None, "") == (docker.declared, docker.subject, docker.artifact_type)
    assert docker == parse_manifest(docker.raw)
    assert image.replace(subject=None, artifact_type="").raw == convert(docker).raw


def test_an_index_converts_and_one_of_the_right_kind_stays() -> None:
    index = IndexManifest.build(manifests=[IMAGE.descriptor])

    assert mediatype.DOCKER_LIST == convert(index, docker=True).declared
    assert index is convert(index)


def test_artifacts_do_not_convert() -> None:
    with pytest.raises(UnsupportedMediaType):
        convert(ArtifactManifest.build(), docker=True)
