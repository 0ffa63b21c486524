"""From an index to one image, to its config, and to what refers to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import PlatformNotFound
from regclient.layout.repository import LayoutRepository
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.index import IndexManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.select import digest_of, get_manifest, head_manifest, referrers_of
from regclient.remote.repository import RemoteRepository
from tests.fakes import images
from tests.fakes.registry import FakeRegistry

ARM64 = Platform.parse("linux/arm64")
S390X = Platform.parse("linux/s390x")


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def app(registry: FakeRegistry) -> RemoteRepository:
    return RemoteRepository(Reference.parse("registry.example/app"), registry.transport)


def test_without_a_platform_an_index_is_what_it_is(registry: FakeRegistry, app: RemoteRepository) -> None:
    index = images.index(registry.repository("app"))
    assert index.raw == get_manifest(app, "latest").raw
    assert index.digest == head_manifest(app, "latest").digest
    assert index.digest == digest_of(app, "latest")
    assert {"GET manifests": 1, "HEAD manifests": 2} == registry.counts()


def test_a_platform_leads_through_indexes_to_one_image(registry: FakeRegistry, app: RemoteRepository) -> None:
    index = images.index(registry.repository("app"))
    assert index.manifests[1].digest == get_manifest(app, "latest", ARM64).digest
    assert {"GET manifests": 2} == registry.counts()
    registry.forget()
    assert index.manifests[1].digest == head_manifest(app, "latest", ARM64).digest
    assert {"HEAD manifests": 2, "GET manifests": 1} == registry.counts()
    assert index.manifests[1].digest == digest_of(app, index.digest, ARM64)


def test_nested_indexes_are_followed_by_the_platform_of_their_entries() -> None:
    repository = MemoryRepository()
    inner = images.index(repository, None)
    entry = inner.descriptor.replace(platform=ARM64)
    repository.put_manifest(IndexManifest.build(manifests=(entry,)), "outer")
    assert inner.manifests[1].digest == get_manifest(repository, "outer", ARM64).digest
    assert inner.manifests[1].digest == head_manifest(repository, "outer", ARM64).digest


def test_an_image_is_taken_whatever_the_platform() -> None:
    repository = MemoryRepository()
    image = images.image(repository)
    assert image.digest == get_manifest(repository, "latest", S390X).digest
    assert image.digest == digest_of(repository, "latest", S390X)


def test_a_platform_nobody_built_for_is_not_found() -> None:
    repository = MemoryRepository()
    images.index(repository)
    with pytest.raises(PlatformNotFound):
        get_manifest(repository, "latest", S390X)
    with pytest.raises(PlatformNotFound):
        head_manifest(repository, "latest", S390X)


def test_a_digest_costs_nothing_and_a_tag_one_head(registry: FakeRegistry, app: RemoteRepository) -> None:
    digest = images.image(registry.repository("app")).digest
    assert digest == digest_of(app, digest)
    assert {} == registry.counts()
    assert digest == digest_of(app, "latest")
    assert {"HEAD manifests": 1} == registry.counts()


def test_a_head_without_a_digest_becomes_a_get_when_the_digest_is_wanted(registry: FakeRegistry, app: RemoteRepository) -> None:
    image = images.image(registry.repository("app"))
    registry.quirks.head_digests = False
    assert head_manifest(app, "latest").digest is None
    assert image.digest == head_manifest(app, "latest", digest=True).digest
    assert {"HEAD manifests": 2, "GET manifests": 1} == registry.counts()


def test_referrers_are_found_by_tag_digest_platform_and_filter() -> None:
    repository = MemoryRepository()
    index = images.index(repository)
    child = index.manifests[1]
    to_index = images.artifact(repository, index)
    to_child = images.artifact(repository, child, artifact_type="application/x-sig")

    def found(name: str | Digest, wanted: DescriptorFilter | None = None, platform: Platform | None = None) -> list[Digest]:
        return [entry.digest for entry in referrers_of(repository, name, wanted, platform=platform).descriptors]

    assert [to_index.digest] == found("latest")
    assert [to_index.digest] == found(index.digest)
    assert [to_child.digest] == found("latest", platform=ARM64)
    assert found("latest", DescriptorFilter(artifact_type="application/x-sig")) == []
    assert [to_child.digest] == found(child.digest, DescriptorFilter(artifact_type="application/x-sig"))


def test_referrers_kept_elsewhere_are_asked_for_there() -> None:
    repository, elsewhere = MemoryRepository("a.example/app"), MemoryRepository("b.example/extra")
    image = images.image(repository)
    sbom = images.artifact(elsewhere, image)
    assert referrers_of(repository, "latest").descriptors == ()
    assert [sbom.digest] == [entry.digest for entry in referrers_of(repository, "latest", source=elsewhere).descriptors]


def test_a_scan_finds_the_referrers_of_a_layout_that_no_list_names(tmp_path: Path) -> None:
    layout = LayoutRepository(tmp_path)
    image = images.image(layout)
    sbom = images.artifact(layout, image, "sbom")
    for tag in layout.tags().tags:
        if tag.startswith("sha256-"):
            layout.delete_tag(tag)
    assert referrers_of(layout, "latest").descriptors == ()
    assert [sbom.digest] == [entry.digest for entry in referrers_of(layout, "latest", scan=True).descriptors]
    layout.close()
    memory = MemoryRepository()
    images.image(memory)
    assert referrers_of(memory, "latest", scan=True).descriptors == ()


def test_an_index_may_carry_the_image_along() -> None:
    repository = MemoryRepository()
    image = images.image(repository, None)
    entry: Descriptor = image.descriptor.replace(data=image.raw, platform=ARM64)
    repository.put_manifest(IndexManifest.build(manifests=(entry,)), "inline")
    repository.delete_manifest(image.digest)
    assert image.raw == get_manifest(repository, "inline", ARM64).raw
