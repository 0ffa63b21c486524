"""Registries that lack something, through the front door and over sockets: copies, lists and referrers come out the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.errors import RegistryFault
from regclient.hosts import TLS, HostSettings
from regclient.model.digest import Digest
from regclient.model.referrers import fallback_tag
from regclient.ops.copyplan import CopyOptions
from regclient.server.exchange import Policy
from regclient.server.message import ServerResponse
from tests.contract.samples import push
from tests.fakes import images
from tests.fakes.bench import Bench, bench_of, is_whole, single
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry

EVERYTHING = CopyOptions(referrers=True, digest_tags=True)
LACKS = ["digest_headers", "head_digests", "head_requests", "mounts", "anonymous_mounts", "ranges", "tag_parameters"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path) as made:
        yield made


def signed(registry: FakeRegistry) -> tuple[Digest, Digest, Digest]:
    """Push an index with a signature by referrer and one by tag; return the digests of all three."""
    repository = registry.repository("app")
    subject = images.index(repository)
    return subject.digest, images.artifact(repository, subject).digest, images.digest_tag(repository, subject).digest


def everything_arrived(bench: Bench, digests: tuple[Digest, ...]) -> bool:
    return all(is_whole(bench.dst.repository("app"), digest) for digest in digests)


@pytest.mark.parametrize("side", ["src", "dst"])
@pytest.mark.parametrize("lack", LACKS)
def test_a_copy_with_signatures_ends_the_same_where_something_is_missing(bench: Bench, side: str, lack: str) -> None:
    digests = signed(bench.src)
    setattr(bench.registries[side].quirks, lack, False)
    done = bench.client.copy(bench.source, bench.target, EVERYTHING)

    assert digests[0] == done.digest
    assert everything_arrived(bench, digests)
    assert bench.requests <= 80


@pytest.mark.parametrize("sides", [("src",), ("dst",), ("src", "dst")])
def test_referrers_travel_between_registries_with_and_without_the_api(bench: Bench, sides: tuple[str, ...]) -> None:
    for side in sides:
        bench.registries[side].quirks.referrers = False
    source, target = (bench.client.repository(place) for place in (bench.source, bench.target))
    subject = push(source, "latest")
    signature = push(source, None, "signature", subject=subject.descriptor)
    bench.client.copy(bench.source, bench.target, EVERYTHING)

    assert [signature.digest] == [entry.digest for entry in bench.client.referrers(bench.target).descriptors]
    assert ("dst" in sides) == (fallback_tag(subject.digest) in target.tags().tags)
    assert bench.requests <= 60


def test_a_blob_is_not_uploaded_within_one_registry_that_mounts_and_is_in_one_that_does_not(bench: Bench) -> None:
    single(bench.src.repository("app"))
    sibling = bench.source.replace("/app:", "/sibling:")
    bench.copy(sibling)
    mounted = bench.src.counts()
    bench.forget()
    bench.src.quirks.mounts = False
    other = bench.source.replace("/app:", "/other:")
    bench.copy(other)
    sent = bench.src.counts()

    assert {"POST uploads?mount&from": 2} == {shape: n for shape, n in mounted.items() if "upload" in shape}
    assert 2 == sum(n for shape, n in sent.items() if shape.startswith("PUT upload"))
    for name in ("sibling", "other"):
        assert is_whole(bench.src.repository(name), "latest")


def test_a_mount_that_fails_is_an_upload_all_the_same(bench: Bench) -> None:
    single(bench.src.repository("app"))
    bench.src.fault(FaultRule("POST", "mount=.*from=", times=None, status=500))
    bench.copy(bench.source.replace("/app:", "/sibling:"))

    assert is_whole(bench.src.repository("sibling"), "latest")
    assert bench.requests <= 20


def test_a_registry_without_deletes_says_so_and_loses_nothing(bench: Bench) -> None:
    manifest = single(bench.dst.repository("app"))
    quirks = bench.dst.quirks
    quirks.manifest_deletes = quirks.tag_deletes = quirks.blob_deletes = False
    repository = bench.client.repository(bench.target)
    deletes: tuple[Callable[[], None], ...] = (
        lambda: bench.client.delete(f"{bench.hosts['dst']}/app@{manifest.digest}"),
        lambda: repository.delete_tag("latest"),
        lambda: repository.delete_blob(manifest.layers[0].digest),
    )
    for delete in deletes:
        with pytest.raises(RegistryFault, match=rf"{bench.hosts['dst']} answered 405 to DELETE"):
            delete()

    assert is_whole(bench.dst.repository("app"), "latest")
    assert ("latest",) == bench.dst.repository("app").tags().tags
    assert bench.requests <= 20


def test_lists_of_one_entry_a_page_are_whole(tmp_path: Path) -> None:
    with bench_of(tmp_path, names=("dst",), policy=Policy(page=1)) as bench:
        repository = bench.dst.repository("app")
        manifest = single(repository)
        tags = [f"v{number}" for number in range(12)]
        for tag in tags:
            repository.put_manifest(manifest, tag)
        signatures = {images.artifact(repository, manifest, content=tag.encode()).digest for tag in tags}
        for name in ("one", "two", "three"):
            single(bench.dst.repository(name))
        found = bench.client.repository(bench.target).tags().tags
        listed = bench.client.referrers(bench.target).descriptors

        assert ["latest", *sorted(tags)] == sorted(found)
        assert signatures == {entry.digest for entry in listed}
        assert bench.requests <= 2 * (len(tags) + 3)


@pytest.mark.parametrize("path", ["tags/list", "referrers/"])
def test_a_page_in_the_middle_that_fails_for_a_while_is_asked_for_again(tmp_path: Path, path: str) -> None:
    with bench_of(tmp_path, names=("dst",), policy=Policy(page=1)) as bench:
        repository = bench.dst.repository("app")
        manifest = single(repository)
        wanted = {images.artifact(repository, manifest, content=bytes([number])).digest for number in range(5)}
        for number in range(5):
            repository.put_manifest(manifest, f"v{number}")
        bench.dst.fault(FaultRule("GET", path, first=3, times=3, status=503))
        tags = bench.client.repository(bench.target).tags().tags
        listed = bench.client.referrers(bench.target).descriptors

        assert 6 == len(tags)
        assert wanted == {entry.digest for entry in listed}
        assert bench.requests <= 20


def test_gitlab_takes_fallback_tags_for_digests_and_nothing_is_lost(bench: Bench) -> None:
    bench.dst.quirks.referrers = False
    bench.dst.quirks.digest_tags = True
    digests = signed(bench.src)
    error = None
    try:
        bench.client.copy(bench.source, bench.target, EVERYTHING)
    except Exception as caught:  # noqa: BLE001 - looked at below
        error = caught

    assert error is not None
    assert f"{bench.hosts['dst']} answered 4" in str(error)
    assert () == bench.dst.repository("app").tags().tags
    bench.client.copy(bench.source, bench.target)
    assert everything_arrived(bench, digests[:1])


def test_two_clients_that_write_one_fallback_tag_at_once_lose_no_entry(tmp_path: Path) -> None:
    registry = FakeRegistry()
    registry.quirks.referrers = False
    both_read, both_written, answers = threading.Event(), threading.Event(), count(1)

    def answered(_: ServerResponse) -> None:
        if next(answers) == 2:
            both_written.set()

    with ExitStack() as stack:
        host = stack.enter_context(registry.serve())
        clients = [stack.enter_context(Client([HostSettings(host, tls=TLS.DISABLED)])) for _ in range(2)]
        subject = push(clients[0].repository(f"{host}/app"), "latest")
        tag = f"manifests/{fallback_tag(subject.digest)}"
        # Both read the empty list, then both write, then both look: the one that wrote first was overwritten.
        registry.fault(FaultRule("GET", tag, first=2, edit=lambda _: both_read.set()))
        registry.fault(FaultRule("PUT", tag, times=2, wait=both_read))
        # The writes may overtake each other, so they are over when both were answered, not when the second one came.
        registry.fault(FaultRule("PUT", tag, times=2, edit=answered))
        registry.fault(FaultRule("GET", tag, first=3, times=2, wait=both_written))
        pushed: list[Digest] = []

        def write(client: Client, text: str) -> None:
            pushed.append(push(client.repository(f"{host}/app"), None, text, subject=subject.descriptor).digest)

        threads = [threading.Thread(target=write, args=(client, f"{at}")) for at, client in enumerate(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = {entry.digest for entry in clients[0].referrers(f"{host}/app:latest").descriptors}

    assert 2 == len(pushed)
    assert set(pushed) == found
    assert len(registry.ledger) <= 40
