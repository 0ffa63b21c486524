"""Indexes made by hand."""

from __future__ import annotations

import pytest

from regclient.errors import ManifestNotFound, SideError, UnsupportedMediaType
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest
from regclient.model.platform import Platform
from regclient.model.referrers import fallback_tag
from regclient.ops.index import (
    IndexCreateOptions,
    IndexEntries,
    add_to_index,
    create_index,
    gather,
    get_index,
    unique,
    without_entries,
)
from tests.claims import claims
from tests.fakes import images

ARM64, AMD64, S390X = (Platform.parse(f"linux/{name}") for name in ("arm64", "amd64", "s390x"))


@pytest.fixture
def src() -> MemoryRepository:
    return MemoryRepository("memory.example/source")


@pytest.fixture
def app() -> MemoryRepository:
    return MemoryRepository()


def digests(index: IndexManifest) -> list[Digest]:
    return [entry.digest for entry in index.manifests]


@claims("IndexEntries.digests", "IndexEntries.sources")
def test_digests_come_first_and_sources_are_copied(app: MemoryRepository, src: MemoryRepository) -> None:
    here, there = images.image(app, None, seed="here"), images.image(src, seed="there", platform="linux/arm64")
    index = create_index(app, "v1", IndexEntries(digests=(here.digest,), sources=((src, "latest"),)))

    assert [(here.digest, AMD64), (there.digest, ARM64)] == [(entry.digest, entry.platform) for entry in index.manifests]
    assert index == app.get_manifest("v1")
    assert app.stat_blob(there.layers[0])
    assert [] == digests(create_index(app, "empty", IndexEntries()))


@claims("IndexEntries.platforms")
def test_of_an_index_only_the_platforms_asked_for_are_copied(app: MemoryRepository, src: MemoryRepository) -> None:
    found = images.index(src)
    arm = create_index(app, "arm", IndexEntries(sources=((src, "latest"),), platforms=(ARM64,)))

    assert [found.manifests[1].digest] == digests(arm)
    with pytest.raises(ManifestNotFound):
        app.get_manifest(found.manifests[0].digest)
    assert [] == digests(create_index(app, "none", IndexEntries(sources=((src, "latest"),), platforms=(S390X,))))
    whole = create_index(app, "whole", IndexEntries(sources=((src, "latest"),)))
    assert [(found.digest, None)] == [(entry.digest, entry.platform) for entry in whole.manifests]


def test_a_platform_does_not_matter_to_an_image(app: MemoryRepository, src: MemoryRepository) -> None:
    image = images.image(src)

    assert [image.digest] == digests(create_index(app, "v1", IndexEntries(sources=((src, "latest"),), platforms=(ARM64,))))


@claims("IndexEntries.referrers", "IndexEntries.digest_tags")
def test_what_belongs_to_an_image_comes_along_when_asked_for(app: MemoryRepository, src: MemoryRepository) -> None:
    image = images.image(src)
    images.artifact(src, image)
    tag = f"{fallback_tag(image.digest)}.sig"
    images.artifact(src, name=tag, content=b"signed")

    def belongings() -> tuple[int, bool]:
        return len(app.referrers(image.digest).descriptors), tag in app.tags().tags

    sources = ((src, "latest"),)
    create_index(app, "v1", IndexEntries(sources=sources))
    assert (0, False) == belongings()
    create_index(app, "v1", IndexEntries(sources=sources, referrers=True))
    assert (1, False) == belongings()
    create_index(app, "v1", IndexEntries(sources=sources, digest_tags=True))
    assert (1, True) == belongings()


@claims("IndexEntries.annotations", "IndexEntries.platform")
def test_what_is_noted_beside_entries_can_be_told(app: MemoryRepository) -> None:
    digest = images.image(app, None).digest
    told = gather(app, IndexEntries(digests=(digest,), annotations={"a": "1"}, platform=S390X))
    plain = gather(app, IndexEntries(digests=(digest,)))

    assert (({"a": "1"}, S390X), ({}, AMD64)) == tuple((entry.annotations, entry.platform) for (entry,) in (told, plain))


def test_an_artifact_runs_nowhere(app: MemoryRepository) -> None:
    (entry,) = gather(app, IndexEntries(digests=(images.artifact(app).digest,)))

    assert entry.platform is None


def test_an_image_whose_config_is_gone_is_listed_without_a_platform(app: MemoryRepository) -> None:
    image = images.image(app, None)
    app.delete_blob(image.config.digest)
    (entry,) = gather(app, IndexEntries(digests=(image.digest,)))

    assert entry.platform is None


@claims("IndexCreateOptions.artifact_type", "IndexCreateOptions.subject", "IndexCreateOptions.annotations")
@claims("IndexCreateOptions.media_type")
def test_docker_s_kind_of_index_says_less(app: MemoryRepository) -> None:
    subject = images.image(app).descriptor
    index, docker = (
        create_index(app, "v1", IndexEntries(), IndexCreateOptions(kind, "a/b", subject, {"a": "1"}))
        for kind in (mediatype.OCI_INDEX, mediatype.DOCKER_LIST)
    )

    assert ("a/b", subject.digest, {"a": "1"}) == (
        index.artifact_type,
        index.subject and index.subject.digest,
        index.annotations,
    )
    assert ("", None, {"a": "1"}) == (docker.artifact_type, docker.subject, docker.annotations)
    assert mediatype.DOCKER_LIST == docker.media_type
    with pytest.raises(UnsupportedMediaType):
        IndexCreateOptions(mediatype.OCI_MANIFEST)


@claims("IndexCreateOptions.by_digest")
def test_by_digest_no_tag_is_written(app: MemoryRepository) -> None:
    index = create_index(app, "v1", IndexEntries(), IndexCreateOptions(by_digest=True))

    assert ((), index) == (app.tags().tags, app.get_manifest(index.digest))
    create_index(app, "v1", IndexEntries())
    assert ("v1",) == app.tags().tags


def test_equal_entries_are_listed_once(app: MemoryRepository) -> None:
    entry = Descriptor.of(b"x", mediatype.OCI_MANIFEST)
    other = entry.replace(platform=ARM64)

    assert (entry, other) == unique((entry, other, entry, other.replace(data=b"x")))
    digest = images.image(app, None).digest
    assert [digest] == digests(create_index(app, "v1", IndexEntries(digests=(digest, digest))))


def test_entries_are_added_at_the_end_and_once(app: MemoryRepository, src: MemoryRepository) -> None:
    images.index(src)
    create_index(app, "v1", IndexEntries(sources=((src, "latest"),), platforms=(ARM64,)))
    grown = add_to_index(app, "v1", IndexEntries(sources=((src, "latest"),), platforms=(AMD64, ARM64)))

    assert [ARM64, AMD64] == [entry.platform for entry in grown.manifests]
    assert 1 == len(get_index(app, "v1").manifests)


def test_what_is_no_index_gets_no_entries(app: MemoryRepository) -> None:
    images.image(app)
    with pytest.raises(UnsupportedMediaType, match="latest is not an index"):
        add_to_index(app, "latest", IndexEntries())


def test_entries_are_taken_off_by_digest_and_platform(app: MemoryRepository) -> None:
    index = images.index(app, children=[images.artifact(app)])
    first, second, third = index.manifests

    assert [second.digest, third.digest] == digests(without_entries(index, platforms=(AMD64,)))
    assert [first.digest] == digests(without_entries(index, (str(second.digest), str(third.digest))))
    assert index.raw == without_entries(index, ("nothing",), (S390X,)).raw


def test_what_is_not_there_is_an_error(app: MemoryRepository, src: MemoryRepository) -> None:
    with pytest.raises(ManifestNotFound):
        gather(app, IndexEntries(digests=(Digest.of(b"x"),)))
    with pytest.raises(SideError):
        gather(app, IndexEntries(sources=((src, "nothing"),)))
