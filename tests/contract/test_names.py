"""What every repository does with names, wherever it lives: tags and referrers, and many writers at once."""

from __future__ import annotations

import pytest

from regclient.concurrency import Workers
from regclient.errors import ManifestNotFound, RepositoryNotFound, TagNotFound
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest
from regclient.model.mediatype import OCI_MANIFEST
from regclient.model.referrers import fallback_tag
from regclient.repository import Repository
from tests.contract.homes import Home
from tests.contract.samples import image, push

MISSING = Digest.of(b"missing")


def referrers_of(repository: Repository, subject: Descriptor, artifact_type: str | None = None) -> list[Digest]:
    return [found.digest for found in repository.referrers(subject.digest, artifact_type).descriptors]


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
