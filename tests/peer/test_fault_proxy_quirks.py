"""Registries that are odd, slow or wrong, made of real ones: the proxy between us changes what is asked and answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.errors import RegistryClientError, RegistryFault, SideError, SizeMismatch, Unreachable, root_cause
from regclient.hosts import TLS, HostSettings
from regclient.model.digest import Digest
from regclient.model.referrers import fallback_tag
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.contract.samples import push
from tests.fakes.bench import SIZE, TENTHS
from tests.fakes.proxy import Fault
from tests.peer.servers import DEBIAN, DISTRIBUTION, Kind, RealRegistry, registry_server
from tests.peer.test_fault_proxy import Stage, answer, staged

pytestmark = pytest.mark.peer

EVER = 999
HASTY = WireOptions(timeouts=Timeouts(idle=3.0, answer=3.0), retries=Retries(limit=1))


@pytest.fixture(scope="module", params=[DEBIAN, DISTRIBUTION], ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    kind: Kind = request.param
    with registry_server(kind, tmp_path_factory.mktemp(kind.name)) as running:
        yield running


@pytest.fixture
def stage(server: RealRegistry, tmp_path: Path) -> Iterator[Stage]:
    with staged(server, tmp_path) as made:
        yield made


def pull_fails(stage: Stage, *faults: Fault) -> RegistryClientError:
    """Pull in vain; nothing is left behind, and the error names the host it is about."""
    with pytest.raises(SideError) as failure:
        stage.pull(*faults)
    cause = root_cause(failure.value)
    assert isinstance(cause, RegistryClientError)
    assert not (stage.place / "pulled" / "index.json").exists()
    return cause


# Ranges and lengths


@pytest.mark.parametrize("cut", TENTHS[1::2])
def test_a_registry_that_ignores_ranges_sends_the_first_part_twice(stage: Stage, cut: int) -> None:
    stage.pull(
        Fault("GET", "blobs/sha256", cut_answer=cut),
        Fault("GET", "blobs/sha256", times=EVER, drop_asked=("Range",)),
    )

    assert len(stage.proxy.requests) <= 5
    assert stage.arrived()


@pytest.mark.parametrize("wrong", [f"bytes 0-{SIZE - 1}/{SIZE}", f"bytes {SIZE // 2 + 1}-{SIZE - 1}/{SIZE}", "bytes */5", "x"])
def test_another_part_than_the_one_asked_for_is_never_taken_for_it(stage: Stage, wrong: str) -> None:
    cause = pull_fails(
        stage,
        Fault("GET", "blobs/sha256", cut_answer=SIZE // 2),
        Fault("GET", "blobs/sha256", times=EVER, change={"Content-Range": wrong}),
    )

    assert isinstance(cause, Unreachable)
    assert stage.proxy.address == cause.host
    assert len(stage.proxy.requests) <= 8


@pytest.mark.parametrize("claimed", [SIZE - 1, SIZE + 1])
def test_a_wrong_length_is_noticed(stage: Stage, claimed: int) -> None:
    cause = pull_fails(stage, Fault("GET", "blobs/", times=EVER, change={"Content-Length": str(claimed)}))

    assert isinstance(cause, SizeMismatch)
    assert stage.proxy.address in str(cause)
    assert len(stage.proxy.requests) <= 8


# Slowness


def test_a_body_that_stands_still_is_asked_for_again(server: RealRegistry, tmp_path: Path) -> None:
    with staged(server, tmp_path, wire=HASTY) as stage:
        stage.pull(Fault("GET", "blobs/sha256", cut_answer=SIZE // 2, stall=True))

        assert len(stage.proxy.requests) <= 5
        assert stage.arrived()


def test_a_body_that_always_stands_still_is_an_error(server: RealRegistry, tmp_path: Path) -> None:
    with staged(server, tmp_path, wire=HASTY) as stage:
        cause = pull_fails(stage, Fault("GET", "blobs/sha256", times=EVER, cut_answer=0, stall=True))

        assert isinstance(cause, Unreachable)
        assert f"cannot reach {stage.proxy.address}: reading: timed out" in str(cause)
        assert len(stage.proxy.requests) <= 5


# Redirects


def test_a_redirect_to_itself_ends(stage: Stage) -> None:
    there = f"http://{stage.proxy.address}/v2/{stage.name}/blobs/sha256:round"
    cause = pull_fails(stage, Fault("GET", "blobs/", times=EVER, answer=answer(307, Location=there)))

    assert stage.proxy.address in str(cause)
    assert len(stage.proxy.requests) <= 15


def test_a_layer_may_be_elsewhere(stage: Stage, server: RealRegistry) -> None:
    stage.push()
    layer = stage.client.manifest(stage.remote).layers[0]  # type: ignore[attr-defined]
    there = f"http://{server.host}/v2/{stage.name}/blobs/{layer.digest}"
    stage.pull(Fault("GET", f"blobs/{layer.digest}", answer=answer(307, Location=there)))

    assert stage.arrived()


# What is missing or odd


def test_heads_may_be_refused(stage: Stage) -> None:
    stage.push(Fault("HEAD", "/v2/", times=EVER, answer=answer(405)))
    stage.pull(Fault("HEAD", "/v2/", times=EVER, answer=answer(405)))

    assert stage.arrived()


def test_a_registry_without_deletes_says_so_and_loses_nothing(stage: Stage) -> None:
    stage.push(Fault("DELETE", "manifests/", times=EVER, answer=answer(405)))
    with pytest.raises(RegistryFault, match=f"{stage.proxy.address} answered 405"):
        stage.client.repository(stage.remote).delete_tag("latest")

    assert stage.arrived(stage.remote)


def test_tags_come_one_by_one(stage: Stage) -> None:
    stage.push(Fault("GET", "tags/list$", times=EVER, rewrite=("$", "?n=1")))
    wanted = ["latest"]
    for number in range(3):
        wanted.append(f"t{number}")
        stage.client.copy(stage.remote, stage.remote.replace(":latest", f":t{number}"))

    assert wanted == sorted(stage.client.repository(stage.remote).tags().tags)
    if len([path for method, path in stage.proxy.requests if path.endswith("tags/list")]) == 1:
        pytest.skip("this registry knows no pages")


def test_gitlab_takes_a_fallback_tag_for_a_digest_and_nothing_is_listed_by_mistake(stage: Stage) -> None:
    stage.push(Fault(".*", "manifests/", times=EVER, rewrite=("sha256-", "sha256:")))
    repository = stage.client.repository(stage.remote)
    subject = repository.get_manifest("latest")

    assert () == repository.referrers(subject.digest).descriptors
    with pytest.raises(RegistryFault, match=f"{stage.proxy.address} answered 400 to PUT"):
        push(repository, None, "signature", subject=subject.descriptor)
    assert stage.arrived(stage.remote)


def test_two_clients_that_write_one_fallback_tag_at_once_lose_no_entry(server: RealRegistry, stage: Stage) -> None:
    stage.push()
    subject = stage.client.repository(stage.remote).get_manifest("latest").descriptor
    tag = f"manifests/{fallback_tag(subject.digest)}"
    both_read, both_written, answers = threading.Event(), threading.Event(), count(1)

    def answered() -> None:
        if next(answers) == 2:
            both_written.set()

    # Both read the empty list, then both write, then both look: the one that wrote first was overwritten.
    stage.proxy.faults[:] = [
        Fault("GET", tag),
        Fault("GET", tag, after=both_read.set),
        Fault("PUT", tag, times=2, before=lambda _: both_read.wait(), after=answered),
        Fault("GET", tag, times=2, before=lambda _: both_written.wait()),
    ]
    pushed: list[Digest] = []

    def write(client: Client, text: str) -> None:
        pushed.append(push(client.repository(stage.remote), None, text, subject=subject).digest)

    with ExitStack() as stack:
        host = HostSettings(stage.proxy.address, tls=TLS.DISABLED)
        clients = [stack.enter_context(Client([host])) for _ in range(2)]
        threads = [threading.Thread(target=write, args=(client, f"{at}")) for at, client in enumerate(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = {entry.digest for entry in clients[0].referrers(stage.remote).descriptors}

    assert 2 == len(pushed)
    assert set(pushed) == found
    assert len(stage.proxy.requests) <= 60
