"""Mirrors that fail: what they cannot give comes from upstream, also in the middle of a layer, and writes never meet them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.errors import RegistryClientError
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.layout.repository import LayoutRepository
from regclient.transport.options import WireOptions
from tests.fakes.bench import NO_SYNC, SIZE, TENTHS, is_whole, single
from tests.fakes.clock import FakeClock
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry


@dataclass
class Hall:
    """An upstream with an image, a mirror of it, and a client that knows both."""

    upstream: FakeRegistry
    mirror: FakeRegistry
    client: Client
    host: str
    place: Path

    def pull(self) -> bool:
        """Pull the image; whether it arrived whole."""
        self.client.copy(f"{self.host}/app:latest", f"ocidir://{self.place}/pulled:latest")
        return is_whole(LayoutRepository(self.place / "pulled", NO_SYNC), "latest")

    @property
    def requests(self) -> int:
        """How many requests both have seen."""
        return len(self.upstream.ledger) + len(self.mirror.ledger)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    upstream, mirror, clock = FakeRegistry("upstream"), FakeRegistry("mirror"), FakeClock()
    for registry in (upstream, mirror):
        single(registry.repository("app"))
    with ExitStack() as stack:
        host, other = (stack.enter_context(registry.serve()) for registry in (upstream, mirror))
        hosts = [
            HostSettings(host, tls=TLS.DISABLED, mirrors=(other,), user="ann", password=Secret("hunter2")),
            HostSettings(other, tls=TLS.DISABLED),
        ]
        wire = WireOptions(jitter=lambda: 0.0)
        client = stack.enter_context(Client(hosts, wire=wire, layout=NO_SYNC, clock=clock, workers=1))
        yield Hall(upstream, mirror, client, host, tmp_path)


def test_a_mirror_that_has_everything_is_all_that_is_asked(hall: Hall) -> None:
    assert hall.pull()
    assert [] == hall.upstream.ledger
    assert 3 == hall.requests


FAILURES = [FaultRule(times=None, status=status) for status in (400, 401, 403, 404, 405, 429, 500, 502, 503, 504)]
FAILURES += [FaultRule(times=None, hang_up=True), FaultRule(times=None, status=200, body=b"<html>a login page</html>")]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda rule: f"{rule.status or 'hang up'}")
def test_a_mirror_that_fails_costs_a_few_requests_and_nothing_else(hall: Hall, failure: FaultRule) -> None:
    hall.mirror.fault(FaultRule("GET", "blobs/", times=None, status=failure.status, hang_up=failure.hang_up, body=failure.body))

    assert hall.pull()
    assert 2 == len(hall.upstream.ledger)
    assert len(hall.mirror.ledger) <= 4


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_layer_cut_by_a_mirror_that_then_dies_goes_on_upstream(hall: Hall, cut: int) -> None:
    layer = str(hall.upstream.repository("app").get_manifest("latest").layers[0].digest)  # type: ignore[attr-defined]
    hall.mirror.fault(FaultRule("GET", layer, cut_answer=cut))
    hall.mirror.fault(FaultRule("GET", layer, first=2, times=None, hang_up=True))

    assert hall.pull()
    assert (f"bytes={cut}-{SIZE - 1}",) == hall.upstream.requests[0].headers["Range"]
    assert hall.requests <= 8


def test_two_that_are_down_are_an_error_after_so_many_requests(hall: Hall) -> None:
    for registry in (hall.upstream, hall.mirror):
        registry.fault(FaultRule(times=None, status=503))

    with pytest.raises(RegistryClientError, match=f"{hall.host} answered 503"):
        hall.pull()
    assert hall.requests <= 8


def test_the_login_of_the_upstream_is_not_given_to_a_mirror(hall: Hall) -> None:
    hall.mirror.require("basic", "ann", "hunter2")
    hall.upstream.require("basic", "ann", "hunter2")

    assert hall.pull()
    assert [] == [request for request in hall.mirror.requests if "Authorization" in request.headers]


def test_writes_go_upstream_alone(hall: Hall) -> None:
    hall.client.copy(f"{hall.host}/app:latest", f"{hall.host}/other:v1")

    assert is_whole(hall.upstream.repository("other"), "v1")
    assert [] == [method for method, _ in hall.mirror.ledger if method not in {"GET", "HEAD"}]
