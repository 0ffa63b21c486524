"""Registries as they are: what each is known to do differently, by name, against the fake registry.

Where a quirk is that of one product the name says so; the facts are from their issue trackers and ours.
"""

from __future__ import annotations

import io

import pytest

from regclient.errors import (
    BlobNotFound,
    Corrupt,
    DigestMismatch,
    ManifestNotFound,
    RegistryFault,
    SizeMismatch,
    UnsupportedMediaType,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest
from regclient.model.mediatype import OCI_LAYER
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList, fallback_tag, referrer_descriptor
from regclient.remote.repository import RemoteRepository
from regclient.remote.shared import RemoteOptions, Shared
from regclient.server.exchange import Policy
from tests.contract.samples import image, push, put, read
from tests.fakes.clock import FakeClock
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

NAME = "registry.example/team/app"
CONTENT = bytes(range(250)) * 4
LAYER = Descriptor.of(CONTENT, OCI_LAYER)
TENTHS = [len(CONTENT) * tenth // 10 for tenth in range(1, 10)]


def client_of(
    registry: FakeRegistry, name: str = NAME, *, host: HostSettings | None = None, options: RemoteOptions | None = None
) -> RemoteRepository:
    """A client of its own: what it learns of the registry, no other client knows."""
    shared = Shared(options, FakeClock())
    return RemoteRepository(Reference.parse(name), registry.transport, host=host, shared=shared)


def digests(found: ReferrerList) -> list[Digest]:
    return [entry.digest for entry in found.descriptors]


def referrer(repository: RemoteRepository, subject: Manifest, text: str) -> Manifest:
    return push(repository, None, text, subject=subject.descriptor)


# What is missing


def test_a_registry_without_digests_on_head_is_asked_for_the_bytes() -> None:
    registry = FakeRegistry()
    registry.quirks.head_digests = False
    repository = client_of(registry)
    manifest = push(repository, "v1")
    registry.forget()

    assert repository.head_manifest("v1").digest is None
    assert manifest.digest == repository.resolve("v1").digest
    assert {"HEAD manifests": 2, "GET manifests": 1} == registry.counts()


def test_a_registry_without_any_digest_header_is_believed_by_the_bytes() -> None:
    registry = FakeRegistry()
    registry.quirks.digest_headers = False
    repository = client_of(registry)
    manifest = push(repository, "v1")

    assert manifest.digest == repository.get_manifest("v1").digest
    assert CONTENT == read(repository, put(repository, CONTENT))


def test_a_registry_without_head_is_asked_with_get() -> None:
    registry = FakeRegistry()
    registry.quirks.head_requests = False
    repository = client_of(registry)
    manifest = push(repository, "v1")
    blob = put(repository, CONTENT)
    found = repository.stat_blob(blob)

    assert manifest.digest == repository.resolve("v1").digest
    assert found is not None
    assert len(CONTENT) == found.size
    assert repository.stat_blob(Descriptor.of(b"missing")) is None


def test_a_registry_without_mounts_is_sent_the_bytes() -> None:
    registry = FakeRegistry()
    registry.quirks.mounts = False
    source, target = client_of(registry, "registry.example/team/source"), client_of(registry)
    blob = put(source, CONTENT)
    registry.forget()

    assert not target.mount_blob(blob, source)
    assert blob == put(target, CONTENT)
    assert {"POST uploads?mount&from": 1, "DELETE upload": 1, "POST uploads?mount": 1, "PUT upload?digest": 1} == {
        shape.replace("_state&", ""): count for shape, count in registry.counts().items()
    }


def test_a_registry_with_mounts_moves_no_bytes() -> None:
    registry = FakeRegistry()
    source, target = client_of(registry, "registry.example/team/source"), client_of(registry)
    blob = put(source, CONTENT)
    registry.forget()

    assert target.mount_blob(blob, source)
    assert {"POST uploads?mount&from": 1} == registry.counts()
    assert CONTENT == read(target, blob)


def test_a_registry_without_deletes_says_so_and_names_itself() -> None:
    registry = FakeRegistry()
    registry.quirks.manifest_deletes = registry.quirks.blob_deletes = False
    repository = client_of(registry)
    manifest = push(repository, "v1")
    blob = put(repository, CONTENT)

    with pytest.raises(RegistryFault, match=r"registry\.example answered 405 to DELETE .*UNSUPPORTED"):
        repository.delete_manifest(manifest.digest)
    with pytest.raises(RegistryFault, match=r"registry\.example answered 405 to DELETE"):
        repository.delete_blob(blob.digest)


def test_a_registry_that_deletes_no_tags_keeps_the_other_tags_of_the_manifest() -> None:
    registry = FakeRegistry()
    registry.quirks.tag_deletes = False
    repository = client_of(registry)
    manifest = push(repository, "v1")
    repository.put_manifest(manifest, "v2")
    registry.forget()

    repository.delete_tag("v1")

    assert 8 == len(registry.ledger)
    assert ("v2",) == repository.tags().tags
    assert manifest.raw == repository.get_manifest("v2").raw


def test_a_registry_that_deletes_nothing_keeps_the_tag_as_it_was() -> None:
    registry = FakeRegistry()
    registry.quirks.tag_deletes = registry.quirks.manifest_deletes = False
    repository = client_of(registry)
    manifest = push(repository, "v1")

    with pytest.raises(RegistryFault):
        repository.delete_tag("v1")
    assert manifest.raw == repository.get_manifest("v1").raw


def test_a_registry_without_tag_parameters_gets_the_digest_beside_the_tag() -> None:
    registry = FakeRegistry()
    registry.quirks.tag_parameters = False
    repository = client_of(registry)
    manifest = image(repository, algorithm="sha512")
    repository.put_manifest(manifest, "v1")

    assert manifest.raw == repository.get_manifest("v1").raw


# Lists


def test_one_tag_per_page_is_a_list_all_the_same() -> None:
    registry = FakeRegistry(policy=Policy(page=1))
    repository = client_of(registry)
    manifest = image(repository)
    tags = [f"v{number}" for number in range(9)]
    for tag in tags:
        repository.put_manifest(manifest, tag)
    registry.forget()

    assert tags == list(repository.tags().tags)
    assert tags[:3] == list(repository.tags(limit=3).tags)
    assert tags[4:] == list(repository.tags(last="v3").tags)


def test_one_referrer_per_page_is_a_list_all_the_same() -> None:
    registry = FakeRegistry(policy=Policy(page=1))
    repository = client_of(registry)
    subject = push(repository, "v1")
    pushed = [referrer(repository, subject, f"signature {number}") for number in range(4)]

    assert {manifest.digest for manifest in pushed} == set(digests(repository.referrers(subject.digest)))


def test_a_next_page_that_is_the_same_page_ends_in_an_error() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    push(repository, "v1")
    link = '</v2/team/app/tags/list?n=1&last=v1>; rel="next"'
    registry.fault(FaultRule(path="tags/list", times=None, change={"Link": link}))
    registry.forget()

    with pytest.raises(RegistryFault, match=r"registry\.example .* do not come to an end"):
        repository.tags()
    assert len(registry.ledger) < 5


def test_a_list_sent_as_text_is_a_list() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    push(repository, "v1")
    registry.fault(FaultRule(path="tags/list", change={"Content-Type": "text/plain; charset=utf-8"}))

    assert ("v1",) == repository.tags().tags


def test_a_login_page_is_no_list() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    page = {"Content-Type": "text/html"}
    registry.fault(FaultRule(path="tags/list", status=200, headers=page, body=b"<html>please log in</html>"))

    with pytest.raises(UnsupportedMediaType, match="text/html"):
        repository.tags()


def test_a_login_page_in_place_of_the_referrers_api_is_no_api() -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    repository = client_of(registry)
    subject = push(repository, "v1")
    signature = referrer(repository, subject, "signature")
    registry.fault(FaultRule(path="referrers/", status=200, headers={"Content-Type": "text/html"}, body=b"<html>"))

    assert [signature.digest] == digests(repository.referrers(subject.digest))


# Referrers


def test_gitlab_reads_a_fallback_tag_as_a_digest_and_nothing_is_listed_by_mistake() -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    registry.quirks.digest_tags = True
    repository = client_of(registry)
    subject = push(repository, "v1")

    assert [] == digests(repository.referrers(subject.digest))
    with pytest.raises(RegistryFault, match=r"registry\.example answered 4\d\d to PUT"):
        referrer(repository, subject, "signature")
    assert subject.raw == repository.get_manifest(subject.digest).raw


def test_two_programs_that_write_one_fallback_tag_lose_no_entry() -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    one, other = client_of(registry), client_of(registry)
    subject = push(one, "v1")
    theirs = referrer_descriptor(image(other, "theirs", subject=subject.descriptor))
    tag = fallback_tag(subject.digest)

    def overwrite(answer: object) -> None:
        registry.repository("team/app").put_manifest(IndexManifest.build(manifests=[theirs]), tag)

    rule = registry.fault(FaultRule(method="PUT", path=f"manifests/{tag}", times=3, edit=overwrite))
    ours = referrer(one, subject, "ours")

    assert 3 == rule.struck
    assert {ours.digest, theirs.digest} == set(digests(other.referrers(subject.digest)))


def test_a_writer_that_is_overwritten_for_ever_gives_up_and_says_so() -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    repository = client_of(registry)
    subject = push(repository, "v1")
    tag = fallback_tag(subject.digest)
    rule = registry.fault(FaultRule(method="PUT", path=f"manifests/{tag}", times=None, status=201))

    with pytest.raises(RegistryFault, match=r"registry\.example .* 5 times in a row"):
        referrer(repository, subject, "ours")
    assert 5 == rule.struck


def test_writing_a_referrer_by_a_tag_takes_one_request_more_than_it_must() -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    repository = client_of(registry)
    subject = push(repository, "v1")
    manifest = image(repository, "signature", subject=subject.descriptor)
    registry.forget()
    repository.put_manifest(manifest, None)

    assert {"PUT manifests": 2, "GET manifests": 2} == registry.counts()


def test_a_storm_of_faults_is_not_an_empty_list_of_referrers() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    subject = push(repository, "v1")
    signature = referrer(repository, subject, "signature")
    registry.fault(FaultRule(path="referrers/", times=2, status=503))

    with pytest.raises(RegistryFault, match="503"):
        repository.referrers(subject.digest)
    assert [signature.digest] == digests(repository.referrers(subject.digest))


# Uploads


@pytest.mark.parametrize("cut", [0, *TENTHS, len(CONTENT) - 1])
def test_an_upload_cut_anywhere_goes_on_where_it_stopped(cut: int) -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    rule = registry.fault(FaultRule(method="PUT", path="digest=", cut_upload=cut))

    assert LAYER == repository.put_blob(io.BytesIO(CONTENT), LAYER)
    assert 1 == rule.struck
    assert CONTENT == read(repository, LAYER)


@pytest.mark.parametrize("cut", [0, *TENTHS])
def test_a_part_cut_anywhere_goes_on_where_it_stopped(cut: int) -> None:
    registry = FakeRegistry()
    repository = client_of(registry, host=HostSettings("registry.example", blob_chunk=300))
    rule = registry.fault(FaultRule(method="PATCH", path="uploads/", first=1 + cut // 300, cut_upload=cut % 300))

    assert LAYER.digest == repository.put_blob(io.BytesIO(CONTENT)).digest
    assert 1 == rule.struck
    assert CONTENT == read(repository, LAYER)


def test_an_answer_lost_after_the_upload_is_not_an_upload_lost() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    registry.fault(FaultRule(method="PUT", path="digest=", lose_answer=True))
    registry.forget()

    assert LAYER == repository.put_blob(io.BytesIO(CONTENT), LAYER)
    assert CONTENT == read(repository, LAYER)


@pytest.mark.parametrize("status", [413, 500, 502, 504])
def test_a_proxy_that_refuses_large_requests_is_sent_parts(status: int) -> None:
    registry = FakeRegistry()
    repository = client_of(registry, host=HostSettings("registry.example", blob_chunk=300))
    registry.fault(FaultRule(method="PUT", path="digest=", status=status))
    registry.forget()

    assert LAYER == repository.put_blob(io.BytesIO(CONTENT), LAYER)
    assert 4 == sum(1 for method, _ in registry.ledger if method == "PATCH")
    assert CONTENT == read(repository, LAYER)


def test_a_registry_may_ask_for_larger_parts() -> None:
    registry = FakeRegistry(policy=Policy(chunk_minimum=600))
    repository = client_of(registry, host=HostSettings("registry.example", blob_chunk=300))
    registry.forget()

    assert LAYER.digest == repository.put_blob(io.BytesIO(CONTENT)).digest
    assert 2 == sum(1 for method, _ in registry.ledger if method == "PATCH")


def test_an_upload_that_fails_for_good_leaves_no_session() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    registry.fault(FaultRule(method="PUT", path="digest=", times=None, status=400))

    with pytest.raises(RegistryFault):
        repository.put_blob(io.BytesIO(CONTENT), LAYER)
    assert "DELETE" == registry.ledger[-1][0]
    assert repository.stat_blob(LAYER) is None


# What is sent is not what was asked for


def test_a_corrupted_manifest_is_refused() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    manifest = push(repository, "v1")
    registry.fault(FaultRule(method="GET", path="manifests/", times=2, corrupt=True))

    for name in ("v1", manifest.digest):
        with pytest.raises(DigestMismatch):
            repository.get_manifest(name)


def test_a_corrupted_blob_is_refused_at_its_end() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    put(repository, CONTENT)
    registry.fault(FaultRule(method="GET", path="blobs/", corrupt=True))

    with pytest.raises(DigestMismatch):
        read(repository, LAYER)


@pytest.mark.parametrize("kept", [0, 1, *TENTHS, len(CONTENT) - 1])
def test_a_truncated_blob_is_refused(kept: int) -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    put(repository, CONTENT)
    registry.fault(FaultRule(method="GET", path="blobs/", truncate=kept))

    with pytest.raises(SizeMismatch):
        read(repository, LAYER)


def test_a_corrupted_source_never_becomes_a_blob() -> None:
    registry = FakeRegistry()
    source, target = client_of(registry, "registry.example/team/source"), client_of(registry)
    registry.quirks.anonymous_mounts = False
    put(source, CONTENT)
    registry.fault(FaultRule(method="GET", path="team/source/blobs/", times=None, corrupt=True))

    with source.open_blob(LAYER) as stream, pytest.raises(Corrupt):
        target.put_blob(stream, LAYER)
    assert target.stat_blob(LAYER) is None


def test_a_source_is_asked_again_when_an_upload_has_to_start_over() -> None:
    registry = FakeRegistry()
    registry.quirks.anonymous_mounts = False
    source, target = client_of(registry, "registry.example/team/source"), client_of(registry)
    put(source, CONTENT)
    registry.fault(FaultRule(method="PUT", path="digest=", cut_upload=500))
    registry.forget()

    with source.open_blob(LAYER) as stream:
        assert LAYER == target.put_blob(stream, LAYER)
    assert CONTENT == read(target, LAYER)


def test_a_manifest_of_a_server_that_knows_no_types_is_read_by_its_own_word() -> None:
    registry = FakeRegistry()
    repository = client_of(registry)
    manifest = push(repository, "v1")
    registry.fault(FaultRule(method="GET", path="manifests/", change={"Content-Type": "application/octet-stream"}))

    assert manifest.raw == repository.get_manifest("v1").raw


# Missing things are named


def test_missing_things_are_named_with_their_repository() -> None:
    repository = client_of(FakeRegistry())

    with pytest.raises(ManifestNotFound, match=r"manifest v1 not found in registry\.example/team/app"):
        repository.get_manifest("v1")
    with pytest.raises(BlobNotFound, match=r"not found in registry\.example/team/app"):
        read(repository, LAYER)
