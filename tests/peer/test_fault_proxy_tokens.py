"""Tokens that end while we work, and token services that fail: real registries and their service, each behind a fault proxy.

Registries go by the clock of this machine and give a token a minute of grace, so these tokens are short of that minute already:
they are good for a few seconds, though they say five minutes. A request that is to meet an ended token is held at the proxy
until the registry itself says that the token is over.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from regclient.errors import Denied, RegistryClientError, RegistryFault, SideError, Unreachable, root_cause
from regclient.kit.secret import Secret
from regclient.server.server import Server
from regclient.server.store import MemoryStore
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.fakes.bench import SIZE
from tests.fakes.jwt import FIXTURES, ISSUER, SERVICE, TokenService
from tests.fakes.proxy import Fault, FaultProxy, fault_proxy
from tests.peer.servers import DEBIAN, DISTRIBUTION, Kind, registry_server
from tests.peer.test_fault_proxy import Stage, answer, staged

pytestmark = pytest.mark.peer

USER, PASSWORD = "ann", "hunter2-secret"
GRACE = 60
"""How long a registry takes a token after its end."""
PATIENCE = 30.0
PARTS = 4
IN_PARTS: dict[str, Any] = {"blob_chunk": SIZE // PARTS, "blob_max": 1000}
EVER = 999


@dataclass
class Guarded:
    """A stage before a registry that believes a token service, with the service and the proxy before it."""

    stage: Stage
    service: TokenService
    gate: FaultProxy
    host: str
    ended: list[str] = field(default_factory=list)

    def until_it_ends(self, authorization: str) -> None:
        """Hold a request until the registry no longer takes its token."""
        deadline = time.monotonic() + PATIENCE
        request = urllib.request.Request(f"http://{self.host}/v2/", headers={"Authorization": authorization})
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as error:
                error.close()
                self.ended.append(authorization)
                return
            time.sleep(0.05)
        pytest.fail("the registry takes the token for ever")


@contextmanager
def guarded(
    kind: Kind, place: Path, *, good: float = 300, wire: WireOptions | None = None, **settings: object
) -> Iterator[Guarded]:
    """Serve a registry whose tokens are really good for so many seconds."""
    service = TokenService(USER, PASSWORD, lag=300 + GRACE - good)
    with Server(MemoryStore("tokens"), ("127.0.0.1", 0), handle=service.handle) as tokens:
        address, _, port = tokens.address.partition(":")
        with fault_proxy((address, int(port))) as gate:
            names = f"service: {SERVICE}, issuer: {ISSUER}, rootcertbundle: {FIXTURES / 'token.crt'}"
            auth = f"auth:\n  token: {{realm: 'http://{gate.address}/token', {names}}}\n"
            with registry_server(kind, place / "registry", settings=auth) as server:
                login = {"user": USER, "password": Secret(PASSWORD)}
                with staged(server, place, wire=wire, **login, **settings) as stage:
                    yield Guarded(stage, service, gate, server.host)


@pytest.fixture(params=[DEBIAN, DISTRIBUTION], ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def sessions(guarded: Guarded) -> int:
    """Return how many upload sessions were asked for."""
    return guarded.stage.proxy.requests.count(("POST", f"/v2/{guarded.stage.name}/blobs/uploads/"))


@pytest.mark.parametrize("after", range(PARTS))
def test_a_token_that_ends_before_any_part_is_renewed_and_the_blob_goes_on(kind: Kind, tmp_path: Path, after: int) -> None:
    with guarded(kind, tmp_path, good=2, **IN_PARTS) as it:
        it.stage.push(Fault("PATCH", "uploads/", skip=after, before=it.until_it_ends))

        assert [True] == [authorization.startswith("Bearer ") for authorization in it.ended]
        assert len(it.service.given) >= 2
        assert 2 + len(it.service.given) >= sessions(it)
        assert len([method for method, _ in it.stage.proxy.requests if method == "PATCH"]) <= PARTS + len(it.service.given)
        assert it.stage.arrived(it.stage.remote)


@pytest.mark.parametrize(("method", "path"), [("POST", "uploads/"), ("PUT", "digest="), ("PUT", "manifests/")])
def test_a_token_that_ends_before_a_step_is_renewed(kind: Kind, tmp_path: Path, method: str, path: str) -> None:
    with guarded(kind, tmp_path, good=2) as it:
        it.stage.push(Fault(method, path, before=it.until_it_ends))

        assert [True] == [authorization.startswith("Bearer ") for authorization in it.ended]
        assert len(it.stage.proxy.requests) <= 20
        assert it.stage.arrived(it.stage.remote)


def test_a_token_that_ends_while_a_layer_is_cut_is_renewed_and_the_layer_goes_on(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path, good=2) as it:
        it.stage.pull(Fault("GET", "blobs/sha256", cut_answer=SIZE // 2), Fault("GET", "blobs/sha256", before=it.until_it_ends))

        assert [True] == [authorization.startswith("Bearer ") for authorization in it.ended]
        assert it.stage.arrived()


def test_a_token_known_to_end_is_renewed_before_it_is_refused(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path, **IN_PARTS) as it:
        it.stage.push(Fault("PATCH", "uploads/", times=PARTS, before=lambda _: it.stage.clock.advance(300)))

        assert PARTS <= len(it.service.given)
        assert PARTS == len([method for method, _ in it.stage.proxy.requests if method == "PATCH"])
        assert it.stage.arrived(it.stage.remote)


# The service fails


def push_fails(it: Guarded, *faults: Fault) -> RegistryClientError:
    """Push in vain."""
    it.gate.faults[:] = faults
    with pytest.raises(SideError) as failure:
        it.stage.push()
    cause = root_cause(failure.value)
    assert isinstance(cause, RegistryClientError)
    return cause


def test_a_token_service_that_fails_for_a_while_is_waited_for(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path) as it:
        it.gate.faults[:] = [
            Fault("GET", "/token", answer=answer(503)),
            Fault("GET", "/token", answer=answer(429, Retry_After="2")),
            Fault("GET", "/token", cut_answer=0),
        ]
        it.stage.push()

        assert len(it.gate.requests) <= 6
        assert it.stage.arrived(it.stage.remote)


def test_a_token_service_that_is_down_is_an_error_that_says_so(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path) as it:
        cause = push_fails(it, Fault("GET", "/token", times=EVER, answer=answer(503)))

        assert isinstance(cause, RegistryFault)
        assert (it.stage.proxy.address, 503) == (cause.host, cause.status)
        assert "token" in str(cause)
        assert len(it.gate.requests) <= 16


def test_a_token_service_that_hangs_up_is_an_error_that_says_so(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path) as it:
        cause = push_fails(it, Fault("GET", "/token", times=EVER, cut_answer=0))

        assert isinstance(cause, Unreachable)
        assert f"cannot reach {it.stage.proxy.address}: its token service" in str(cause)
        assert len(it.gate.requests) <= 16


def test_a_token_service_that_does_not_answer_in_time_is_an_error(kind: Kind, tmp_path: Path) -> None:
    wire = WireOptions(timeouts=Timeouts(idle=3.0, answer=3.0), retries=Retries(limit=1))
    with guarded(kind, tmp_path, wire=wire) as it:
        cause = push_fails(it, Fault("GET", "/token", times=EVER, cut_answer=0, stall=True))

        assert isinstance(cause, Unreachable)
        assert f"cannot reach {it.stage.proxy.address}: its token service" in str(cause)
        assert len(it.gate.requests) <= 6


def test_a_token_service_that_refuses_is_an_error_that_names_the_host(kind: Kind, tmp_path: Path) -> None:
    with guarded(kind, tmp_path) as it:
        cause = push_fails(it, Fault("GET", "/token", times=EVER, answer=answer(401)))

        assert isinstance(cause, Denied)
        assert it.stage.proxy.address in str(cause)
        assert PASSWORD not in f"{cause} {cause!r}"
        assert len(it.gate.requests) <= 8
