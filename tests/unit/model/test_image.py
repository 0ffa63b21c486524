from __future__ import annotations

import json

import pytest

from regclient.errors import InvalidManifest
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.image import ImageManifest
from regclient.model.manifest import parse_manifest

LAYER = Descriptor.of(b"layer", mediatype.OCI_LAYER_GZIP)


def test_a_new_image_reads_back_as_itself() -> None:
    image = ImageManifest.build(
        config=EMPTY, layers=[LAYER], artifact_type="a/b", subject=LAYER, annotations={"b": "<", "a": ""}, algorithm="sha512"
    )

    assert image == parse_manifest(image.raw, algorithm="sha512")
    assert ["schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"] == list(
        json.loads(image.raw)
    )


def test_a_new_docker_image_has_dockers_type() -> None:
    image = ImageManifest.build(config=EMPTY, media_type=mediatype.DOCKER_MANIFEST)

    assert mediatype.DOCKER_MANIFEST == image.media_type == image.declared
    assert b'"layers":[]' in image.raw


def test_an_image_needs_a_config() -> None:
    for raw in (b'{"layers":[]}', b'{"config":null,"layers":[]}'):
        with pytest.raises(InvalidManifest, match="config"):
            parse_manifest(raw, media_type=mediatype.OCI_MANIFEST)


def test_broken_parts_are_named() -> None:
    broken = {"config": json.loads(EMPTY.to_json()), "layers": [{"digest": "sha256:x"}]}

    with pytest.raises(InvalidManifest, match=r"layers\[0\]"):
        parse_manifest(json.dumps(broken).encode(), media_type=mediatype.OCI_MANIFEST)
