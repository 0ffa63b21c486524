"""Referrers by the API and by the fallback tag."""

from __future__ import annotations

import pytest

from regclient.errors import RegistryFault, Unreachable, UnsupportedMediaType
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, IndexManifest, Manifest, parse_manifest
from regclient.model.mediatype import OCI_INDEX, OCI_MANIFEST
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList, fallback_tag, referrer_descriptor
from regclient.remote.referrers import WAITS
from regclient.remote.repository import RemoteRepository
from regclient.remote.shared import RemoteOptions, Shared
from tests.fakes.clock import FakeClock
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

SUBJECT = ImageManifest.build(config=EMPTY, layers=(EMPTY,))
DIGEST = SUBJECT.digest
TAG = fallback_tag(DIGEST)
API = f"GET referrers/{DIGEST}"
BASE = "https://registry.example/v2/team/app"
LOST = Answer(error=Unreachable("registry.example", "reset"))


def artifact(name: str) -> ImageManifest:
    return ImageManifest.build(config=EMPTY, artifact_type=f"application/{name}", subject=SUBJECT.descriptor)


ONE, TWO, THREE = map(artifact, ("one", "two", "three"))
TAGGED = (f"GET manifests/{TAG}", Answer(404))


def listing(*manifests: Manifest, link: str = "") -> Answer:
    index = IndexManifest.build(manifests=tuple(map(referrer_descriptor, manifests)))
    headers = {"Content-Type": OCI_INDEX} | ({"Link": f'<{link}>; rel="next"'} if link else {})
    return Answer(200, headers, index.raw)


def tagged(*manifests: Manifest) -> tuple[str, Answer]:
    return f"GET manifests/{TAG}", listing(*manifests) if manifests else Answer(404)


def repository(*script: tuple[str, Answer], cache: bool = False) -> tuple[RemoteRepository, ScriptedTransport, FakeClock]:
    transport = ScriptedTransport(*script)
    clock = FakeClock()
    shared = Shared(RemoteOptions(cache_timeout=300, cache_count=500) if cache else None, clock)
    return RemoteRepository(Reference.parse("registry.example/team/app"), transport, shared=shared), transport, clock


def refer(*script: tuple[str, Answer], artifact_type: str | None = None) -> ReferrerList:
    subject, transport, _ = repository(*script)
    found = subject.referrers(DIGEST, artifact_type)
    transport.end()
    return found


def digests(found: ReferrerList) -> list[Digest]:
    return [entry.digest for entry in found.descriptors]


def written(transport: ScriptedTransport) -> list[list[Digest]]:
    """What was put under the fallback tag, in order."""
    puts = [sent for sent in transport.sent if sent.request.method == "PUT" and sent.request.path.endswith(TAG)]
    lists = [parse_manifest(sent.body, media_type=OCI_INDEX) for sent in puts]
    return [[entry.digest for entry in index.manifests] for index in lists if isinstance(index, IndexManifest)]


def test_the_api_is_asked_first_and_quietly() -> None:
    subject, transport, _ = repository((API, listing(ONE, TWO)))
    found = subject.referrers(DIGEST)

    assert (DIGEST, [ONE.digest, TWO.digest], ()) == (found.subject, digests(found), found.tags)
    assert (True, True) == (transport.sent[0].request.quiet, transport.sent[0].request.mirrors)


def test_pages_are_merged_and_each_digest_is_there_once() -> None:
    found = refer((API, listing(ONE, TWO, link="?page=2")), (f"GET {BASE}/referrers/{DIGEST}?page=2", listing(TWO, THREE)))

    assert [ONE.digest, TWO.digest, THREE.digest] == digests(found)
    assert found.manifest is not None
    assert digests(found) == [entry.digest for entry in found.manifest.manifests]


def test_a_type_is_filtered_at_the_registry_and_here_in_any_case() -> None:
    found = refer((f"{API}?artifactType=application%2Ftwo", listing(ONE, TWO)), artifact_type="application/two")

    assert [TWO.digest] == digests(found)


@table(
    "answer",
    [
        Answer(404),
        Answer(400),
        Answer(401),
        Answer(501),
        Answer(200, {"Content-Type": "text/html"}, b"<html>"),
        Answer(200, {"Content-Type": OCI_INDEX}, b"[]"),
    ],
)
def test_a_registry_without_the_api_has_the_list_under_a_tag(answer: Answer) -> None:
    found = refer((API, answer), tagged(ONE))

    assert ([ONE.digest], (TAG,)) == (digests(found), found.tags)


def test_neither_api_nor_tag_is_an_empty_list() -> None:
    found = refer((API, Answer(404)), tagged())

    assert ([], (), None) == (digests(found), found.tags, found.manifest)


def test_a_missing_api_is_remembered_for_five_minutes() -> None:
    subject, transport, clock = repository((API, Answer(404)), tagged(), tagged(ONE), (API, listing(TWO)))

    lists = [subject.referrers(DIGEST), subject.referrers(DIGEST)]
    clock.advance(300)

    assert [[], [ONE.digest], [TWO.digest]] == [digests(found) for found in (*lists, subject.referrers(DIGEST))]
    transport.end()


def test_an_api_that_was_there_is_not_forgotten_because_of_one_refusal() -> None:
    subject, transport, _ = repository((API, listing(ONE)), (API, Answer(403)), tagged(), (API, listing(ONE)))

    assert [[ONE.digest], [], [ONE.digest]] == [digests(subject.referrers(DIGEST)) for _ in range(3)]
    transport.end()


@table("failure", [LOST, Answer(503), Answer(429)])
def test_a_failure_of_the_moment_is_not_taken_for_an_empty_list(failure: Answer) -> None:
    subject, transport, _ = repository((API, failure), (API, failure), tagged(), (API, listing(ONE)))

    with pytest.raises((RegistryFault, Unreachable)):
        subject.referrers(DIGEST)
    assert [ONE.digest] == digests(subject.referrers(DIGEST))
    transport.end()


def test_a_list_under_a_tag_is_better_than_a_failure_of_the_moment() -> None:
    assert [ONE.digest] == digests(refer((API, Answer(502)), (API, Answer(502)), tagged(ONE)))


def test_pages_without_end_are_not_taken_for_a_missing_api() -> None:
    subject, _, _ = repository((API, listing(ONE, link=f"{BASE}/referrers/{DIGEST}")), tagged())

    with pytest.raises(RegistryFault, match="do not come to an end"):
        subject.referrers(DIGEST)


def test_what_is_no_index_under_the_tag_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        refer((API, Answer(404)), (f"GET manifests/{TAG}", Answer(200, {"Content-Type": OCI_MANIFEST}, ONE.raw)))


def test_the_subject_itself_under_the_tag_is_gitlabs_way_of_reading_tags() -> None:
    found = refer((API, Answer(404)), (f"GET manifests/{TAG}", Answer(200, {"Content-Type": OCI_MANIFEST}, SUBJECT.raw)))

    assert [] == digests(found)


def test_lists_are_cached_when_that_was_asked_for_and_filters_work_on_them() -> None:
    subject, transport, _ = repository((API, listing(ONE, TWO)), cache=True)

    assert [ONE.digest, TWO.digest] == digests(subject.referrers(DIGEST))
    assert [TWO.digest] == digests(subject.referrers(DIGEST, "application/two"))
    transport.end()


def test_filtered_lists_are_not_cached() -> None:
    subject, transport, _ = repository((f"{API}?artifactType=a%2Fb", listing()), (API, listing(ONE)), cache=True)

    assert [[], [ONE.digest]] == [digests(subject.referrers(DIGEST, "a/b")), digests(subject.referrers(DIGEST))]
    transport.end()


PUT = f"PUT manifests/{ONE.digest}"
PUT_TAG = (f"PUT manifests/{TAG}", Answer(201))


def test_a_registry_that_knows_the_subject_needs_no_tag() -> None:
    subject, transport, _ = repository((PUT, Answer(201, {"OCI-Subject": str(DIGEST)})))
    subject.put_manifest(ONE, ONE.digest)

    transport.end()


@table("headers", [{}, {"OCI-Subject": str(ONE.digest)}])
def test_otherwise_the_tag_is_written_and_read_again(headers: dict[str, str]) -> None:
    subject, transport, _ = repository((PUT, Answer(201, headers)), tagged(), PUT_TAG, tagged(ONE))
    subject.put_manifest(ONE, ONE.digest)
    transport.end()

    assert [[ONE.digest]] == written(transport)
    assert not transport.sent[1].request.mirrors


def test_an_entry_is_added_behind_the_others_and_says_what_it_is() -> None:
    subject, transport, _ = repository((PUT, Answer(201)), tagged(TWO), PUT_TAG, tagged(TWO, ONE))
    subject.put_manifest(ONE, ONE.digest)
    index = parse_manifest(transport.sent[2].body, media_type=OCI_INDEX)

    assert isinstance(index, IndexManifest)
    assert (referrer_descriptor(TWO), referrer_descriptor(ONE)) == index.manifests


def test_an_entry_that_is_there_is_not_written_again() -> None:
    subject, transport, _ = repository((PUT, Answer(201)), tagged(ONE))
    subject.put_manifest(ONE, ONE.digest)

    transport.end()


def test_an_entry_lost_to_another_writer_is_merged_again() -> None:
    subject, transport, clock = repository((PUT, Answer(201)), tagged(), PUT_TAG, tagged(TWO), PUT_TAG, tagged(TWO, ONE))
    subject.put_manifest(ONE, ONE.digest)
    transport.end()

    assert [[ONE.digest], [TWO.digest, ONE.digest]] == written(transport)
    assert [0.1] == clock.slept


def test_an_entry_lost_again_and_again_is_an_error() -> None:
    subject, transport, _ = repository((PUT, Answer(201)), tagged(), *[PUT_TAG, tagged(TWO)] * 5)

    with pytest.raises(RegistryFault, match="other writers changed the list of referrers 5 times"):
        subject.put_manifest(ONE, ONE.digest)
    transport.end()
    assert len(WAITS) == 5


def test_a_pushed_referrer_makes_the_cached_list_old() -> None:
    subject, transport, _ = repository(
        (API, listing()), (PUT, Answer(201, {"OCI-Subject": str(DIGEST)})), (API, listing(ONE)), cache=True
    )
    subject.referrers(DIGEST)
    subject.put_manifest(ONE, ONE.digest)

    assert [ONE.digest] == digests(subject.referrers(DIGEST))
    transport.end()


DELETE = (f"DELETE manifests/{ONE.digest}", Answer(202))


def test_a_registry_with_the_api_keeps_its_lists_itself() -> None:
    subject, transport, _ = repository((API, listing(ONE)), DELETE)
    subject.delete_manifest(ONE.digest, manifest=ONE)

    transport.end()


def test_a_deleted_referrer_leaves_the_list_under_the_tag_first() -> None:
    subject, transport, _ = repository((API, Answer(404)), tagged(ONE, TWO), PUT_TAG, tagged(TWO), DELETE)
    subject.delete_manifest(ONE.digest, manifest=ONE)
    transport.end()

    assert [[TWO.digest]] == written(transport)


@table("there", [tagged(), tagged(TWO)])
def test_a_referrer_that_was_not_listed_is_just_deleted(there: tuple[str, Answer]) -> None:
    subject, transport, _ = repository((API, Answer(404)), there, DELETE)
    subject.delete_manifest(ONE.digest, manifest=ONE)

    transport.end()


def test_the_last_referrer_takes_the_tag_with_it() -> None:
    subject, transport, _ = repository((API, Answer(404)), tagged(ONE), (f"DELETE manifests/{TAG}", Answer(202)), DELETE)
    subject.delete_manifest(ONE.digest, manifest=ONE)

    transport.end()


def test_an_empty_list_is_written_where_tags_cannot_be_deleted() -> None:
    subject, transport, _ = repository(
        (API, Answer(404)), tagged(ONE), (f"DELETE manifests/{TAG}", Answer(403)), PUT_TAG, (tagged()[0], listing()), DELETE
    )
    subject.delete_manifest(ONE.digest, manifest=ONE)
    transport.end()

    assert [[]] == written(transport)


def test_deleting_without_the_bytes_asks_for_nothing_else() -> None:
    subject, transport, _ = repository(DELETE)
    subject.delete_manifest(ONE.digest)

    transport.end()


def test_a_manifest_without_a_subject_has_no_list_to_leave() -> None:
    subject, transport, _ = repository((f"DELETE manifests/{DIGEST}", Answer(202)))
    subject.delete_manifest(DIGEST, manifest=SUBJECT)

    transport.end()


def test_an_entry_is_a_descriptor_with_the_type_of_the_artifact() -> None:
    entry = referrer_descriptor(ONE)

    assert Descriptor(OCI_MANIFEST, ONE.digest, len(ONE.raw), artifact_type="application/one") == entry
