from __future__ import annotations

from regclient.model import mediatype
from tests.tables import table
from tests.vectors.model.read import Vector, vectors


@table("case", vectors("mediatype"))
def test_valid_media_types_are_those_go_takes(case: Vector) -> None:
    assert case["output"] == mediatype.is_valid(case["texts"][0])


@table("case", vectors("base"))
def test_parameters_and_case_are_dropped_as_go_drops_them(case: Vector) -> None:
    assert case["output"] == mediatype.base(case["texts"][0])


def test_each_docker_type_has_one_oci_type_and_back() -> None:
    pairs = {name: mediatype.to_oci(name) for name in vars(mediatype).values() if isinstance(name, str)}
    changed = {docker: oci for docker, oci in pairs.items() if docker != oci}

    assert 6 == len(changed)
    assert list(changed) == [mediatype.to_docker(oci) for oci in changed.values()]


def test_foreign_layers_and_unknown_types_have_no_counterpart() -> None:
    foreign = mediatype.DOCKER_FOREIGN_LAYER

    assert foreign == mediatype.to_oci(foreign)
    assert "a/b" == mediatype.to_oci("a/b") == mediatype.to_docker("a/b")


@table(
    ("media_type", "manifest", "index", "image", "blob", "layer", "docker"),
    [
        (mediatype.OCI_INDEX, True, True, False, False, False, False),
        (mediatype.DOCKER_LIST, True, True, False, False, False, True),
        (mediatype.OCI_MANIFEST, True, False, True, False, False, False),
        (mediatype.DOCKER_MANIFEST, True, False, True, False, False, True),
        (mediatype.DOCKER_SCHEMA1_SIGNED, True, False, False, False, False, True),
        (mediatype.OCI_ARTIFACT, True, False, False, False, False, False),
        (mediatype.OCI_CONFIG, False, False, False, True, False, False),
        (mediatype.BUILDKIT_CACHE, False, False, False, True, False, False),
        (mediatype.OCI_LAYER_ZSTD, False, False, False, True, True, False),
        (mediatype.DOCKER_FOREIGN_LAYER, False, False, False, True, True, True),
        ("application/vnd.docker.new", False, False, False, False, False, True),
        ("", False, False, False, False, False, False),
    ],
)
def test_what_a_media_type_is(
    media_type: str, *, manifest: bool, index: bool, image: bool, blob: bool, layer: bool, docker: bool
) -> None:
    assert manifest == mediatype.is_manifest(media_type)
    assert index == mediatype.is_index(media_type)
    assert image == mediatype.is_image(media_type)
    assert blob == mediatype.is_blob(media_type)
    assert layer == mediatype.is_layer(media_type)
    assert docker == mediatype.is_docker(media_type)


def test_the_accept_order_starts_with_indexes() -> None:
    assert (mediatype.OCI_INDEX, mediatype.OCI_MANIFEST, mediatype.DOCKER_LIST) == mediatype.MANIFEST_ACCEPT[:3]
    assert set(mediatype.MANIFEST_ACCEPT) == mediatype.MANIFESTS


def test_a_foreign_layer_kept_here_is_an_ordinary_one() -> None:
    assert [mediatype.DOCKER_LAYER_GZIP, mediatype.OCI_LAYER, mediatype.OCI_LAYER_GZIP, mediatype.OCI_LAYER_ZSTD] == [
        mediatype.ordinary_layer(name)
        for name in (
            mediatype.DOCKER_FOREIGN_LAYER,
            mediatype.OCI_FOREIGN_LAYER,
            mediatype.OCI_FOREIGN_LAYER_GZIP,
            mediatype.OCI_FOREIGN_LAYER_ZSTD,
        )
    ]
    assert "text/plain" == mediatype.ordinary_layer("text/plain")


def test_a_layer_keeps_its_family_when_its_compression_changes() -> None:
    families = (
        (mediatype.OCI_LAYER, mediatype.OCI_LAYER_GZIP, mediatype.OCI_LAYER_ZSTD),
        (mediatype.DOCKER_LAYER, mediatype.DOCKER_LAYER_GZIP, mediatype.DOCKER_LAYER_ZSTD),
    )

    for family in families:
        assert ["none", "gzip", "zstd"] == [mediatype.layer_compression(name) for name in family]
        for name in family:
            assert list(family) == [mediatype.with_compression(name, how) for how in ("none", "gzip", "zstd")]
    assert "" == mediatype.layer_compression(mediatype.OCI_FOREIGN_LAYER)
    assert mediatype.OCI_FOREIGN_LAYER == mediatype.with_compression(mediatype.OCI_FOREIGN_LAYER, "gzip")
