"""Faults in front of registries that others wrote: a proxy cuts, storms and drops between us and the real thing.

So nothing about faults is proved against our own server alone. Waits take no time; the sockets and the registries are real.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.errors import DigestMismatch, RateLimited, RegistryFault, SideError, SizeMismatch, Unreachable, root_cause
from regclient.hosts import TLS, HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.mediatype import OCI_CONFIG, OCI_LAYER_GZIP
from regclient.repository import Repository
from regclient.transport.options import WireOptions
from tests.fakes import images
from tests.fakes.bench import CONFIG, LAYER, NO_SYNC, SIZE, TENTHS, is_whole, single
from tests.fakes.clock import FakeClock
from tests.fakes.proxy import Fault, FaultProxy, fault_proxy
from tests.peer.servers import DEBIAN, DISTRIBUTION, Kind, RealRegistry, registry_server

pytestmark = pytest.mark.peer

NAMES = (f"faults/app{number}" for number in count())
MIB = 1024 * 1024


def answer(status: int, body: str = "", **headers: str) -> bytes:
    """Write an answer for the proxy to invent."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


@dataclass
class Stage:
    """A real registry behind a proxy, a client that sees the proxy only, and a layout with an image to push."""

    proxy: FaultProxy
    client: Client
    clock: FakeClock
    place: Path
    name: str

    @property
    def remote(self) -> str:
        """An image behind the proxy."""
        return f"{self.proxy.address}/{self.name}:latest"

    @property
    def layout(self) -> str:
        """The image on disk that is pushed."""
        return f"ocidir://{self.place}/pushed:latest"

    @property
    def pulled(self) -> str:
        """Where images are pulled to."""
        return f"ocidir://{self.place}/pulled:latest"

    def push(self, *faults: Fault) -> None:
        """Push through faults."""
        self.proxy.faults[:] = faults
        self.proxy.requests.clear()
        self.client.copy(self.layout, self.remote)

    def pull(self, *faults: Fault) -> None:
        """Pull through faults, after the image was pushed without any."""
        self.push()
        self.proxy.faults[:] = faults
        self.proxy.requests.clear()
        self.client.copy(self.remote, self.pulled)

    def arrived(self, remote: str = "") -> bool:
        """Whether the image at the registry, or with no name the one pulled, is whole."""
        self.proxy.faults.clear()
        name = remote or self.pulled
        return is_whole(self.client.repository(name), "latest") and self.digest(name) == self.digest(self.layout)

    def digest(self, name: str) -> str:
        """Return the digest behind a name."""
        return str(self.client.digest(name))


@contextmanager
def staged(server: RealRegistry, place: Path, *, wire: WireOptions | None = None, **settings: object) -> Iterator[Stage]:
    """Put a stage up before a registry; ``settings`` are those of the host."""
    address, _, port = server.host.partition(":")
    clock = FakeClock()
    with fault_proxy((address, int(port))) as proxy:
        host = HostSettings(proxy.address, tls=TLS.DISABLED, **settings)  # type: ignore[arg-type]
        options = replace(wire or WireOptions(), jitter=lambda: 0.0)
        with Client([host], wire=options, layout=NO_SYNC, clock=clock, workers=1) as client:
            stage = Stage(proxy, client, clock, place, next(NAMES))
            # Each stage has a layer of its own: registries find blobs of other repositories by themselves.
            single(client.repository(stage.layout), content=stage.name.encode() + LAYER[len(stage.name) :])
            yield stage


@pytest.fixture(scope="module", params=[DEBIAN, DISTRIBUTION], ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    kind: Kind = request.param
    with registry_server(kind, tmp_path_factory.mktemp(kind.name)) as running:
        yield running


@pytest.fixture
def stage(server: RealRegistry, tmp_path: Path) -> Iterator[Stage]:
    with staged(server, tmp_path) as made:
        yield made


@pytest.fixture
def parts(server: RealRegistry, tmp_path: Path) -> Iterator[Stage]:
    """A stage whose layers are sent in parts."""
    with staged(server, tmp_path, blob_chunk=SIZE // 4, blob_max=1000) as made:
        yield made


def cause_of(failure: pytest.ExceptionInfo[SideError]) -> BaseException:
    return root_cause(failure.value)


# Cuts


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_pull_cut_at_any_tenth_of_the_layer_ends_right(stage: Stage, cut: int) -> None:
    stage.pull(Fault("GET", "blobs/sha256", cut_answer=cut))

    assert len(stage.proxy.requests) <= 5
    assert stage.arrived()


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_push_cut_at_any_tenth_of_the_layer_ends_right(stage: Stage, cut: int) -> None:
    stage.push(Fault("PUT", "digest=", cut_request=cut))

    assert len(stage.proxy.requests) <= 20
    assert stage.arrived(stage.remote)


@pytest.mark.parametrize("cut", [at // 4 for at in TENTHS])
def test_a_part_cut_at_any_tenth_of_it_ends_right(parts: Stage, cut: int) -> None:
    parts.push(Fault("PATCH", "uploads/", skip=1, cut_request=cut))

    assert len(parts.proxy.requests) <= 20
    assert parts.arrived(parts.remote)


@pytest.mark.parametrize("tenth", range(0, 10, 3))
def test_a_copy_within_the_registry_survives_cuts_on_both_sides(stage: Stage, tenth: int) -> None:
    stage.push()
    cut = SIZE * tenth // 10
    refused = answer(404, '{"errors":[]}', Content_Type="application/json")
    stage.proxy.faults[:] = [
        Fault("POST", "mount=", times=99, answer=refused),
        Fault("GET", "blobs/sha256", cut_answer=cut),
        Fault("PUT", "digest=", cut_request=cut),
    ]
    copied = stage.remote.replace(":latest", "-copied:latest")
    stage.client.copy(stage.remote, copied)

    assert stage.arrived(copied)


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_long_push_that_is_cut_goes_on_where_it_ended(server: RealRegistry, tmp_path: Path, tenth: int) -> None:
    # Debian's registry forgets an upload that was cut, and any may be asked for the rest before it saw the cut. Then the push
    # begins again, or asks again, and requests show it; otherwise nothing but the piece under way is sent twice.
    with staged(server, tmp_path, blob_chunk=SIZE // 20) as stage:
        stage.push(Fault("PUT", "digest=", cut_request=SIZE * tenth // 10))

        assert stage.arrived(stage.remote)
        begun = sum(method == "POST" for method, _ in stage.proxy.requests) - 1  # one is the config's
        asked = sum(method == "GET" and "/uploads/" in path for method, path in stage.proxy.requests)
        smooth = (begun, asked) == (1, 1)
        assert begun <= 3
        assert SIZE <= stage.proxy.sent <= (SIZE + SIZE // 10 if smooth else SIZE * (begun + 2))


def test_a_layer_that_never_gets_on_is_an_error_and_leaves_no_tag(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.pull(Fault("GET", "blobs/sha256", times=99, cut_answer=0))

    cause = cause_of(failure)
    assert isinstance(cause, Unreachable)
    assert stage.proxy.address == cause.host
    assert len(stage.proxy.requests) <= 8
    assert not (stage.place / "pulled" / "index.json").exists()


def test_a_push_that_never_arrives_is_an_error_and_leaves_no_tag(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.push(Fault("PUT|PATCH", "uploads/", times=999, cut_request=0))

    assert isinstance(cause_of(failure), Unreachable)
    assert len(stage.proxy.requests) <= 120
    stage.proxy.faults.clear()
    with pytest.raises(Exception, match="not found"):
        stage.digest(stage.remote)


# Statuses


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_storm_of_faults_is_sat_out_both_ways(stage: Stage, status: int) -> None:
    stage.push(*(Fault(method, "/v2/", times=3, answer=answer(status)) for method in ("HEAD", "POST", "PUT")))
    stage.pull(Fault("GET", "/v2/", times=4, answer=answer(status)))

    assert len(stage.proxy.requests) <= 10
    assert stage.arrived()


def test_a_storm_that_does_not_end_is_an_error_with_host_and_status(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.pull(Fault("GET", "blobs/", times=99, answer=answer(503, "come back later", Content_Type="text/plain")))

    cause = cause_of(failure)
    assert isinstance(cause, RegistryFault)
    assert (stage.proxy.address, 503, "come back later") == (cause.host, cause.status, cause.detail)
    assert len(stage.proxy.requests) <= 8


def test_retry_after_is_waited_for(stage: Stage) -> None:
    stage.pull(Fault("GET", "blobs/", times=2, answer=answer(429, Retry_After="11")))

    assert 22 == sum(stage.clock.slept)
    assert stage.arrived()


def test_a_limit_that_never_lifts_is_an_error(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.pull(Fault("GET", "blobs/", times=99, answer=answer(429, Retry_After="1")))

    assert isinstance(cause_of(failure), RateLimited)
    assert len(stage.proxy.requests) <= 13


# Headers and lengths


def test_digest_headers_may_be_missing_everywhere(stage: Stage) -> None:
    stage.push(Fault(".*", "/v2/", times=999, drop=("Docker-Content-Digest",)))
    stage.pull(Fault(".*", "/v2/", times=999, drop=("Docker-Content-Digest", "Etag", "Accept-Ranges")))

    assert stage.arrived()


def test_a_registry_that_never_says_what_a_session_holds_gets_every_part(parts: Stage) -> None:
    parts.push(Fault("PATCH|GET", "uploads/", times=999, drop=("Range",)))

    assert parts.arrived(parts.remote)


def test_a_layer_that_is_shorter_than_it_should_be_is_refused(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.pull(Fault("GET", "blobs/", times=99, answer=answer(200, "short")))

    assert isinstance(cause_of(failure), SizeMismatch)
    assert len(stage.proxy.requests) <= 8


def test_a_layer_that_is_another_is_refused(stage: Stage) -> None:
    with pytest.raises(SideError) as failure:
        stage.pull(Fault("GET", "blobs/", times=99, answer=answer(200, "x" * SIZE)))

    assert isinstance(cause_of(failure), DigestMismatch)
    assert not (stage.place / "pulled" / "index.json").exists()


def test_a_manifest_cut_short_is_asked_for_again(stage: Stage) -> None:
    stage.pull(Fault("GET", "manifests/", times=2, cut_answer=100))

    assert stage.arrived()


# Bulk


def bulk(repository: Repository, count: int, size: int, seed: str) -> ImageManifest:
    """Push an image of many layers, or of large ones."""
    layers = []
    for number in range(count):
        block = hashlib.sha256(f"{seed} {number}".encode()).digest()
        layers.append(images.blob(repository, block * (size // len(block)), OCI_LAYER_GZIP))
    manifest = ImageManifest.build(config=images.blob(repository, CONFIG, OCI_CONFIG), layers=layers)
    repository.put_manifest(manifest, "latest")
    return manifest


@pytest.mark.parametrize(("count", "size"), [(8, 8 * MIB), (200, 64)], ids=["8 x 8 MiB", "200 tiny"])
def test_bulk_travels_through_the_registry_unchanged(server: RealRegistry, tmp_path: Path, count: int, size: int) -> None:
    name = f"{server.host}/{next(NAMES)}"
    with Client([HostSettings(server.host, tls=TLS.DISABLED)], layout=NO_SYNC) as client:
        pushed = bulk(client.repository(f"ocidir://{tmp_path}/pushed"), count, size, name)
        there = client.copy(f"ocidir://{tmp_path}/pushed:latest", f"{name}:latest")
        within = client.copy(f"{name}:latest", f"{name}-copied:latest")
        back = client.copy(f"{name}-copied:latest", f"ocidir://{tmp_path}/pulled:latest")
        pulled = client.repository(f"ocidir://{tmp_path}/pulled")

        assert {pushed.digest} == {there.digest, within.digest, back.digest}
        assert is_whole(pulled, "latest")
        assert [Descriptor(layer.media_type, layer.digest, size) for layer in pushed.layers] == list(pushed.layers)
