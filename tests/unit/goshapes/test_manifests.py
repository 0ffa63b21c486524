from __future__ import annotations

import pytest

from regclient.goshapes.located import Located
from regclient.goshapes.manifests import described, fields_of, located, manifest
from regclient.kit.gotemplate.values import Failure, plain
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.headers import headers_of
from regclient.model.manifest import ImageManifest, IndexManifest, parse_manifest
from regclient.model.reference import Reference
from regclient.repository import ManifestHead
from tests.tables import table

IMAGE = ImageManifest.build(config=EMPTY, layers=[EMPTY])
HEAD = ManifestHead(mediatype.OCI_MANIFEST, IMAGE.digest, 7, annotations={"a": "b"})
NEEDS_BYTES = ["GetAnnotations", "GetConfig", "GetConfigDigest", "GetLayers", "GetSize", "GetSubject", "MarshalJSON", "RawBody"]


@table("name", NEEDS_BYTES)
def test_a_head_fails_what_needs_the_bytes(name: str) -> None:
    with pytest.raises(Failure, match="manifest not set"):
        manifest(HEAD).methods[name]()
    manifest(IMAGE).methods[name]()


def test_a_head_has_every_field_empty() -> None:
    found = fields_of(HEAD)

    assert list(fields_of(IMAGE)) == list(found)
    assert ("", None) == (found["MediaType"], plain(found["Layers"]))


@table(
    ("media_type", "names"),
    [
        (mediatype.OCI_MANIFEST, "Versioned MediaType ArtifactType Config Layers Subject Annotations"),
        (mediatype.OCI_INDEX, "Versioned MediaType ArtifactType Manifests Subject Annotations"),
        (mediatype.DOCKER_MANIFEST, "Versioned Config Layers Annotations"),
        (mediatype.DOCKER_LIST, "Versioned Manifests Annotations"),
        (mediatype.OCI_ARTIFACT, "MediaType ArtifactType Blobs Subject Annotations"),
        (mediatype.DOCKER_SCHEMA1, "Versioned Name Tag Architecture FSLayers History"),
        (mediatype.DOCKER_SCHEMA1_SIGNED, "Versioned Name Tag Architecture FSLayers History"),
    ],
)
def test_each_kind_has_gos_fields(media_type: str, names: str) -> None:
    assert names.split() == list(fields_of(ManifestHead(media_type, None, 0)))


def test_what_a_head_tells_makes_a_descriptor() -> None:
    assert Descriptor(mediatype.OCI_MANIFEST, IMAGE.digest, 7, annotations={"a": "b"}) == described(HEAD)
    assert None is described(ManifestHead(mediatype.OCI_MANIFEST, None, 7))
    assert IMAGE.descriptor == described(IMAGE)


def test_headers_tell_the_rate_limit() -> None:
    found = parse_manifest(IMAGE.raw, headers=headers_of([("ratelimit-remaining", "5"), ("ratelimit-limit", "9")]))

    assert True is manifest(found).methods["HasRateLimit"]()
    assert False is manifest(IMAGE).methods["HasRateLimit"]()


def test_a_located_manifest_knows_its_reference() -> None:
    found = located(Located(IndexManifest.build(), Reference.parse("a.b/c:1")))

    assert isinstance(found.subject, Located)
    assert True is found.methods["IsList"]()


def test_a_type_nobody_knows_is_a_manifest_still() -> None:
    assert "manifest.manifest" == manifest(ManifestHead("a/b", Digest.of(b""), 0)).type_name
