"""The contract, and what only real registries show, against registries that others wrote.

Every test of the contract suite runs again here with a repository of a real registry as its home.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.errors import RegistryFault
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.model.referrers import fallback_tag
from regclient.remote.registry import RemoteRegistry
from regclient.remote.repository import RemoteRepository
from regclient.repository import Repository
from regclient.transport.sender import Sender
from tests.contract.homes import Home
from tests.contract.samples import image, index_of, push, put, read
from tests.contract.test_names import *  # noqa: F403 - tags and referrers, with the home below
from tests.contract.test_repository import *  # noqa: F403 - the whole suite again, with the home below
from tests.fakes.clock import FakeClock
from tests.fakes.proxy import Fault, fault_proxy
from tests.peer.servers import CUE, DEBIAN, DISTRIBUTION, GGCR, KINDS, Kind, RealRegistry, registry_server

pytestmark = pytest.mark.peer

NAMES = (f"team/app{number}" for number in itertools.count())
CONTENT = hashlib.sha256(b"seed").digest() * 8192
LAYER = Descriptor.of(CONTENT)

SHA256_ONLY = "it knows no digests but sha256"
NO_TAGS = "a repository without tags is not found"
TAGS_STAY = "a deleted manifest leaves its tags behind"
ONE_STORE = "every repository has the blobs of all"
NO_TYPES = "it takes every referrer for an image"
ALSO_BY_TAG = "it has the API and does not say so (OCI-Subject), so that the list is kept by tag as well"
UNCHECKED = "it does not check what a manifest points at, or says so without a code"

DIFFERENT = {
    "test_a_list_of_tags_can_be_limited_and_continued": {DEBIAN: "it lists all tags whatever is asked"},
    "test_a_blob_is_no_manifest": {DEBIAN: "it answers 500"},
    "test_a_manifest_put_by_digest_has_no_tag": {DEBIAN: NO_TAGS, DISTRIBUTION: NO_TAGS},
    "test_blobs_of_other_algorithms_are_stored_under_their_digest": {GGCR: SHA256_ONLY, CUE: SHA256_ONLY},
    "test_manifests_of_other_algorithms_are_found_by_their_digest": dict.fromkeys(
        (DEBIAN, DISTRIBUTION, GGCR, CUE), SHA256_ONLY
    ),
    "test_a_digest_of_another_algorithm_than_the_manifests_is_computed_from_the_bytes": dict.fromkeys(
        (DEBIAN, DISTRIBUTION, GGCR, CUE), SHA256_ONLY
    ),
    "test_a_blob_with_another_digest_is_refused_and_does_not_stay": {GGCR: ONE_STORE},
    "test_a_blob_with_another_size_is_refused_and_does_not_stay": {GGCR: ONE_STORE},
    "test_a_stream_that_fails_leaves_nothing": {GGCR: ONE_STORE},
    "test_a_blob_is_mounted_from_a_sibling": {GGCR: ONE_STORE},
    "test_a_deleted_blob_is_gone": {GGCR: "it answers 500 to the second deletion"},
    "test_deleting_a_manifest_deletes_its_tags": {GGCR: TAGS_STAY, CUE: TAGS_STAY},
    "test_a_manifest_with_a_subject_is_listed_as_its_referrer": {GGCR: NO_TYPES},
    "test_referrers_are_narrowed_by_artifact_type": {GGCR: NO_TYPES},
    "test_the_last_referrer_takes_its_list_with_it": {GGCR: ALSO_BY_TAG},
    "test_referrers_show_among_the_tags_only_where_a_home_needs_it": {GGCR: ALSO_BY_TAG},
    "test_referrers_keep_their_order_and_appear_once": {CUE: "it lists them by digest", GGCR: "it lists them in any order"},
    "test_a_subject_with_a_sha512_digest_has_referrers": {CUE: SHA256_ONLY},
    "test_threads_that_push_at_once_lose_nothing": {DEBIAN: "a blob that is stored again reads as damaged for a moment"},
    "test_content_the_registry_does_not_know_is_told_by_its_code": {GGCR: UNCHECKED, CUE: UNCHECKED},
}


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    kind: Kind = request.param
    with registry_server(kind, tmp_path_factory.mktemp(kind.name)) as running:
        yield running


@pytest.fixture(autouse=True)
def alike(request: pytest.FixtureRequest, server: RealRegistry) -> None:
    """Skip what the registry is known to do differently."""
    reason = DIFFERENT.get(request.node.originalname, {}).get(server.kind)
    if reason:
        pytest.skip(f"{server.kind.name}: {reason}")


@pytest.fixture
def home(server: RealRegistry) -> Home:
    """Take the place of the contract's own homes."""
    return Home(server.kind.name, lambda place: _Opened(server.host), lists_fallback_tags=not server.kind.referrers)


@pytest.fixture
def repository(server: RealRegistry, home: Home, tmp_path: Path) -> Iterator[Repository]:
    with home.open(tmp_path) as opened:
        yield opened


class _Opened:
    """A repository of its own, for the time of a block."""

    def __init__(self, host: str, settings: HostSettings | None = None) -> None:
        self.sender = Sender(HostBook([settings or HostSettings(host, tls=TLS.DISABLED)]), clock=FakeClock())
        self.host = host

    def __enter__(self) -> RemoteRepository:
        reference = Reference.parse(f"{self.host}/{next(NAMES)}")
        return RemoteRepository(reference, self.sender)

    def __exit__(self, *error: object) -> None:
        self.sender.close()


def test_a_registry_answers_and_lists_its_repositories(server: RealRegistry) -> None:
    with _Opened(server.host) as opened:
        put(opened, b"content")
        push(opened, "v1")
        registry = RemoteRegistry(server.host, opened._wire.transport)

        assert registry.ping().headers
        assert opened.reference.repository in registry.repositories(limit=1000).repositories


@pytest.mark.parametrize("chunk", [1 << 16, 100_000])
def test_a_blob_in_parts_is_the_same_blob(server: RealRegistry, chunk: int) -> None:
    settings = HostSettings(server.host, tls=TLS.DISABLED, blob_chunk=chunk, blob_max=1)
    with _Opened(server.host, settings) as opened:
        parts = RemoteRepository(opened.reference, opened._wire.transport, host=settings)

        assert LAYER == parts.put_blob(io.BytesIO(CONTENT), LAYER)
        assert CONTENT == read(parts, LAYER)


def test_a_blob_is_mounted_from_a_sibling(server: RealRegistry) -> None:
    with _Opened(server.host) as source, _Opened(server.host) as target:
        blob = put(source, b"to be mounted")

        assert target.mount_blob(blob, source)
        assert b"to be mounted" == read(target, blob)


def test_a_blob_streams_from_one_repository_into_another(server: RealRegistry) -> None:
    with _Opened(server.host) as source, _Opened(server.host) as target:
        put(source, CONTENT)
        with source.open_blob(LAYER) as stream:
            assert LAYER == target.put_blob(stream, LAYER)

        assert CONTENT == read(target, LAYER)


def test_many_referrers_are_listed_by_api_or_by_tag(server: RealRegistry) -> None:
    with _Opened(server.host) as opened:
        subject = push(opened, "v1")
        pushed = {push(opened, None, f"signature {number}", subject=subject.descriptor).digest for number in range(12)}
        found = opened.referrers(subject.digest)

        assert pushed == {entry.digest for entry in found.descriptors}
        assert (() if server.kind.referrers else (fallback_tag(subject.digest),)) == found.tags


@pytest.mark.parametrize("cut", range(0, len(CONTENT), len(CONTENT) // 10))
def test_an_upload_cut_at_every_tenth_arrives_whole(server: RealRegistry, cut: int) -> None:
    content = CONTENT + str(cut).encode()
    blob = Descriptor.of(content)
    address, _, port = server.host.partition(":")
    with fault_proxy((address, int(port)), Fault("PUT", "digest=", cut_request=cut)) as proxy:
        settings = HostSettings(proxy.address, tls=TLS.DISABLED)
        with _Opened(proxy.address, settings) as opened:
            assert blob == opened.put_blob(io.BytesIO(content), blob)
            assert content == read(opened, blob)


@pytest.mark.parametrize("cut", range(0, len(CONTENT), len(CONTENT) // 10))
def test_a_download_cut_at_every_tenth_arrives_whole(server: RealRegistry, cut: int) -> None:
    address, _, port = server.host.partition(":")
    with (
        fault_proxy((address, int(port)), Fault("GET", "blobs/sha256", cut_answer=cut)) as proxy,
        _Opened(proxy.address) as opened,
    ):
        put(opened, CONTENT)

        assert CONTENT == read(opened, LAYER)


def test_a_registry_that_deletes_nothing_keeps_the_tag_as_it_was(tmp_path: Path) -> None:
    with registry_server(DEBIAN, tmp_path, deletes=False) as server, _Opened(server.host) as opened:
        manifest = push(opened, "v1")

        with pytest.raises(RegistryFault, match="405"):
            opened.delete_tag("v1")
        assert manifest.raw == opened.get_manifest("v1").raw


@pytest.mark.parametrize("of", ["image", "index"])
def test_content_the_registry_does_not_know_is_told_by_its_code(server: RealRegistry, of: str) -> None:
    with _Opened(server.host) as opened:
        unknown = image(None, "never pushed")

        with pytest.raises(RegistryFault) as caught:
            opened.put_manifest(unknown if of == "image" else index_of(unknown), "v1")
        assert {"MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN"} & set(caught.value.codes)
