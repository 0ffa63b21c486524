from __future__ import annotations

import json

import pytest

from regclient.errors import PlatformNotFound
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.index import IndexManifest
from regclient.model.manifest import parse_manifest
from regclient.model.platform import Platform

AMD64 = Descriptor.of(b"a", mediatype.OCI_MANIFEST).replace(platform=Platform("linux", "amd64"))
ARM64 = Descriptor.of(b"b", mediatype.OCI_MANIFEST).replace(platform=Platform("linux", "arm64", "v8"))
BARE = Descriptor.of(b"c", mediatype.OCI_MANIFEST)


def test_a_new_index_reads_back_as_itself() -> None:
    index = IndexManifest.build(
        manifests=[AMD64, ARM64], artifact_type="a/b", subject=BARE, annotations={"a": "b"}, algorithm="sha384"
    )

    assert index == parse_manifest(index.raw, algorithm="sha384")
    assert ["schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations"] == list(json.loads(index.raw))


def test_an_empty_index_has_an_empty_list() -> None:
    expected = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'

    assert expected == IndexManifest.build().raw
    assert expected == IndexManifest.build(manifests=[AMD64]).replace(manifests=()).raw


def test_the_entry_for_a_platform_is_found() -> None:
    index = IndexManifest.build(manifests=[BARE, AMD64, ARM64])

    assert ARM64 == index.select(Platform("linux", "aarch64"))
    with pytest.raises(PlatformNotFound):
        index.select(Platform("linux", "s390x"))


def test_platforms_are_those_that_are_stated() -> None:
    assert (Platform("linux", "amd64"), Platform("linux", "arm64", "v8")) == IndexManifest.build(
        manifests=[AMD64, BARE, ARM64]
    ).platforms


def test_a_docker_list_has_dockers_members() -> None:
    docker = IndexManifest.build(manifests=[AMD64], media_type=mediatype.DOCKER_LIST)

    assert ["schemaVersion", "mediaType", "manifests"] == list(json.loads(docker.raw))
