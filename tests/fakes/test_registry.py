"""The fake registry itself: what other tests lean on."""

from __future__ import annotations

import base64
import http.client
import io
import json
import threading
from collections import Counter

import pytest

from regclient.errors import Denied, NotFound, RateLimited, RegistryFault, Unreachable
from regclient.model.digest import Digest
from regclient.model.headers import first
from regclient.model.mediatype import OCI_INDEX
from regclient.model.referrers import fallback_tag
from regclient.transport.messages import Body, Request
from tests.fakes import images
from tests.fakes.clock import FakeClock
from tests.fakes.faults import FaultRule
from tests.fakes.registry import FakeRegistry
from tests.fakes.transport import FakeTransport

HOST = "registry.example"


def get(registry: FakeRegistry, path: str, repository: str = "a", method: str = "GET", **headers: str) -> bytes:
    with registry.transport.send(Request(HOST, method, path, repository, headers=headers)) as response:
        return response.read()


def filled() -> tuple[FakeRegistry, Digest]:
    registry = FakeRegistry()
    return registry, images.image(registry.repository("a")).layers[0].digest


def test_requests_are_answered_without_sockets() -> None:
    registry, digest = filled()

    with registry.transport.send(Request(HOST, "GET", f"blobs/{digest}", "a", headers={"range": "bytes=6-6"})) as response:
        assert (206, f"http://{HOST}/v2/a/blobs/{digest}") == (response.status, response.url)
        assert ("1",) == response.headers["Content-Length"]
        buffer = bytearray(9)
        assert (1, b"0") == (response.readinto(buffer), bytes(buffer[:1]))
        assert b"" == response.read()


def test_bodies_and_urls_are_sent() -> None:
    registry = FakeRegistry()
    content = b"hello"
    with registry.transport.send(Request(HOST, "POST", "blobs/uploads/", "a")) as response:
        place = f"http://{HOST}{first(response.headers, 'Location')}?digest={Digest.of(content)}"
    body = Body(io.BytesIO(content), len(content))
    with registry.transport.send(Request(HOST, "PUT", url=place, body=body)) as response:
        assert 201 == response.status

    assert content == get(registry, f"blobs/{Digest.of(content)}")
    assert Counter({"POST uploads": 1, "PUT upload?digest": 1, "GET blobs": 1}) == registry.counts("a")
    registry.forget()
    assert [] == registry.ledger


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (401, Denied), (403, Denied), (429, RateLimited), (500, RegistryFault), (416, RegistryFault)],
)
def test_statuses_become_the_errors_of_a_sender(status: int, error: type[Exception]) -> None:
    registry = FakeRegistry()
    registry.fault(FaultRule(status=status, body=b'{"errors":[{"code":"X","message":"y"}]}'))

    with pytest.raises(error):
        get(registry, "tags/list")


def test_a_status_the_caller_expects_is_an_answer() -> None:
    with FakeRegistry().transport.send(Request(HOST, "GET", "tags/list", "a", accept=frozenset({404}))) as response:
        assert 404 == response.status


def test_several_registries_share_a_transport() -> None:
    one, two = FakeRegistry("one.example"), FakeRegistry("two.example")
    transport = FakeTransport(one, two)
    images.image(two.repository("a"))
    one.fault(FaultRule("GET", redirect="http://two.example"))

    with transport.send(Request("one.example", "GET", "tags/list", "a")) as response:
        assert ["latest"] == json.loads(response.read())["tags"]
        assert response.url.startswith("http://two.example/")
    with pytest.raises(Unreachable):
        transport.send(Request("three.example", "GET"))


def test_a_rule_strikes_when_it_says() -> None:
    registry, digest = filled()
    rule = registry.fault(FaultRule("GET", r"blobs/sha256", first=2, times=1, status=503))

    get(registry, f"blobs/{digest}")
    with pytest.raises(RegistryFault):
        get(registry, f"blobs/{digest}")
    get(registry, f"blobs/{digest}")
    get(registry, "tags/list")

    assert (3, 1) == (rule.seen, rule.struck)


def test_bodies_are_spoiled() -> None:
    registry, digest = filled()
    whole = get(registry, f"blobs/{digest}")

    registry.fault(FaultRule("GET", corrupt=True))
    corrupt = get(registry, f"blobs/{digest}")
    assert (len(whole), True) == (len(corrupt), whole != corrupt)
    registry.fault(FaultRule("GET", truncate=3))
    assert whole[:3] == get(registry, f"blobs/{digest}")
    registry.fault(FaultRule("GET", cut_answer=3))
    with pytest.raises(Unreachable):
        get(registry, f"blobs/{digest}")


def test_headers_go_missing_and_lie() -> None:
    registry, digest = filled()
    registry.fault(FaultRule("HEAD", drop=("docker-content-digest",), change={"content-length": "7"}))

    with registry.transport.send(Request(HOST, "HEAD", f"blobs/{digest}", "a")) as response:
        assert "Docker-Content-Digest" not in response.headers
        assert ("7",) == response.headers["Content-Length"]


@pytest.mark.parametrize(("rule", "done"), [(FaultRule(hang_up=True), 0), (FaultRule(lose_answer=True), 1)])
def test_connections_end_before_and_after_the_work(rule: FaultRule, done: int) -> None:
    registry = FakeRegistry()
    registry.fault(rule)

    with pytest.raises(Unreachable):
        registry.transport.send(Request(HOST, "POST", "blobs/uploads/", "a"))
    assert done == len(registry.handler.sessions)


def test_uploads_are_cut_and_keep_what_came() -> None:
    registry = FakeRegistry()
    with registry.transport.send(Request(HOST, "POST", "blobs/uploads/", "a")) as response:
        place = f"http://{HOST}{first(response.headers, 'Location')}"
    registry.fault(FaultRule("PATCH", cut_upload=3))

    with pytest.raises(Unreachable):
        registry.transport.send(Request(HOST, "PATCH", url=place, body=b"hello"))
    with registry.transport.send(Request(HOST, "GET", url=place)) as response:
        assert ("0-2",) == response.headers["Range"]


def test_an_answer_waits_for_its_event() -> None:
    registry, event = FakeRegistry(), threading.Event()
    registry.fault(FaultRule(wait=event))
    done = threading.Event()

    def ask() -> None:
        get(registry, "", "")
        done.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert not done.is_set()
    event.set()
    thread.join(10)
    assert done.is_set()


def test_quirks_take_powers_away() -> None:
    registry, digest = filled()
    manifest = registry.repository("a").get_manifest("latest")
    quirks = registry.quirks
    quirks.referrers = quirks.ranges = quirks.blob_deletes = quirks.tag_deletes = quirks.mounts = quirks.head_digests = False

    with pytest.raises(NotFound):
        get(registry, f"referrers/{digest}")
    assert len(get(registry, f"blobs/{digest}", Range="bytes=0-0")) > 1
    for path in (f"blobs/{digest}", "manifests/latest"):
        with pytest.raises(RegistryFault):
            get(registry, path, method="DELETE")
    with registry.transport.send(Request(HOST, "POST", "blobs/uploads/", "a", (("mount", str(digest)),))) as response:
        assert 202 == response.status
    with registry.transport.send(Request(HOST, "HEAD", "manifests/latest", "a")) as response:
        assert "Docker-Content-Digest" not in response.headers
    get(registry, f"manifests/{manifest.digest}", method="DELETE")


def test_gitlab_reads_digest_tags_as_digests() -> None:
    registry, _ = filled()
    manifest = registry.repository("a").get_manifest("latest")
    registry.quirks.digest_tags = True

    assert manifest.raw == get(registry, f"manifests/{fallback_tag(manifest.digest)}")


def sent(address: str, method: str, path: str, headers: dict[str, str] | None = None, body: str = "") -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        return response.status, response.read(), response.getheader("WWW-Authenticate", "")
    finally:
        connection.close()


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_basic_login_is_asked_for() -> None:
    registry = FakeRegistry()
    registry.require("basic", "me", "pw")

    with registry.serve() as address:
        assert (401, 'Basic realm="fake"') == sent(address, "GET", "/v2/")[::2]
        assert 401 == sent(address, "GET", "/v2/", basic("me", "wrong"))[0]
        assert 200 == sent(address, "GET", "/v2/", basic("me", "pw"))[0]
    with pytest.raises(Denied):
        get(registry, "")


def test_a_served_registry_dates_its_answers_by_its_own_clock() -> None:
    registry = FakeRegistry(clock=FakeClock(784_111_777.0))

    with registry.serve() as address:
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.request("GET", "/v2/")
        date = connection.getresponse().getheader("Date")
        connection.close()

    assert "Sun, 06 Nov 1994 08:49:37 GMT" == date


def token_of(address: str, scope: str, headers: dict[str, str] | None = None) -> dict[str, str]:
    status, body, _ = sent(address, "GET", f"/token?service={address}&scope={scope}", headers)
    assert 200 == status
    return {"Authorization": f"Bearer {json.loads(body)['token']}"}


def test_a_bearer_token_is_asked_for_and_expires() -> None:
    registry, _ = filled()
    door = registry.require("bearer", "me", "pw")
    scope = "repository:a:pull"

    with registry.serve() as address:
        status, _, challenge = sent(address, "GET", "/v2/a/tags/list")
        assert (401, f'Bearer realm="http://{address}/token",service="{address}",scope="{scope}"') == (status, challenge)
        assert 401 == sent(address, "GET", f"/token?scope={scope}")[0]
        token = token_of(address, scope, basic("me", "pw"))
        assert 200 == sent(address, "GET", "/v2/a/tags/list", token)[0]
        assert 401 == sent(address, "GET", "/v2/b/tags/list", token)[0]
        assert 401 == sent(address, "POST", "/v2/a/blobs/uploads/", token)[0]
        registry.clock.sleep(301)
        assert 401 == sent(address, "GET", "/v2/a/tags/list", token)[0]
        door.anonymous = True
        token = token_of(address, scope)
        assert 200 == sent(address, "GET", "/v2/a/tags/list", token)[0]
        door.forget()
        assert 401 == sent(address, "GET", "/v2/a/tags/list", token)[0]
    assert (scope,) in door.asked


def test_a_token_is_had_by_post_too() -> None:
    registry, _ = filled()
    registry.require("bearer", "me", "pw").refresh = "identity"

    with registry.serve() as address:
        status, body, _ = sent(
            address, "POST", "/token", body="grant_type=refresh_token&refresh_token=identity&scope=repository:a:pull"
        )
        assert (200, "identity") == (status, json.loads(body)["refresh_token"])
        assert (
            200 == sent(address, "GET", "/v2/a/tags/list", {"Authorization": f"Bearer {json.loads(body)['access_token']}"})[0]
        )


def test_faults_happen_on_sockets() -> None:
    registry, digest = filled()
    path = f"/v2/a/blobs/{digest}"
    drip = threading.Semaphore()
    registry.fault(FaultRule("GET", "blobs", hang_up=True))
    registry.fault(FaultRule("GET", "blobs", first=2, cut_answer=5))
    registry.fault(FaultRule("GET", "blobs", first=3, truncate=2, drip=drip))
    registry.fault(FaultRule("PUT", cut_upload=3))

    with registry.serve() as address:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            sent(address, "GET", path)
        with pytest.raises(http.client.IncompleteRead):
            sent(address, "GET", path)
        drip.release()
        assert (200, b"la") == sent(address, "GET", path)[:2]
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            sent(address, "PUT", "/v2/a/manifests/x", body="hello")


def test_samples_are_what_they_say() -> None:
    repository = FakeRegistry().repository("a")

    assert OCI_INDEX == images.index(repository).media_type
    assert 2 == len(images.nested_index(repository).manifests)
    child, parent = images.cycle(repository)
    assert [child.digest] == [entry.digest for entry in parent.manifests]
    assert parent == repository.get_manifest(f"{fallback_tag(child.digest)}.loop")
    subject, attached = images.referrer_cycle(repository)
    assert [attached.digest] == [entry.digest for entry in repository.referrers(subject.digest).descriptors]
    images.digest_tag(repository, subject)
    assert f"{fallback_tag(subject.digest)}.sig" in repository.tags().tags
