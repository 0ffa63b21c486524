"""What a survey learns of one node, and where it leads."""

from __future__ import annotations

import pytest

from regclient.answers import TagList
from regclient.errors import ManifestNotFound, SideError, Unreachable
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import Manifest
from regclient.model.reference import Reference
from regclient.ops.copyplan import CopyOptions
from regclient.ops.survey import Found, Node, Survey
from regclient.remote.repository import RemoteRepository
from regclient.repository import ManifestHead, Name
from tests.fakes import images
from tests.fakes.registry import FakeRegistry


@pytest.fixture
def src() -> MemoryRepository:
    return MemoryRepository("src.example/app")


@pytest.fixture
def dst() -> MemoryRepository:
    return MemoryRepository("dst.example/app")


def test_a_missing_manifest_is_read_and_its_content_is_named(src: MemoryRepository, dst: MemoryRepository) -> None:
    image = images.image(src)
    survey, node = Survey(CopyOptions()), Node(src, "latest", dst, "v1")
    found = survey.visit(node)
    assert (True, image.raw) == (found.missing, found.manifest and found.manifest.raw)
    assert [image.config, *image.layers] == list(survey.blobs(found))
    assert list(survey.follow(node, found)) == []


def test_a_manifest_that_is_there_is_settled_and_leads_nowhere(src: MemoryRepository, dst: MemoryRepository) -> None:
    image = images.index(src)
    images.index(dst)
    survey, node = Survey(CopyOptions()), Node(src, image.digest, dst, "latest")
    found = survey.visit(node)
    assert Found(image.descriptor, settled=True) == found
    assert list(survey.follow(node, found)) == []


def test_a_deep_look_at_an_index_that_is_there_leads_to_its_children(src: MemoryRepository, dst: MemoryRepository) -> None:
    index = images.index(src)
    images.index(dst)
    survey, node = Survey(CopyOptions(referrers=True)), Node(src, "latest", dst, "latest")
    found = survey.visit(node)
    assert not found.missing
    assert [entry.digest for entry in index.manifests] == [below.src_name for below in survey.follow(node, found)]


def test_a_retag_leads_nowhere_even_when_everything_is_asked_for(src: MemoryRepository) -> None:
    index = images.index(src)
    images.digest_tag(src, index)
    images.artifact(src, index)
    survey = Survey(CopyOptions(referrers=True, digest_tags=True, recursive=True))
    node = Node(src, "latest", src, "v2")
    found = survey.visit(node)
    assert found.missing
    assert list(survey.follow(node, found)) == []
    assert list(survey.blobs(found)) == []


def test_a_guess_that_is_no_manifest_is_a_blob(src: MemoryRepository, dst: MemoryRepository) -> None:
    blob = images.blob(src, b"strange", "application/x-strange")
    survey = Survey(CopyOptions(referrers=True, digest_tags=True))
    node = Node(src, blob.digest, dst, entry=blob, guess=True)
    found = survey.visit(node)
    assert Found(blob, is_blob=True) == found
    assert [blob] == list(survey.blobs(found))
    assert list(survey.follow(node, found)) == []


def test_a_guess_is_not_settled_by_a_source_that_cannot_be_reached(dst: MemoryRepository) -> None:
    class Dead(MemoryRepository):
        def get_manifest(self, name: Name) -> Manifest:
            raise Unreachable("src.example", "no route to host")

    blob = Descriptor.of(b"strange", "application/x-strange")
    with pytest.raises(SideError, match=r"^source"):
        Survey(CopyOptions()).visit(Node(Dead("src.example/app"), blob.digest, dst, entry=blob, guess=True))


def test_heads_without_digests_cost_the_bytes_once(src: MemoryRepository) -> None:
    registry = FakeRegistry("t.example")
    registry.quirks.head_digests = False
    here, there = (RemoteRepository(Reference.parse(f"t.example/{name}"), registry.transport) for name in ("src", "dst"))
    images.image(registry.repository("src"))
    images.image(registry.repository("dst"), seed="old")
    found = Survey(CopyOptions()).visit(Node(here, "latest", there, "latest"))
    assert found.missing
    assert {"HEAD manifests": 1, "GET manifests": 1} == registry.counts("src")
    assert {"HEAD manifests": 1, "GET manifests": 1} == registry.counts("dst")


def test_what_the_target_was_asked_before_is_not_asked_again(src: MemoryRepository) -> None:
    image = images.image(src)
    registry = FakeRegistry()
    dst = RemoteRepository(Reference.parse("registry.example/app"), registry.transport)
    node = Node(src, image.digest, dst, "v1")
    there = ManifestHead(image.media_type, image.digest, len(image.raw))

    assert Survey(CopyOptions(), {"v1": None}).visit(node).missing
    assert Survey(CopyOptions(), {"v1": there}).visit(node).settled
    assert {} == registry.counts()
    assert Survey(CopyOptions(), {"v2": there}).visit(node).missing
    assert {"HEAD manifests": 1} == registry.counts()


def test_a_source_that_is_gone_is_no_guess(src: MemoryRepository, dst: MemoryRepository) -> None:
    with pytest.raises(SideError) as caught:
        Survey(CopyOptions()).visit(Node(src, "nope", dst, "nope"))
    assert isinstance(caught.value.cause, ManifestNotFound)


def test_tags_are_listed_once_for_all_manifests_of_a_source(dst: MemoryRepository) -> None:
    class Counting(MemoryRepository):
        listed = 0

        def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
            self.listed += 1
            return super().tags(limit=limit, last=last)

    src = Counting("src.example/app")
    survey = Survey(CopyOptions(digest_tags=True))
    for tag in ("a", "b"):
        images.digest_tag(src, images.image(src, tag, seed=tag))
        node = Node(src, tag, dst, tag)
        list(survey.follow(node, survey.visit(node)))
    assert src.listed == 1
