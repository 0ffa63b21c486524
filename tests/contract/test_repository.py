"""What every repository does with content, wherever it lives: one suite, run for every home (``homes.py``)."""

from __future__ import annotations

import io

import pytest

from regclient.errors import (
    BlobNotFound,
    DigestMismatch,
    InvalidReference,
    ManifestNotFound,
    SizeLimitExceeded,
    SizeMismatch,
)
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import parse_manifest
from regclient.model.mediatype import OCI_LAYER, OCI_MANIFEST
from regclient.repository import Repository
from tests.contract.samples import image, index_of, push, put, read

MISSING = Digest.of(b"missing")


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
