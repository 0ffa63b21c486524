from __future__ import annotations

import pytest

from regclient.errors import Unsupported, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Schema1Manifest, convert
from regclient.model.referrers import ReferrerList, added, fallback_tag, merged, referrer_descriptor, removed
from tests.tables import table
from tests.vectors.model.read import Vector, vectors

SUBJECT = Descriptor.of(b"subject", mediatype.OCI_MANIFEST)
ONE = Descriptor.of(b"1", mediatype.OCI_MANIFEST).replace(artifact_type="a/b")
TWO = Descriptor.of(b"2", mediatype.OCI_MANIFEST).replace(artifact_type="c/d")
THREE = Descriptor.of(b"3", mediatype.OCI_MANIFEST)


@table("case", vectors("fallback"))
def test_fallback_tags_are_gos(case: Vector) -> None:
    assert case["output"] == fallback_tag(Digest.parse(case["texts"][0].removeprefix("x@")))


def test_a_long_digest_is_cut_to_fit_a_tag() -> None:
    assert f"sha512-{'ab' * 32}" == fallback_tag(Digest("sha512", "ab" * 64))


def test_an_entry_says_what_the_manifest_is() -> None:
    image = ImageManifest.build(config=EMPTY, artifact_type="a/b", subject=SUBJECT, annotations={"x": "y"})
    expected = Descriptor(mediatype.OCI_MANIFEST, image.digest, len(image.raw), annotations={"x": "y"}, artifact_type="a/b")

    assert expected == referrer_descriptor(image)


def test_an_image_without_a_type_goes_by_that_of_its_config() -> None:
    assert mediatype.OCI_EMPTY == referrer_descriptor(ImageManifest.build(config=EMPTY)).artifact_type
    assert "" == referrer_descriptor(IndexManifest.build()).artifact_type
    assert "e/f" == referrer_descriptor(ArtifactManifest.build(artifact_type="e/f")).artifact_type


def test_annotations_of_whoever_pointed_at_it_are_not_its_own() -> None:
    index = IndexManifest.build()
    named = index.with_descriptor(index.descriptor.replace(annotations={"org.opencontainers.image.ref.name": "x"}))

    assert {} == referrer_descriptor(named).annotations


def test_dockers_types_cannot_refer() -> None:
    for manifest in (
        convert(ImageManifest.build(config=EMPTY), docker=True),
        convert(IndexManifest.build(), docker=True),
        Schema1Manifest(descriptor=EMPTY),
    ):
        with pytest.raises(UnsupportedMediaType):
            referrer_descriptor(manifest)


def test_entries_are_added_once_at_the_end() -> None:
    first = added(None, ONE)
    both = added(first, TWO)

    assert (ONE, TWO) == both.manifests
    assert both is added(both, ONE.replace(artifact_type="other/type"))


def test_a_list_with_a_subject_is_no_list_of_referrers() -> None:
    with pytest.raises(Unsupported):
        added(IndexManifest.build(subject=SUBJECT), ONE)


def test_entries_are_removed_with_all_their_copies() -> None:
    index = IndexManifest.build(manifests=[ONE, TWO, ONE])

    assert (TWO,) == removed(index, ONE.digest).manifests
    assert index is removed(index, THREE.digest)
    assert b'"manifests":[]' in removed(added(None, ONE), ONE.digest).raw


def test_pages_are_merged_with_each_digest_once() -> None:
    pages = [
        IndexManifest.build(manifests=[ONE], annotations={"page": "1"}),
        IndexManifest.build(manifests=[TWO, ONE, TWO]),
        IndexManifest.build(manifests=[THREE]),
    ]
    found = merged(pages)

    assert (ONE, TWO, THREE) == found.manifests
    assert {"page": "1"} == found.annotations


def test_no_page_is_an_empty_index_and_one_page_is_itself() -> None:
    page = IndexManifest.build(manifests=[ONE, ONE])

    assert () == merged([]).manifests
    assert page is merged([page])


def test_a_list_is_narrowed_without_forgetting_its_index() -> None:
    index = IndexManifest.build(manifests=[ONE, TWO], annotations={"a": "b"})
    found = ReferrerList.of(SUBJECT.digest, index, tags=("t",)).filtered(DescriptorFilter(artifact_type="c/d"))

    assert ((TWO,), index, {"a": "b"}, ("t",)) == (found.descriptors, found.manifest, found.annotations, found.tags)
