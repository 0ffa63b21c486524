"""Manifests in a layout: found through the index or by their digest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regclient.errors import DigestMismatch, InvalidManifest, ManifestNotFound, SizeLimitExceeded, UnsupportedMediaType
from regclient.kit.atomicfile import Writing
from regclient.layout.blobs import Blobs
from regclient.layout.entries import CREATED, REF_NAME
from regclient.layout.index import Index
from regclient.layout.manifests import Manifests
from regclient.layout.names import Names
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.model.mediatype import OCI_MANIFEST
from regclient.model.referrers import fallback_tag
from tests.contract.samples import image
from tests.fakes.clock import FakeClock

NOON = 1_577_880_000.0
WRITING = Writing(sync=False)


class Layout:
    """The parts of a layout, put together by hand."""

    def __init__(self, root: Path, limit: int = 8 << 20) -> None:
        self.index = Index(root, WRITING)
        self.index.prepare()
        self.blobs = Blobs(root, WRITING)
        self.manifests = Manifests(Names(self.index, FakeClock()), self.blobs, limit)

    def store(self, manifest: Manifest, tag: str | None = None, *, listed: bool = True) -> Manifest:
        self.manifests.store(manifest, tag, listed=listed, now=NOON)
        return manifest

    def rewrite(self, **members: object) -> None:
        """Change the first entry of the index by hand."""
        value = json.loads(self.index.path.read_bytes())
        value["manifests"][0] |= members
        self.index.path.write_bytes(json.dumps(value).encode())

    @property
    def listed(self) -> list[tuple[str | None, str]]:
        listing = self.index.load()
        return [(entry.tag, entry.digest) for entry in listing.entries] if listing else []


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def test_what_the_index_says_comes_with_the_manifest(layout: Layout) -> None:
    layout.store(image(None), "v1")

    expected = {REF_NAME: "v1", CREATED: "2020-01-01T12:00:00Z"}
    assert expected == dict(layout.manifests.get("v1").descriptor.annotations)
    assert expected == dict(layout.manifests.head("v1").annotations)
    assert expected == dict(layout.manifests.resolve("v1").annotations)


def test_a_child_is_not_listed_and_is_found_by_its_digest(layout: Layout) -> None:
    child = layout.store(image(None), listed=False)

    assert [] == layout.listed
    assert (OCI_MANIFEST, child.digest) == (
        layout.manifests.head(child.digest).media_type,
        layout.manifests.resolve(child.digest).digest,
    )


def test_an_entry_without_a_type_is_read_for_it(layout: Layout) -> None:
    layout.store(image(None), "v1")
    layout.rewrite(mediaType="")

    assert OCI_MANIFEST == layout.manifests.head("v1").media_type


def test_an_entry_whose_file_is_missing_is_not_found(layout: Layout) -> None:
    manifest = layout.store(image(None), "v1")
    layout.blobs.remove(manifest.digest)

    for ask in (layout.manifests.head, layout.manifests.get, layout.manifests.resolve):
        with pytest.raises(ManifestNotFound):
            ask("v1")


def test_an_entry_over_the_limit_is_refused_unread(layout: Layout) -> None:
    layout.store(image(None), "v1")
    layout.rewrite(size=9 << 20)

    with pytest.raises(SizeLimitExceeded):
        layout.manifests.get("v1")


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    Layout(tmp_path).store(image(None), "v1")
    layout = Layout(tmp_path, limit=10)
    layout.rewrite(size=5)

    with pytest.raises(SizeLimitExceeded):
        layout.manifests.get("v1")


def test_damaged_bytes_are_refused(layout: Layout) -> None:
    manifest = layout.store(image(None), "v1")
    path = Path(layout.blobs.path_of(manifest.digest))
    path.write_bytes(path.read_bytes().replace(b"amd64", b"arm64").replace(b"{", b" {", 1))

    with pytest.raises(DigestMismatch):
        layout.manifests.get("v1")


def test_a_listed_blob_that_is_no_manifest_is_refused(layout: Layout) -> None:
    layout.store(image(None), "v1")
    layout.blobs.write_bytes(Digest.of(b"text"), b"text")
    layout.rewrite(digest=str(Digest.of(b"text")))

    with pytest.raises(InvalidManifest):
        layout.manifests.get("v1")


def test_a_list_of_referrers_is_a_tag(layout: Layout) -> None:
    subject = layout.store(image(None), "v1")
    referrer = layout.store(image(None, "signature", subject=subject.descriptor), listed=False)

    assert [("v1", str(subject.digest)), (fallback_tag(subject.digest), layout.listed[1][1])] == layout.listed
    found = layout.manifests.fallback(subject.digest)
    assert found is not None
    assert [referrer.digest] == [entry.digest for entry in found.manifests]


def test_the_fallback_tag_comes_after_the_manifest_as_in_go(layout: Layout) -> None:
    subject = image(None)
    layout.store(image(None, "signature", subject=subject.descriptor), "sig")

    assert ["sig", fallback_tag(subject.digest)] == [tag for tag, _ in layout.listed]


def test_a_fallback_tag_of_something_else_is_refused_and_stays(layout: Layout) -> None:
    subject = layout.store(image(None), "v1")
    layout.store(image(None, "squatter"), fallback_tag(subject.digest))
    before = layout.listed

    with pytest.raises(UnsupportedMediaType):
        layout.store(image(None, "signature", subject=subject.descriptor), "sig")
    with pytest.raises(UnsupportedMediaType):
        layout.manifests.fallback(subject.digest)

    assert before == layout.listed


def test_a_fallback_tag_whose_list_is_gone_begins_anew(layout: Layout) -> None:
    subject = layout.store(image(None), "v1")
    layout.store(image(None, "one", subject=subject.descriptor))
    index = layout.manifests.fallback(subject.digest)
    assert index is not None
    layout.blobs.remove(index.digest)

    second = layout.store(image(None, "two", subject=subject.descriptor))

    begun = layout.manifests.fallback(subject.digest)
    assert begun is not None
    assert [second.digest] == [entry.digest for entry in begun.manifests]


def test_a_deleted_manifest_leaves_index_list_and_disk(layout: Layout) -> None:
    subject = layout.store(image(None), "v1")
    referrer = layout.store(image(None, "signature", subject=subject.descriptor), "sig")

    layout.manifests.delete(referrer.digest, None, NOON)

    assert [("v1", str(subject.digest))] == layout.listed
    assert layout.blobs.size_of(referrer.digest) is None


def test_a_damaged_manifest_can_be_deleted(layout: Layout) -> None:
    manifest = layout.store(image(None), "v1")
    Path(layout.blobs.path_of(manifest.digest)).write_bytes(b"damaged")

    layout.manifests.delete(manifest.digest, None, NOON)

    assert [] == layout.listed


def test_an_entry_without_its_file_can_be_deleted(layout: Layout) -> None:
    manifest = layout.store(image(None), "v1")
    layout.blobs.remove(manifest.digest)

    layout.manifests.delete(manifest.digest, None, NOON)

    assert [] == layout.listed


def test_scanning_skips_what_cannot_be_read(layout: Layout) -> None:
    layout.store(image(None), "broken")
    layout.rewrite(digest="md5:d41d8cd98f00b204e9800998ecf8427e")
    good = layout.store(image(None, "good"), "good")

    assert [("good", good.digest)] == [(tag, found.digest) for found, tag in layout.manifests.scan(lambda _: True)]
