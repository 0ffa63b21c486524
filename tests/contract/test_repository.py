"""What every repository does, wherever it lives: one suite, run for every home."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.concurrency import Workers
from regclient.errors import (
    BlobNotFound,
    DigestMismatch,
    InvalidReference,
    ManifestNotFound,
    RepositoryNotFound,
    SizeLimitExceeded,
    SizeMismatch,
    TagNotFound,
)
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, parse_manifest
from regclient.model.mediatype import OCI_LAYER, OCI_MANIFEST
from regclient.model.referrers import fallback_tag
from regclient.repository import Repository
from tests.contract.homes import HOMES, Home
from tests.contract.samples import image, index_of, push, put, read

MISSING = Digest.of(b"missing")


@pytest.fixture(params=HOMES, ids=lambda home: home.name)
def home(request: pytest.FixtureRequest) -> Home:
    found: Home = request.param
    return found


@pytest.fixture
def repository(home: Home, tmp_path: Path) -> Iterator[Repository]:
    with home.open(tmp_path) as opened:
        yield opened


class Trickle(io.RawIOBase):
    """A stream that does not seek and gives a few bytes at a time."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._content.read(min(7, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


def referrers_of(repository: Repository, subject: Descriptor, artifact_type: str | None = None) -> list[Digest]:
    return [found.digest for found in repository.referrers(subject.digest, artifact_type).descriptors]


# Identity


def test_a_home_is_a_repository(repository: Repository) -> None:
    assert isinstance(repository, Repository)


def test_the_reference_names_the_repository_alone(repository: Repository) -> None:
    assert ("", "") == (repository.reference.tag, repository.reference.digest)


# Blobs


def test_a_blob_comes_back_as_it_went(repository: Repository) -> None:
    blob = put(repository, b"content")

    assert b"content" == read(repository, blob)


def test_an_empty_blob_is_a_blob(repository: Repository) -> None:
    blob = put(repository, b"")

    assert b"" == read(repository, blob)


def test_the_descriptor_of_a_stored_blob_is_what_was_expected(repository: Repository) -> None:
    expected = Descriptor.of(b"content", OCI_LAYER)

    assert expected == repository.put_blob(io.BytesIO(b"content"), expected)


def test_a_blob_of_which_nothing_is_known_is_described(repository: Repository) -> None:
    assert Descriptor.of(b"content") == repository.put_blob(io.BytesIO(b"content"))


def test_a_blob_of_which_only_the_digest_is_known_gets_its_size(repository: Repository) -> None:
    known = Descriptor(OCI_LAYER, Digest.of(b"content"), -1)

    assert known.replace(size=7) == repository.put_blob(io.BytesIO(b"content"), known)


def test_a_stream_that_cannot_seek_is_stored(repository: Repository) -> None:
    stored = repository.put_blob(Trickle(b"content in pieces"), Descriptor.of(b"content in pieces"))  # type: ignore[arg-type]

    assert b"content in pieces" == read(repository, stored)


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_blobs_of_other_algorithms_are_stored_under_their_digest(repository: Repository, algorithm: str) -> None:
    blob = put(repository, b"content", algorithm=algorithm)

    assert (algorithm, b"content") == (blob.digest.algorithm, read(repository, blob))


def test_a_blob_that_is_there_is_seen(repository: Repository) -> None:
    blob = put(repository, b"content")

    found = repository.stat_blob(blob)

    assert found is not None
    assert (blob.digest, 7) == (found.digest, found.size)


def test_a_blob_that_is_not_there_is_not_seen(repository: Repository) -> None:
    assert repository.stat_blob(Descriptor(OCI_LAYER, MISSING, 7)) is None


def test_a_blob_that_is_not_there_cannot_be_opened(repository: Repository) -> None:
    put(repository, b"other")

    with pytest.raises(BlobNotFound), repository.open_blob(Descriptor(OCI_LAYER, MISSING, 7)):
        pass


def test_a_blob_with_another_digest_is_refused_and_does_not_stay(repository: Repository) -> None:
    expected = Descriptor(OCI_LAYER, MISSING, 7)

    with pytest.raises(DigestMismatch):
        repository.put_blob(io.BytesIO(b"content"), expected)

    assert repository.stat_blob(expected) is None
    assert repository.stat_blob(Descriptor.of(b"content")) is None


@pytest.mark.parametrize("size", [6, 8])
def test_a_blob_with_another_size_is_refused_and_does_not_stay(repository: Repository, size: int) -> None:
    with pytest.raises(SizeMismatch):
        repository.put_blob(io.BytesIO(b"content"), Descriptor.of(b"content").replace(size=size))

    assert repository.stat_blob(Descriptor.of(b"content")) is None


def test_a_stream_that_fails_leaves_nothing(repository: Repository) -> None:
    class Broken(Trickle):
        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            raise SizeMismatch(7, 3)

    with pytest.raises(SizeMismatch):
        repository.put_blob(Broken(b""), Descriptor.of(b"content"))  # type: ignore[arg-type]

    assert repository.stat_blob(Descriptor.of(b"content")) is None


@pytest.mark.parametrize("size", [6, 8])
def test_a_blob_opened_with_another_size_fails_while_it_is_read(repository: Repository, size: int) -> None:
    blob = put(repository, b"content")

    with pytest.raises(SizeMismatch):
        read(repository, blob.replace(size=size))


def test_a_blob_opened_without_a_size_is_read(repository: Repository) -> None:
    blob = put(repository, b"content")

    assert b"content" == read(repository, blob.replace(size=0))


def test_an_opened_blob_can_be_read_from_its_start_again(repository: Repository) -> None:
    blob = put(repository, b"content")

    with repository.open_blob(blob) as stream:
        assert b"con" == stream.read(3)
        assert stream.seekable()
        stream.seek(0)
        assert b"content" == stream.read()


def test_storing_a_blob_twice_is_fine(repository: Repository) -> None:
    blob = put(repository, b"content")

    assert blob == put(repository, b"content")
    assert b"content" == read(repository, blob)


def test_a_deleted_blob_is_gone(repository: Repository) -> None:
    blob = put(repository, b"content")

    repository.delete_blob(blob.digest)

    assert repository.stat_blob(blob) is None
    with pytest.raises(BlobNotFound):
        repository.delete_blob(blob.digest)


# Manifests


def test_a_tagged_manifest_comes_back_by_tag_and_by_digest(repository: Repository) -> None:
    manifest = push(repository, "v1")

    assert [manifest.raw] * 2 == [repository.get_manifest(name).raw for name in ("v1", manifest.digest)]


def test_a_manifest_says_what_it_is_without_its_bytes(repository: Repository) -> None:
    manifest = push(repository, "v1")

    head = repository.head_manifest("v1")

    assert (OCI_MANIFEST, manifest.digest, len(manifest.raw)) == (head.media_type, head.digest, head.size)


@pytest.mark.parametrize("by_digest", [False, True])
def test_a_name_resolves_to_a_descriptor(repository: Repository, by_digest: bool) -> None:  # noqa: FBT001 - a parameter
    manifest = push(repository, "v1")

    found = repository.resolve(manifest.digest if by_digest else "v1")

    assert manifest.descriptor.same(found)


def test_putting_a_manifest_returns_its_descriptor(repository: Repository) -> None:
    manifest = image(repository)

    assert manifest.descriptor == repository.put_manifest(manifest, "v1")


@pytest.mark.parametrize("name", ["missing", MISSING])
def test_a_manifest_that_is_not_there_is_not_found(repository: Repository, name: str | Digest) -> None:
    push(repository, "v1")

    for ask in (repository.get_manifest, repository.head_manifest, repository.resolve):
        with pytest.raises(ManifestNotFound):
            ask(name)


def test_an_empty_repository_has_no_manifest(repository: Repository) -> None:
    with pytest.raises(ManifestNotFound):
        repository.get_manifest("latest")


def test_a_blob_is_no_manifest(repository: Repository) -> None:
    push(repository, "v1", "a layer, no manifest")

    with pytest.raises(ManifestNotFound):
        repository.get_manifest(Digest.of(b"a layer, no manifest"))


def test_raw_bytes_are_kept_as_they_are(repository: Repository) -> None:
    built = image(repository)
    spaced = parse_manifest(built.raw.replace(b",", b" ,\n  "), media_type=OCI_MANIFEST)
    repository.put_manifest(spaced, "v1")

    assert spaced.raw == repository.get_manifest("v1").raw


def test_a_manifest_put_by_digest_has_no_tag(repository: Repository) -> None:
    manifest = image(repository)
    repository.put_manifest(manifest, manifest.digest)

    assert () == repository.tags().tags
    assert manifest.raw == repository.get_manifest(manifest.digest).raw


def test_a_child_is_there_by_its_digest_only(repository: Repository) -> None:
    child = push(repository, None)
    parent = index_of(child)
    repository.put_manifest(parent, "v1")

    assert ("v1",) == repository.tags().tags
    assert child.raw == repository.get_manifest(child.digest).raw


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_manifests_of_other_algorithms_are_found_by_their_digest(repository: Repository, algorithm: str) -> None:
    manifest = image(repository, algorithm=algorithm)
    repository.put_manifest(manifest, manifest.digest)

    assert manifest.digest == repository.get_manifest(manifest.digest).digest


def test_a_digest_of_another_algorithm_than_the_manifests_is_computed_from_the_bytes(repository: Repository) -> None:
    manifest = image(repository)
    wanted = Digest.of(manifest.raw, "sha512")

    stored = repository.put_manifest(manifest, wanted)

    assert wanted == stored.digest
    assert (wanted, manifest.raw) == (repository.get_manifest(wanted).digest, repository.get_manifest(wanted).raw)


def test_a_manifest_put_under_the_digest_of_other_bytes_is_refused(repository: Repository) -> None:
    manifest = image(repository)

    with pytest.raises(DigestMismatch):
        repository.put_manifest(manifest, MISSING)


def test_a_manifest_over_the_limit_is_refused(repository: Repository) -> None:
    manifest = image(repository, annotations={"long": "x" * (4 << 20)})

    with pytest.raises(SizeLimitExceeded):
        repository.put_manifest(manifest, "v1")


@pytest.mark.parametrize("tag", ["", "../v1", "a/b", "a:b", ".hidden", "x" * 129])
def test_what_is_no_tag_cannot_be_put(repository: Repository, tag: str) -> None:
    manifest = image(repository)

    with pytest.raises(InvalidReference):
        repository.put_manifest(manifest, tag)


def test_a_tag_moves_to_the_manifest_put_last(repository: Repository) -> None:
    first, second = push(repository, "v1", "one"), push(repository, "v1", "two")

    assert second.digest == repository.resolve("v1").digest
    assert first.raw == repository.get_manifest(first.digest).raw


def test_deleting_a_manifest_deletes_its_tags(repository: Repository) -> None:
    manifest = push(repository, "v1")
    repository.put_manifest(manifest, "also-v1")
    push(repository, "v2", "other")

    repository.delete_manifest(manifest.digest)

    assert ("v2",) == repository.tags().tags
    with pytest.raises(ManifestNotFound):
        repository.get_manifest(manifest.digest)


def test_deleting_a_manifest_that_is_not_there_fails(repository: Repository) -> None:
    push(repository, "v1")

    with pytest.raises(ManifestNotFound):
        repository.delete_manifest(MISSING)


def test_deleting_from_an_empty_repository_fails(repository: Repository) -> None:
    with pytest.raises(ManifestNotFound):
        repository.delete_manifest(MISSING)


# Tags


def test_tags_are_listed_each_once(repository: Repository) -> None:
    for tag in ("v2", "v1", "v1", "v10"):
        push(repository, tag)

    assert ["v1", "v10", "v2"] == sorted(repository.tags().tags)


def test_a_list_of_tags_can_be_limited_and_continued(repository: Repository) -> None:
    manifest = image(repository)
    for tag in ("a", "b", "c", "d"):
        repository.put_manifest(manifest, tag)

    assert ("a", "b") == repository.tags(limit=2).tags
    assert ("c", "d") == repository.tags(last="b").tags
    assert ("c",) == repository.tags(limit=1, last="b").tags


def test_an_empty_repository_has_no_tags(repository: Repository) -> None:
    try:
        found = repository.tags().tags
    except RepositoryNotFound:
        found = ()

    assert () == found


def test_deleting_a_tag_leaves_other_names_of_the_manifest(repository: Repository) -> None:
    manifest = push(repository, "v1")
    repository.put_manifest(manifest, "v2")

    repository.delete_tag("v1")

    assert ("v2",) == repository.tags().tags
    assert manifest.raw == repository.get_manifest("v2").raw
    with pytest.raises(ManifestNotFound):
        repository.get_manifest("v1")


def test_deleting_a_tag_that_is_not_there_fails(repository: Repository) -> None:
    push(repository, "v1")

    with pytest.raises(TagNotFound):
        repository.delete_tag("v2")


# Referrers


def test_nothing_refers_to_a_lone_manifest(repository: Repository) -> None:
    manifest = push(repository, "v1")

    assert () == repository.referrers(manifest.digest).descriptors
    assert () == repository.referrers(MISSING).descriptors


def test_a_manifest_with_a_subject_is_listed_as_its_referrer(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    referrer = image(
        repository, "signature", subject=subject, artifact_type="application/x.signature", annotations={"by": "somebody"}
    )
    repository.put_manifest(referrer, referrer.digest)

    (found,) = repository.referrers(subject.digest).descriptors

    assert (referrer.digest, len(referrer.raw), OCI_MANIFEST) == (found.digest, found.size, found.media_type)
    assert ("application/x.signature", {"by": "somebody"}) == (found.artifact_type, dict(found.annotations))


def test_an_artifact_type_that_is_missing_is_that_of_the_config(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    push(repository, None, "signature", subject=subject)

    (found,) = repository.referrers(subject.digest).descriptors

    assert "application/vnd.oci.image.config.v1+json" == found.artifact_type


def test_referrers_keep_their_order_and_appear_once(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    first, second = push(repository, None, "one", subject=subject), push(repository, None, "two", subject=subject)
    repository.put_manifest(first, None)

    assert [first.digest, second.digest] == referrers_of(repository, subject)


def test_referrers_can_come_before_their_subject(repository: Repository) -> None:
    subject = image(None)
    referrer = push(repository, None, "signature", subject=subject.descriptor)

    assert [referrer.digest] == referrers_of(repository, subject.descriptor)


def test_referrers_are_narrowed_by_artifact_type(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    wanted = image(repository, "sbom", subject=subject, artifact_type="application/x.sbom")
    repository.put_manifest(wanted, None)
    push(repository, None, "signature", subject=subject)

    assert [wanted.digest] == referrers_of(repository, subject, "application/x.sbom")


def test_a_deleted_referrer_is_unlisted(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    first, second = push(repository, None, "one", subject=subject), push(repository, None, "two", subject=subject)

    repository.delete_manifest(first.digest, manifest=first)

    assert [second.digest] == referrers_of(repository, subject)


def test_the_last_referrer_takes_its_list_with_it(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    referrer = push(repository, None, "signature", subject=subject)

    repository.delete_manifest(referrer.digest, manifest=referrer)

    assert [] == referrers_of(repository, subject)
    assert ("v1",) == repository.tags().tags


def test_referrers_show_among_the_tags_only_where_a_home_needs_it(home: Home, repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    push(repository, None, "signature", subject=subject)

    expected = {"v1", fallback_tag(subject.digest)} if home.lists_fallback_tags else {"v1"}
    assert expected == set(repository.tags().tags)


def test_a_subject_with_a_sha512_digest_has_referrers(repository: Repository) -> None:
    subject = image(repository, algorithm="sha512").descriptor
    referrer = push(repository, None, "signature", subject=subject)

    assert [referrer.digest] == referrers_of(repository, subject)


# Many at once


def test_threads_that_push_at_once_lose_nothing(repository: Repository) -> None:
    subject = push(repository, "v1").descriptor
    tags = [f"t{number}" for number in range(12)]

    def work(tag: str) -> ImageManifest:
        manifest = image(repository, tag, subject=subject)
        repository.put_manifest(manifest, tag)
        return manifest

    with Workers(4) as workers:
        pushed = workers.map(work, tags)

    assert {"v1", *tags} <= set(repository.tags().tags)
    assert {manifest.digest for manifest in pushed} == set(referrers_of(repository, subject))
