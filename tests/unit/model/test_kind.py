from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.kind import Manifest
from regclient.model.manifest import parse_manifest
from regclient.model.schema1 import Schema1Manifest
from tests.tables import table

IMAGE = ImageManifest.build(config=EMPTY, layers=[EMPTY], annotations={"a": "1"})


def test_replacing_by_the_same_is_no_change() -> None:
    assert IMAGE is IMAGE.replace(annotations={"a": "1"}, layers=(EMPTY,), config=EMPTY, subject=None, artifact_type="")


def test_a_change_has_a_plain_descriptor() -> None:
    found = IMAGE.with_descriptor(IMAGE.descriptor.replace(annotations={"x": "y"})).replace(annotations={})

    assert Descriptor(mediatype.OCI_MANIFEST, found.digest, len(found.raw)) == found.descriptor
    assert found.digest != IMAGE.digest


def test_lists_are_taken_for_tuples() -> None:
    layers: list[Descriptor] = [EMPTY]

    assert IMAGE is IMAGE.replace(layers=layers)  # type: ignore[arg-type]  # what an untyped caller does


def test_unknown_members_survive_a_change_with_their_text() -> None:
    config = EMPTY.to_json().replace('"size":2', '"size":2, "x-size" : 2.0')
    raw = (
        f'{{ "x-first": {{ "b":1,"a":1e2 }}, "schemaVersion":2, "config":{config}, "x" : "\\u003c\\/", "layers":[] }}'.encode()
    )
    found = parse_manifest(raw, media_type=mediatype.OCI_MANIFEST).with_annotation("a", "b")

    assert (
        b'{"x-first":{ "b":1,"a":1e2 },"schemaVersion":2,'
        b'"config":{"mediaType":"application/vnd.oci.empty.v1+json",'
        b'"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"x-size":2.0,"data":"e30="},'
        b'"x":"\\u003c\\/","layers":[],"annotations":{"a":"b"}}' == found.raw
    )
    assert raw != parse_manifest(raw, media_type=mediatype.OCI_MANIFEST).with_annotation("a", "").with_annotation("c", "d").raw


def test_docker_manifests_keep_what_docker_does_not_know() -> None:
    raw = b'{"schemaVersion":2,"config":' + EMPTY.to_json().encode() + b',"layers":[],"subject":{"any":"thing"}}'
    found = parse_manifest(raw, media_type=mediatype.DOCKER_MANIFEST)

    assert None is found.subject
    assert found.with_annotation("a", "b").raw.endswith(b'"layers":[],"subject":{"any":"thing"},"annotations":{"a":"b"}}')


def test_annotations_are_set_and_removed_one_by_one() -> None:
    assert {"a": "2"} == IMAGE.with_annotation("a", "2").annotations
    assert {"a": "1", "b": "2"} == IMAGE.with_annotation("b", "2").annotations
    assert {} == IMAGE.with_annotation("a", "").annotations
    assert IMAGE is IMAGE.with_annotation("none", "")


def test_a_descriptor_of_other_content_is_refused() -> None:
    with pytest.raises(InvalidManifest):
        IMAGE.with_descriptor(EMPTY)


@table("manifest", [IndexManifest.build(), Schema1Manifest(descriptor=EMPTY)])
def test_members_a_kind_does_not_have_cannot_be_set(manifest: Manifest) -> None:
    with pytest.raises(UnsupportedMediaType, match="layers"):
        manifest.replace(layers=())


def test_docker_types_have_no_subject_to_set() -> None:
    docker = IMAGE.replace(media_type=mediatype.DOCKER_MANIFEST)

    with pytest.raises(UnsupportedMediaType, match="subject to set"):
        docker.replace(subject=EMPTY)
    with pytest.raises(UnsupportedMediaType, match="artifactType to set"):
        docker.replace(artifact_type="a/b")


def test_equal_manifests_hash_alike() -> None:
    assert 1 == len({IMAGE, parse_manifest(IMAGE.raw)})


def test_only_kinds_have_documents() -> None:
    bare = Manifest(descriptor=EMPTY)

    with pytest.raises(NotImplementedError):
        bare.members()
    with pytest.raises(NotImplementedError):
        Manifest.from_document({}, bare)
    assert Manifest.SHAPE is Manifest.shape_for("a/b")


def test_written_is_what_go_would_write() -> None:
    spaced = parse_manifest(IMAGE.raw.replace(b",", b" , "))

    assert IMAGE.raw.decode() == spaced.written()
    assert spaced.raw != IMAGE.raw
