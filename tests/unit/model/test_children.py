from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest
from regclient.model import mediatype
from regclient.model.children import MAX_CHILDREN, Children, children_of, is_external, layers_of
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest, Schema1Manifest
from tests.tables import table

LAYER = Descriptor.of(b"layer", mediatype.OCI_LAYER)
SUBJECT = Descriptor.of(b"subject", mediatype.OCI_MANIFEST)
OLD = Schema1Manifest(descriptor=EMPTY, fs_layers=(LAYER.digest,))


@table(
    ("manifest", "expected"),
    [
        (ImageManifest.build(config=EMPTY, layers=[LAYER, LAYER], subject=SUBJECT), Children(blobs=(EMPTY, LAYER, LAYER))),
        (ArtifactManifest.build(blobs=[LAYER], subject=SUBJECT), Children(blobs=(LAYER,))),
        (OLD, Children(blobs=(Descriptor("", LAYER.digest, 0),))),
        (IndexManifest.build(subject=SUBJECT), Children()),
    ],
)
def test_what_each_kind_points_at(manifest: Manifest, expected: Children) -> None:
    assert expected == children_of(manifest)


def test_entries_of_an_index_are_told_apart_by_their_type() -> None:
    manifests = [LAYER.replace(media_type=name) for name in mediatype.MANIFEST_ACCEPT]
    blobs = [
        LAYER.replace(media_type=name) for name in (mediatype.OCI_CONFIG, mediatype.DOCKER_LAYER_GZIP, mediatype.BUILDKIT_CACHE)
    ]
    unknown = [LAYER.replace(media_type=name) for name in ("", "a/b", mediatype.OCTET_STREAM)]
    index = IndexManifest.build(manifests=[*unknown, *blobs, *manifests])

    assert Children(tuple(manifests), tuple(blobs), tuple(unknown)) == children_of(index)


def test_a_manifest_that_points_at_too_much_is_refused() -> None:
    index = IndexManifest(descriptor=EMPTY, manifests=(SUBJECT,) * MAX_CHILDREN)

    children_of(index)
    with pytest.raises(InvalidManifest):
        children_of(IndexManifest(descriptor=EMPTY, manifests=(*index.manifests, SUBJECT)))


def test_layers_are_what_a_file_system_or_an_artifact_is_made_of() -> None:
    assert (LAYER,) == layers_of(ImageManifest.build(config=EMPTY, layers=[LAYER]))
    assert (LAYER,) == layers_of(ArtifactManifest.build(blobs=[LAYER]))
    assert (LAYER.digest,) == tuple(layer.digest for layer in layers_of(OLD))
    assert () == layers_of(IndexManifest.build(manifests=[SUBJECT]))


def test_blobs_that_are_elsewhere_too_are_external() -> None:
    assert is_external(LAYER.replace(urls=("https://a.example/layer",)))
    assert not is_external(LAYER)
